//===- ReportHtml.cpp - Results as one page with charts -------------------===//
#include "tools/writ/bench/Charts.h"
#include "tools/writ/bench/Report.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>

namespace writ::bench {

namespace {

/// Makes the page's parts from the results; summaries are made once.
class Page {
public:
  explicit Page(const Results &results);
  std::string html();

private:
  /// A value and what to give or take, in the chart's unit. A value of 0 is none.
  using Value = std::function<std::pair<double, double>(const Summary &)>;
  using OverallValue = std::function<double(const Overall &)>;

  std::string name(size_t configuration) const {
    return results.configurations[configuration].name;
  }
  size_t color(size_t configuration) const { return colors[configuration]; }
  const Summary &summary(size_t workload, size_t configuration) const {
    return summaries[workload * results.configurations.size() + configuration];
  }
  bool isMain(size_t configuration) const;
  bool isVariant(size_t configuration) const {
    return results.configurations[configuration].kind == EngineKind::Writ && !isMain(configuration);
  }

  void addFigure(const std::string &svg, const std::string &caption);
  void addBars(const Chart &chart, const OverallValue &value,
               const std::function<std::string(double)> &text, const std::string &caption);
  void addDots(const Chart &chart, const Value &value, const std::string &caption);
  void addRunFigures();
  void addMeteringFigure();
  void addCompileFigures();
  void addStages();
  void addMachine();
  void addOverall();
  void addTable(size_t workload);
  void addErrors();

