//===- Charts.h - Charts as SVG, for screens and paper --------------------===//
//
// Colours are given twice: as attributes, for a chart taken out of the page, and by class,
// so that the page's style can make them fit a dark screen.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_CHARTS_H
#define WRIT_TOOLS_WRIT_BENCH_CHARTS_H

#include <cstddef>
#include <string>
#include <vector>

namespace writ::bench {

/// A colour and a shape. Those beyond the last one are all the last one.
inline constexpr size_t seriesColors = 9;
inline constexpr size_t neutralColor = 8; ///< Grey, for what is only there to compare with.

/// A value with its quartiles; no whisker is drawn where they are equal.
struct Mark {
  double value = 0, lower = 0, upper = 0;
  size_t color = 0;
  bool faint = false; ///< A variant of another one of this colour.
  std::string tip;    ///< Shown when the pointer rests on it.
};

/// One row: its label and what is in it. Rows without marks are left out.
struct ChartRow {
  std::string label;
  std::vector<Mark> marks;
};

struct LegendEntry {
  std::string label;
  size_t color = 0;
};

struct Chart {
  std::string title; ///< For who cannot see it.
  std::string axis;  ///< With the unit: "peak memory (MB)".
  std::vector<ChartRow> rows;
  std::vector<LegendEntry> legend; ///< May be empty.
  bool logarithmic = false;
  double reference = 0; ///< A line across at this value; 0 for none.
};

/// One mark a row: a bar from 0, or a dot on a stem where the axis is logarithmic and has no 0.
/// `texts` is what is written behind each.
std::string barChart(const Chart &chart, const std::vector<std::string> &texts);

/// Any number of dots a row, each series with a colour and a shape.
std::string dotChart(const Chart &chart);

/// The style that goes with them, light and dark.
std::string chartStyle();

/// `text` with what HTML and SVG would take for markup escaped.
std::string escaped(const std::string &text);

} // namespace writ::bench

#endif
