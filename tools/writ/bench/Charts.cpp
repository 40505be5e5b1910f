//===- Charts.cpp - Charts as SVG, for screens and paper ------------------===//
#include "tools/writ/bench/Charts.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace writ::bench {

/// Light, dark. Told apart also by people who see few colours, in this order.
static constexpr const char *palette[seriesColors][2] = {
    {"#2a78d6", "#3987e5"}, {"#eb6834", "#d95926"}, {"#1baf7a", "#199e70"},
    {"#eda100", "#c98500"}, {"#4a3aa7", "#9085e9"}, {"#e87ba4", "#d55181"},
    {"#008300", "#2f9e2f"}, {"#e34948", "#e66767"}, {"#8a8984", "#8f8e88"}};

static constexpr double width = 760, rowHeight = 24, dotRowHeight = 32, characterWidth = 6.7;
static constexpr double top = 10, axisHeight = 48, legendLine = 22;

std::string escaped(const std::string &text) {
  std::string made;
  for (char c : text)
    made += c == '<'   ? "&lt;"
            : c == '>' ? "&gt;"
            : c == '&' ? "&amp;"
            : c == '"' ? "&quot;"
                       : std::string(1, c);
  return made;
}

/// Generous, since the font is the reader's.
static double textWidth(const std::string &text) {
  return characterWidth *
         double(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

namespace {

/// From values to places on the x axis.
struct Scale {
  double low, high; ///< Values at the ends.
  double left, right;
  bool logarithmic;

  double at(double value) const {
    double part = logarithmic ? (std::log(value) - std::log(low)) / (std::log(high) - std::log(low))
                              : (value - low) / (high - low);
    return left + std::clamp(part, 0.0, 1.0) * (right - left);
  }
};

} // namespace

/// 1, 2 or 5 times a power of ten, not less than `value`.
static double roundUp(double value) {
  double power = std::pow(10, std::floor(std::log10(value)));
  for (double step : {1.0, 2.0, 5.0})
    if (value <= step * power * 1.0000001)
      return step * power;
  return 10 * power;
}

static double roundDown(double value) {
  double power = std::pow(10, std::floor(std::log10(value)));
  for (double step : {5.0, 2.0})
    if (value >= step * power * 0.9999999)
      return step * power;
  return power;
}

static std::vector<double> ticksOf(const Scale &scale) {
  std::vector<double> ticks;
  if (scale.logarithmic) {
    for (double tick = scale.low; tick <= scale.high * 1.001; tick = roundUp(tick * 1.5))
      ticks.push_back(tick);
    // Of a long axis only the powers of ten.
    if (ticks.size() > 9)
      std::erase_if(ticks, [](double tick) {
        double log = std::log10(tick);
        return std::abs(log - std::round(log)) > 0.01;
      });
    return ticks;
  }
  double step = roundUp((scale.high - scale.low) / 7);
  for (double tick = std::ceil(scale.low / step) * step; tick <= scale.high + step / 100;
       tick += step)
    ticks.push_back(std::abs(tick) < step / 100 ? 0 : tick);
  return ticks;
}

/// Whether all that is drawn is above zero.
static bool hasNegative(const Chart &chart) {
  for (const ChartRow &row : chart.rows)
    for (const Mark &mark : row.marks)
      if (std::min(mark.value, mark.lower) < 0)
        return true;
  return false;
}

static Scale scaleOf(const Chart &chart, double left, double right) {
  double low = chart.reference > 0 ? chart.reference : 1e300, high = chart.reference;
  for (const ChartRow &row : chart.rows)
    for (const Mark &mark : row.marks) {
      low = std::min({low, mark.value, mark.lower});
      high = std::max({high, mark.value, mark.upper});
    }
  if (chart.logarithmic)
    return {roundDown(low), roundUp(high), left, right, true};
  high = std::max(high, 1e-9);
  double step = roundUp((high - std::min(low, 0.0)) / 7);
  double from = hasNegative(chart) ? std::floor(low / step) * step : 0;
  return {from, std::ceil(high / step) * step, left, right, false};
}

static std::string textAt(double x, double y, const char *anchor, const std::string &text,
                          const char *style = "t1") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" class=\"{}\" "
                     "fill=\"{}\">{}</text>\n",
                     x, y, anchor, style, style[1] == '1' ? "#0b0b0b" : "#52514e", escaped(text));
}

