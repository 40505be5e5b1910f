//===- ReportData.cpp - Results as JSON and CSV ---------------------------===//
#include "tools/writ/bench/Report.h"

#include <algorithm>
#include <fmt/format.h>

namespace writ::bench {

static Json toJson(const Stats &stats) {
  return {{"count", stats.count},   {"min", stats.least}, {"q1", stats.lower},
          {"median", stats.median}, {"q3", stats.upper},  {"max", stats.most}};
}

static const char *kindName(EngineKind kind) {
  return kind == EngineKind::Native ? "native" : kind == EngineKind::Writ ? "writ" : "peer";
}

static Json toJson(const Workload &workload) {
  Json json = {{"name", workload.name},
               {"path", workload.path},
               {"module_bytes", workload.moduleBytes},
               {"code_section_bytes", workload.codeSectionBytes}};
  if (!workload.entry.empty()) {
    json["entry"] = workload.entry;
    json["n"] = workload.n;
  }
  return json;
}

static Json toJson(const Configuration &configuration) {
  Json json = {{"name", configuration.name},
               {"kind", kindName(configuration.kind)},
               {"version", configuration.version}};
  if (configuration.kind == EngineKind::Writ) {
    json["tier"] = configuration.tier;
    json["schedule"] = configuration.metered() ? Json(configuration.schedule) : Json(nullptr);
  }
  if (!configuration.flags.empty())
    json["flags"] = configuration.flags;
  return json;
}

/// Only what was measured.
static Json toJson(const Summary &summary) {
  Json json = Json::object();
  if (!summary.error.empty())
    json["error"] = summary.error;
  for (auto [name, stats] : {std::pair("run_s", &summary.run),
                             {"compile_s", &summary.compile},
                             {"first_call_s", &summary.ready},
                             {"peak_bytes", &summary.peakBytes}})
    if (*stats)
      json[name] = toJson(*stats);
  for (auto [name, value] : {std::pair("compile_mb_per_s", summary.megabytesPerSecond),
                             {"inflation", summary.inflation},
                             {"gas_per_s", summary.gasPerSecond},
                             {"run_over_native", summary.ratio},
                             {"run_over_unmetered", summary.metering}})
    if (value > 0)
      json[name] = value;
  if (summary.codeBytes)
    json["code_bytes"] = summary.codeBytes;
  if (summary.gas)
    json["gas"] = *summary.gas;
  return json;
}

Json jsonReport(const Results &results) {
  const Machine &machine = results.machine;
  Json json = {{"writ", WRIT_VERSION},
               {"date", results.date},
               {"command", results.command},
               {"complete", results.complete},
               {"time", results.time == TimeKind::Cpu ? "cpu" : "wall"},
               {"runs", results.runs},
               {"machine",
                {{"processor", machine.processor},
                 {"cores", machine.cores},
                 {"memory_bytes", machine.memoryBytes},
                 {"system", machine.system},
                 {"load", machine.load}}}};
  for (const Workload &workload : results.workloads)
    json["modules"].push_back(toJson(workload));
  for (const Configuration &configuration : results.configurations)
    json["configurations"].push_back(toJson(configuration));
  json["results"] = Json::array();
  for (const auto &[key, series] : results.series) {
    Json row = {{"module", results.workloads[key.first].name},
                {"configuration", results.configurations[key.second].name},
                {"summary", toJson(results.summarize(key.first, key.second))}};
    row["processes"] = Json::array();
    for (const Measurement &m : series)
      row["processes"].push_back(toJson(m));
    json["results"].push_back(std::move(row));
  }
  return json;
}

static Workload workloadFrom(const Json &json) {
  Workload workload;
  workload.name = json.at("name");
  workload.path = json.value("path", "");
  workload.moduleBytes = json.at("module_bytes");
  workload.codeSectionBytes = json.at("code_section_bytes");
  workload.entry = json.value("entry", "");
  workload.n = json.value("n", 0u);
  return workload;
}

static Configuration configurationFrom(const Json &json) {
  Configuration configuration;
  std::string kind = json.at("kind");
  configuration.name = json.at("name");
  configuration.kind = kind == "native" ? EngineKind::Native
                       : kind == "writ" ? EngineKind::Writ
                                        : EngineKind::Peer;
  configuration.version = json.value("version", "");
  configuration.tier = json.value("tier", "");
  if (json.contains("schedule") && json["schedule"].is_string())
    configuration.schedule = json["schedule"];
  if (json.contains("flags"))
    configuration.flags = json["flags"].get<std::vector<std::string>>();
  return configuration;
}

/// The place of what has this name.
template <typename T>
static size_t placeOf(const std::vector<T> &all, const std::string &name) {
  return size_t(std::ranges::find(all, name, &T::name) - all.begin());
}

Results resultsFrom(const Json &report) {
  Results results;
  results.command = report.at("command");
  results.date = report.at("date");
  results.complete = report.at("complete");
  results.time = report.at("time") == "cpu" ? TimeKind::Cpu : TimeKind::Wall;
  results.runs = report.at("runs");
  const Json &machine = report.at("machine");
  results.machine = {machine.at("processor"), machine.at("cores"), machine.at("memory_bytes"),
                     machine.at("system"), machine.at("load")};
  for (const Json &json : report.at("modules"))
    results.workloads.push_back(workloadFrom(json));
  for (const Json &json : report.at("configurations"))
    results.configurations.push_back(configurationFrom(json));
  for (const Json &row : report.at("results")) {
    std::pair key(placeOf(results.workloads, row.at("module")),
                  placeOf(results.configurations, row.at("configuration")));
    for (const Json &process : row.at("processes"))
      results.series[key].push_back(measurementFrom(process));
  }
  return results;
}

/// In quotes if it needs them.
static std::string field(const std::string &text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos)
    return text;
  std::string quoted = "\"";
  for (char c : text)
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

/// Empty if there is nothing.
static std::string number(double value) { return value > 0 ? fmt::format("{:.9g}", value) : ""; }

static std::string columns(const Stats &stats) {
  if (!stats)
    return ",,,,,";
  return fmt::format("{},{},{},{},{},{}", stats.count, number(stats.least), number(stats.lower),
                     number(stats.median), number(stats.upper), number(stats.most));
}

static std::string columnNames(const char *prefix) {
  std::string names;
  for (const char *name : {"count", "min", "q1", "median", "q3", "max"})
    names += fmt::format("{}{}_{}", names.empty() ? "" : ",", prefix, name);
  return names;
}

std::string csvReport(const Results &results) {
  std::string text =
      fmt::format("module,configuration,kind,version,n,module_bytes,code_section_bytes,{},{},{},{},"
                  "compile_mb_per_s,code_bytes,inflation,gas,gas_per_s,run_over_native,"
                  "run_over_unmetered,error\n",
                  columnNames("run_s"), columnNames("compile_s"), columnNames("first_call_s"),
                  columnNames("peak_bytes"));
  for (const auto &[key, series] : results.series) {
    const Workload &workload = results.workloads[key.first];
    const Configuration &configuration = results.configurations[key.second];
    Summary s = results.summarize(key.first, key.second);
    text += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", field(workload.name),
        field(configuration.name), kindName(configuration.kind), field(configuration.version),
        workload.entry.empty() ? "" : std::to_string(workload.n), workload.moduleBytes,
        workload.codeSectionBytes, columns(s.run), columns(s.compile), columns(s.ready),
        columns(s.peakBytes), number(s.megabytesPerSecond), number(double(s.codeBytes)),
        number(s.inflation), s.gas ? std::to_string(*s.gas) : "", number(s.gasPerSecond),
        number(s.ratio), number(s.metering), field(s.error));
  }
  return text;
}

} // namespace writ::bench