  const Results &results;
  std::vector<Overall> lines;
  std::vector<Summary> summaries;
  std::vector<size_t> colors;
  std::string body;
  size_t figures = 0;
};

} // namespace

Page::Page(const Results &results) : results(results), lines(overall(results)) {
  for (size_t workload = 0; workload < results.workloads.size(); ++workload)
    for (size_t i = 0; i < results.configurations.size(); ++i)
      summaries.push_back(results.summarize(workload, i));
  // A colour a tier, then the peers; what is native is grey.
  std::vector<std::string> seen;
  for (const Configuration &c : results.configurations) {
    if (c.kind == EngineKind::Native) {
      colors.push_back(neutralColor);
      continue;
    }
    std::string key = c.kind == EngineKind::Writ ? "writ " + c.tier : c.name;
    auto found = std::ranges::find(seen, key);
    colors.push_back(std::min(size_t(found - seen.begin()), neutralColor - 1));
    if (found == seen.end())
      seen.push_back(key);
  }
}

/// One configuration a tier and all peers: what a chart can show at once.
bool Page::isMain(size_t configuration) const {
  const Configuration &c = results.configurations[configuration];
  if (c.kind != EngineKind::Writ)
    return c.kind == EngineKind::Peer;
  for (size_t i = 0; i < configuration; ++i) {
    const Configuration &other = results.configurations[i];
    if (other.kind == EngineKind::Writ && other.tier == c.tier && other.metered())
      return false;
  }
  return c.metered() || std::ranges::none_of(results.configurations, [&](const auto &other) {
           return other.kind == EngineKind::Writ && other.tier == c.tier && other.metered();
         });
}

void Page::addFigure(const std::string &svg, const std::string &caption) {
  body += fmt::format("<figure>\n{}<figcaption>Figure {}. {}</figcaption>\n</figure>\n", svg,
                      ++figures, escaped(caption));
}

/// A bar for each configuration that has the value.
void Page::addBars(const Chart &chart, const OverallValue &value,
                   const std::function<std::string(double)> &text, const std::string &caption) {
  Chart made = chart;
  std::vector<std::string> texts;
  for (const Overall &line : lines) {
    double x = value(line);
    if (x <= 0)
      continue;
    made.rows.push_back(
        {name(line.configuration),
         {{x, x, x, color(line.configuration), isVariant(line.configuration), ""}}});
    texts.push_back(text(x));
  }
  if (!made.rows.empty())
    addFigure(barChart(made, texts), caption);
}

/// A row for each workload, a dot for each configuration that charts show.
void Page::addDots(const Chart &chart, const Value &value, const std::string &caption) {
  Chart made = chart;
  std::vector<bool> used(results.configurations.size());
  for (size_t workload = 0; workload < results.workloads.size(); ++workload) {
    ChartRow row{results.workloads[workload].name, {}};
    for (size_t i = 0; i < results.configurations.size(); ++i) {
      auto [x, spread] = isMain(i) ? value(summary(workload, i)) : std::pair(0.0, 0.0);
      if (x == 0)
        continue;
      used[i] = true;
      row.marks.push_back(
          {x, x - spread, x + spread, color(i), false,
           fmt::format("{} on {}: {:.3g} ± {:.2g}", row.label, name(i), x, spread)});
    }
    if (!row.marks.empty())
      made.rows.push_back(std::move(row));
  }
  for (size_t i = 0; i < used.size(); ++i)
    if (used[i])
      made.legend.push_back({name(i), color(i)});
  if (!made.rows.empty())
    addFigure(dotChart(made), caption);
}

/// Billions a second.
static std::pair<double, double> gasOf(const Summary &s) {
  double billions = s.gasPerSecond / 1e9;
  return {billions, billions * s.run.spread()};
}

static std::pair<double, double> ratioOf(const Summary &s) {
  return {s.ratio, s.ratio * s.run.spread()};
}

/// Per cent.
static std::pair<double, double> meteringOf(const Summary &s) {
  return {s.metering > 0 ? (s.metering - 1) * 100 : 0, s.meteringSpread * 100};
}

void Page::addRunFigures() {
  body += "<h2>Run time</h2>\n";
  Chart ratio;
  ratio.title = "Run time relative to native code, geometric mean";
  ratio.axis = "run time / native run time";
  ratio.logarithmic = true;
  ratio.reference = 1;
  auto times = [](double x) { return fmt::format("{:.2f}×", x); };
  addBars(
      ratio, [](const Overall &line) { return line.ratio; }, times,
      "Run time over that of the fastest native build, geometric mean over the modules. Less "
      "is better; the line is native speed.");
  ratio.title = "Run time relative to native code, by module";
  addDots(ratio, ratioOf,
          "The same by module: ratios of medians. Whiskers are the quartiles of the run times.");
  Chart gas;
  gas.title = "Gas per second";
  gas.axis = "gas per second (billion)";
  gas.logarithmic = true;
  addDots(gas, gasOf,
          "Gas that a second of run time uses up. Where engines differ in order, prices do not "
          "follow the cost of the ops.");
}

void Page::addMeteringFigure() {
  Chart chart;
  chart.title = "What metering costs";
  chart.axis = "run time with metering over that without, less 1 (%)";
  addDots(chart, meteringOf,
          "What metering adds to the run time of each module. A value below 0 is noise, or code "
          "that happened to be laid out better.");
}

void Page::addCompileFigures() {
  body += "<h2>Compile time, code size, memory</h2>\n";
  Chart speed;
  speed.title = "Compile speed";
  speed.axis = "compile speed (MB of code section per second)";
  speed.logarithmic = true;
  addBars(
      speed, [](const Overall &line) { return line.megabytesPerSecond; },
      [](double x) { return fmt::format("{:.3g} MB/s", x); },
      "Bytes of code section compiled in a second, each module once in a fresh process, "
      "geometric mean. More is better.");
  Chart first;
  first.title = "Time to the first call";
  first.axis = "time to the first call (ms)";
  first.logarithmic = true;
  addBars(
      first, [](const Overall &line) { return line.readySeconds * 1e3; },
      [](double x) { return fmt::format("{:.3g} ms", x); },
      "From the module's bytes in memory to the start of the first call, median over the "
      "modules. For engines run as a program: the whole process with n = 0.");
  Chart size;
  size.title = "Code size";
  size.axis = "code bytes / bytes of code section";
  addBars(
      size, [](const Overall &line) { return line.inflation; },
      [](double x) { return fmt::format("{:.2f}×", x); },
      "Size of the machine code (of the bytecode, for an interpreter) for each byte of the "
      "code section, geometric mean.");
  Chart memory;
  memory.title = "Peak memory";
  memory.axis = "peak resident memory of the process (MB)";
  addBars(
      memory, [](const Overall &line) { return line.peakBytes / 1e6; },
      [](double x) { return fmt::format("{:.1f} MB", x); },
      "Resident memory of the whole process at its most, compile and run, median over the "
      "modules.");
}

void Page::addStages() {
  std::string rows;
  for (size_t i = 0; i < results.configurations.size(); ++i) {
    std::string cells;
    for (const auto &[stage, share] : stageShares(results, i))
      cells += fmt::format("<td>{} {:.0f} %</td>", escaped(stage), share * 100);
    if (!cells.empty())
      rows += fmt::format("<tr><td>{}</td>{}</tr>\n", escaped(name(i)), cells);
  }
  if (!rows.empty())
    body += "<h3>Where compile time goes</h3>\n<div class=\"wide\"><table>\n" + rows +
            "</table></div>\n";
}

void Page::addMachine() {
  const Machine &m = results.machine;
  body += fmt::format(
      "<dl><dt>Machine</dt><dd>{}, {} cores, {:.0f} GB; {}; load {:.1f} at the start</dd>\n"
      "<dt>Date</dt><dd>{}</dd>\n<dt>Command</dt><dd><code>{}</code></dd>\n"
      "<dt>Method</dt><dd>Each cell is measured in {} processes of its own, the configurations "
      "taking turns; in each one call warms up and the next ones count. Times are {}; figures are "
      "medians, spreads half the distance of the quartiles. Fainter marks are variants of a tier: "
      "unmetered, or under other prices.</dd></dl>\n",
      escaped(m.processor), m.cores, double(m.memoryBytes) / 1e9, escaped(m.system), m.load,
      escaped(results.date), escaped(results.command), results.runs,
      results.time == TimeKind::Cpu ? "CPU time of the whole process" : "wall time");
  if (!results.complete)
    body += "<p class=\"error\">Interrupted: this is what was done until then.</p>\n";
  body += "<details><summary>Versions</summary><table><tr><th>configuration</th><th>version</th>"
          "</tr>\n";
  for (const Configuration &c : results.configurations) {
    std::string flags;
    for (const std::string &flag : c.flags)
      flags += " " + flag;
    body +=
        fmt::format("<tr><td>{}</td><td class=\"left\">{}{}{}</td></tr>\n", escaped(c.name),
                    c.kind == EngineKind::Writ ? "writ " : "", escaped(c.version), escaped(flags));
  }
  body += "</table></details>\n";
}

static std::string cell(const std::string &text) {
  return fmt::format("<td>{}</td>", escaped(text.empty() ? "-" : text));
}

static std::string times(double x) { return x > 0 ? fmt::format("{:.2f}×", x) : "-"; }

static std::string percent(double ratio) {
  return ratio > 0 ? fmt::format("{:+.1f} %", (ratio - 1) * 100) : "-";
}

static constexpr const char *tableHead =
    "<th>run / native</th><th>spread</th><th>metering</th><th>compile</th><th>code size</th>"
    "<th>first call</th><th>gas / s</th><th>peak memory</th></tr>\n";

void Page::addOverall() {
  body += std::string("<h2>Overall</h2>\n<div class=\"wide\"><table><tr><th>configuration</th>") +
          tableHead;
  for (const Overall &line : lines) {
    if (line.peakBytes == 0)
      continue;
    body += "<tr>" + cell(name(line.configuration)) + cell(times(line.ratio)) +
            cell(line.spread > 0 ? fmt::format("±{:.1f} %", line.spread * 100) : "") +
            cell(percent(line.metering)) +
            cell(line.megabytesPerSecond > 0 ? fmt::format("{:.3g} MB/s", line.megabytesPerSecond)
                                             : "") +
            cell(times(line.inflation)) + cell(secondsText(line.readySeconds)) +
            cell(countText(line.gasPerSecond)) + cell(bytesText(line.peakBytes)) + "</tr>\n";
  }
  body += "</table></div>\n";
}

void Page::addTable(size_t workload) {
  const Workload &w = results.workloads[workload];
  std::string call = w.entry.empty() ? "compiled only" : fmt::format("{}({})", w.entry, w.n);
  body += fmt::format("<h3>{}</h3>\n<p>{}; {} of code section, {} in all.</p>\n"
                      "<div class=\"wide\"><table><tr><th>configuration</th><th>run</th>{}",
                      escaped(w.name), escaped(call), bytesText(double(w.codeSectionBytes)),
                      bytesText(double(w.moduleBytes)), tableHead);
  for (size_t i = 0; i < results.configurations.size(); ++i) {
    const Summary &s = summary(workload, i);
    if (!s.run && !s.compile)
      continue;
    body += "<tr>" + cell(name(i)) + cell(secondsText(s.run.median)) + cell(times(s.ratio)) +
            cell(s.run ? fmt::format("±{:.1f} %", s.run.spread() * 100) : "") +
            cell(percent(s.metering)) + cell(secondsText(s.compile.median)) +
            cell(times(s.inflation)) + cell(secondsText(s.ready.median)) +
            cell(countText(s.gasPerSecond)) + cell(bytesText(s.peakBytes.median)) + "</tr>\n";
  }
  body += "</table></div>\n";
}

void Page::addErrors() {
  if (results.errorCount() == 0)
    return;
  body += "<h2>Errors</h2>\n<ul>\n";
  for (const auto &[key, series] : results.series)
    for (const Measurement &m : series)
      if (!m.error.empty())
        body += fmt::format("<li class=\"error\">{} on {}: {}</li>\n",
                            escaped(results.workloads[key.first].name), escaped(name(key.second)),
                            escaped(m.error));
  body += "</ul>\n";
}

static constexpr const char *pageStyle = R"(
body{background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif;margin:0 auto;
  max-width:880px;padding:24px}
h1{font-size:24px;margin:0 0 12px}h2{font-size:19px;margin:36px 0 8px}h3{font-size:16px;margin:24px 0 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0 0 12px}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
figure{background:var(--panel);border:1px solid var(--grid);border-radius:6px;margin:16px 0;padding:16px}
figure svg{display:block;height:auto;max-width:100%}
figcaption,p,summary{color:var(--soft);font-size:13.5px}
table{border-collapse:collapse;font-size:12.5px;font-variant-numeric:tabular-nums;margin:8px 0}
th,td{border-bottom:1px solid var(--grid);padding:3px 7px;text-align:right;white-space:nowrap}
th{color:var(--soft);font-weight:500}th:first-child,td:first-child,td.left{text-align:left}
.wide{overflow-x:auto}.error{color:var(--c7)}code{font-size:13px}
@media print{figure{break-inside:avoid}}
)";

std::string Page::html() {
  addMachine();
  addOverall();
  addRunFigures();
  addMeteringFigure();
  addCompileFigures();
  addStages();
  addErrors();
  body += "<h2>By module</h2>\n";
  for (size_t i = 0; i < results.workloads.size(); ++i)
    addTable(i);
  return fmt::format("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n"
                     "<title>writ bench</title>\n<style>\n{}{}</style>\n</head>\n<body>\n"
                     "<h1>Benchmark of writ {}</h1>\n{}</body>\n</html>\n",
                     chartStyle(), pageStyle, WRIT_VERSION, body);
}

std::string htmlReport(const Results &results) { return Page(results).html(); }

} // namespace writ::bench