static std::string line(double x1, double y1, double x2, double y2, const char *style,
                        const char *color, double thickness = 1) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\" "
                     "stroke=\"{}\" stroke-width=\"{}\"/>\n",
                     x1, y1, x2, y2, style, color, thickness);
}

static std::string tickText(double value) {
  return std::abs(value) >= 1e6 ? fmt::format("{:.0e}", value) : fmt::format("{:g}", value);
}

/// Grid, ticks, the axis's name, and the line of reference.
static std::string axisOf(const Chart &chart, const Scale &scale, double begin, double end) {
  std::string svg;
  for (double tick : ticksOf(scale)) {
    double x = scale.at(tick);
    svg += line(x, begin, x, end, "grid", "#e1e0d9");
    svg += textAt(x, end + 16, "middle", tickText(tick), "t2");
  }
  svg += line(scale.left, end, scale.right, end, "axis", "#898781");
  if (chart.reference > 0)
    svg += line(scale.at(chart.reference), begin, scale.at(chart.reference), end, "axis", "#898781",
                1.5);
  return svg + textAt((scale.left + scale.right) / 2, end + 38, "middle",
                      chart.axis + (chart.logarithmic ? ", logarithmic" : ""), "t2");
}

/// Circle, square, triangle, diamond, cross, by series.
static std::string shapeOf(double x, double y, size_t color, bool faint = false) {
  color = std::min(color, seriesColors - 1);
  std::string fill = fmt::format("class=\"c{0}\" fill=\"{1}\"{2}", color, palette[color][0],
                                 faint ? " fill-opacity=\"0.55\"" : "");
  switch (color % 5) {
  case 0:
    return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" {}/>", x, y, fill);
  case 1:
    return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"9\" height=\"9\" {}/>", x - 4.5,
                       y - 4.5, fill);
  case 2:
    return fmt::format("<path d=\"M{:.1f} {:.1f}l5.5 9.5h-11z\" {}/>", x, y - 6, fill);
  case 3:
    return fmt::format("<path d=\"M{:.1f} {:.1f}l6 6l-6 6l-6 -6z\" {}/>", x, y - 6, fill);
  default:
    return fmt::format("<path d=\"M{:.1f} {:.1f}h4v3h3v4h-3v3h-4v-3h-3v-4h3z\" {}/>", x - 2, y - 5,
                       fill);
  }
}

static std::string whisker(const Scale &scale, const Mark &mark, double y) {
  if (mark.upper <= mark.lower)
    return {};
  double x1 = scale.at(mark.lower), x2 = scale.at(mark.upper);
  return line(x1, y, x2, y, "whisker", "#0b0b0b") +
         line(x1, y - 3, x1, y + 3, "whisker", "#0b0b0b") +
         line(x2, y - 3, x2, y + 3, "whisker", "#0b0b0b");
}

/// Draws the legend in as many lines as it needs; sets `height` to what they take.
static std::string legendOf(const Chart &chart, double &height) {
  std::string svg;
  double x = 12, y = top + 8;
  height = 0;
  for (const LegendEntry &entry : chart.legend) {
    double needed = 24 + textWidth(entry.label) + 14;
    if (x + needed > width - 12 && x > 12) {
      x = 12;
      y += legendLine;
    }
    svg += shapeOf(x + 6, y, entry.color) + textAt(x + 18, y + 4, "start", entry.label);
    x += needed;
    height = y - top + legendLine - 4;
  }
  return svg;
}

static std::string frame(const Chart &chart, double height, const std::string &content) {
  return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
                     "width=\"{0:.0f}\" height=\"{1:.0f}\" role=\"img\" aria-label=\"{2}\" "
                     "font-family=\"system-ui, sans-serif\" font-size=\"12\">\n<title>{2}</title>\n"
                     "{3}</svg>\n",
                     width, height, escaped(chart.title), content);
}

/// Room for the longest label.
static double labelRoom(const Chart &chart) {
  double room = 40;
  for (const ChartRow &row : chart.rows)
    room = std::max(room, textWidth(row.label) + 20);
  return std::min(room, width / 3);
}

static std::string tip(const Mark &mark, const std::string &content) {
  return mark.tip.empty() ? content + "\n"
                          : fmt::format("<g><title>{}</title>{}</g>\n", escaped(mark.tip), content);
}

static std::string box(double x1, double x2, double y, double height, const Mark &mark) {
  size_t color = std::min(mark.color, seriesColors - 1);
  return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" rx=\"1.5\" "
                     "class=\"c{}\" fill=\"{}\"{}/>",
                     std::min(x1, x2), y - height / 2, std::max(1.0, std::abs(x2 - x1)), height,
                     color, palette[color][0], mark.faint ? " fill-opacity=\"0.55\"" : "");
}

static std::string bar(const Scale &scale, const Mark &mark, double y) {
  return box(scale.at(std::max(0.0, scale.low)), scale.at(mark.value), y, 14, mark);
}

static std::string stem(const Scale &scale, const Mark &mark, double y) {
  Mark thin = mark;
  thin.faint = true;
  return box(scale.left, scale.at(mark.value), y, 2, thin) +
         shapeOf(scale.at(mark.value), y, mark.color, mark.faint);
}

std::string barChart(const Chart &chart, const std::vector<std::string> &texts) {
  double textRoom = 20;
  for (const std::string &text : texts)
    textRoom = std::max(textRoom, textWidth(text) + 24);
  Scale scale = scaleOf(chart, labelRoom(chart), width - textRoom);
  double legendHeight = 0;
  std::string legend = legendOf(chart, legendHeight);
  double begin = top + legendHeight, end = begin + rowHeight * double(chart.rows.size()) + 4;
  std::string svg = legend + axisOf(chart, scale, begin, end);
  double zero = scale.logarithmic ? scale.left : scale.at(std::max(0.0, scale.low));
  for (size_t i = 0; i < chart.rows.size(); ++i) {
    const Mark &mark = chart.rows[i].marks.front();
    double y = begin + rowHeight * (double(i) + 0.5) + 2, x = scale.at(mark.value);
    svg += textAt(scale.left - 8, y + 4, "end", chart.rows[i].label);
    svg += tip(mark, scale.logarithmic ? stem(scale, mark, y) : bar(scale, mark, y));
    svg += whisker(scale, mark, y);
    double behind = std::max({x, zero, mark.upper > mark.lower ? scale.at(mark.upper) : x});
    svg += textAt(behind + 8, y + 4, "start", texts[i]);
  }
  return frame(chart, end + axisHeight, svg);
}

std::string dotChart(const Chart &chart) {
  Scale scale = scaleOf(chart, labelRoom(chart), width - 24);
  double legendHeight = 0;
  std::string legend = legendOf(chart, legendHeight);
  double begin = top + legendHeight, end = begin + dotRowHeight * double(chart.rows.size()) + 4;
  std::string svg = legend + axisOf(chart, scale, begin, end);
  for (size_t i = 0; i < chart.rows.size(); ++i) {
    double y = begin + dotRowHeight * (double(i) + 0.5) + 2;
    svg += textAt(scale.left - 8, y + 4, "end", chart.rows[i].label);
    svg += line(scale.left, y, scale.right, y, "grid", "#e1e0d9");
    // A little above each other, so that equal values can be told apart.
    const auto &marks = chart.rows[i].marks;
    double step = std::min(5.0, 18 / double(marks.size())),
           at = y - step * double(marks.size() - 1) / 2;
    for (const Mark &mark : marks) {
      svg += whisker(scale, mark, at) + tip(mark, shapeOf(scale.at(mark.value), at, mark.color));
      at += step;
    }
  }
  return frame(chart, end + axisHeight, svg);
}

std::string chartStyle() {
  std::string light, dark, classes;
  for (size_t i = 0; i < seriesColors; ++i) {
    light += fmt::format("--c{}:{};", i, palette[i][0]);
    dark += fmt::format("--c{}:{};", i, palette[i][1]);
    classes += fmt::format(".c{0}{{fill:var(--c{0})}}\n", i);
  }
  return fmt::format(":root{{{}--ink:#0b0b0b;--soft:#52514e;--grid:#e1e0d9;--axis:#898781;"
                     "--page:#fcfcfb;--panel:#ffffff}}\n"
                     "@media (prefers-color-scheme: dark){{:root{{{}--ink:#f5f5f2;--soft:#c3c2b7;"
                     "--grid:#33332f;--axis:#898781;--page:#1a1a19;--panel:#222220}}}}\n"
                     "{}.t1{{fill:var(--ink)}}.t2{{fill:var(--soft)}}.grid{{stroke:var(--grid)}}"
                     ".axis{{stroke:var(--axis)}}.whisker{{stroke:var(--ink)}}\n",
                     light, dark, classes);
}

} // namespace writ::bench
