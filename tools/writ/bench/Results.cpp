//===- Results.cpp - What was measured, and what it comes to --------------===//
#include "tools/writ/bench/Results.h"

#include <algorithm>
#include <fmt/format.h>

namespace writ::bench {

static Json toJson(const Duration &duration) {
  return {{"cpu_s", duration.cpu}, {"wall_s", duration.wall}};
}

static Duration durationFrom(const Json &json) {
  return {json.at("cpu_s").get<double>(), json.at("wall_s").get<double>()};
}

Json toJson(const Measurement &m) {
  Json json = Json::object();
  if (!m.error.empty())
    json["error"] = m.error;
  if (m.checksum)
    json["checksum"] = *m.checksum;
  if (m.compile)
    json["compile"] = toJson(*m.compile);
  if (m.ready)
    json["ready"] = toJson(*m.ready);
  for (const Duration &call : m.calls)
    json["calls"].push_back(toJson(call));
  if (m.gas)
    json["gas"] = *m.gas;
  if (m.codeBytes)
    json["code_bytes"] = m.codeBytes;
  if (m.peakBytes)
    json["peak_bytes"] = m.peakBytes;
  for (const auto &[stage, seconds] : m.stages)
    json["stages_s"][stage] = seconds;
  return json;
}

Measurement measurementFrom(const Json &json) {
  Measurement m;
  m.error = json.value("error", "");
  if (json.contains("checksum"))
    m.checksum = json["checksum"].get<uint32_t>();
  if (json.contains("compile"))
    m.compile = durationFrom(json["compile"]);
  if (json.contains("ready"))
    m.ready = durationFrom(json["ready"]);
  if (json.contains("calls"))
    for (const Json &call : json["calls"])
      m.calls.push_back(durationFrom(call));
  if (json.contains("gas"))
    m.gas = json["gas"].get<uint64_t>();
  m.codeBytes = json.value("code_bytes", uint64_t(0));
  m.peakBytes = json.value("peak_bytes", uint64_t(0));
  if (json.contains("stages_s"))
    for (const auto &[stage, seconds] : json["stages_s"].items())
      m.stages.emplace_back(stage, seconds.get<double>());
  return m;
}

const Series *Results::find(size_t workload, size_t configuration) const {
  auto found = series.find({workload, configuration});
  return found == series.end() ? nullptr : &found->second;
}

/// Of a duration that each measurement may have.
static Stats statsOf(const Series &series, TimeKind time,
                     std::optional<Duration> Measurement::*member) {
  std::vector<double> samples;
  for (const Measurement &m : series)
    if (m.error.empty() && m.*member)
      samples.push_back((m.*member)->of(time));
  return statsOf(std::move(samples));
}

Stats Results::runStats(size_t workload, size_t configuration) const {
  std::vector<double> samples;
  if (const Series *all = find(workload, configuration))
    for (const Measurement &m : *all)
      if (m.error.empty())
        for (const Duration &call : m.calls)
          samples.push_back(call.of(time));
  return statsOf(std::move(samples));
}

double Results::nativeSeconds(size_t workload) const {
  double least = 0;
  for (size_t i = 0; i < configurations.size(); ++i) {
    if (configurations[i].kind != EngineKind::Native)
      continue;
    double median = runStats(workload, i).median;
    if (median > 0 && (least == 0 || median < least))
      least = median;
  }
  return least;
}

void Results::putRatios(Summary &summary, size_t workload, size_t configuration) const {
  if (!summary.run)
    return;
  if (double native = nativeSeconds(workload); native > 0)
    summary.ratio = summary.run.median / native;
  const Configuration &mine = configurations[configuration];
  if (mine.kind != EngineKind::Writ || !mine.metered())
    return;
  for (size_t i = 0; i < configurations.size(); ++i)
    if (configurations[i].kind == EngineKind::Writ && configurations[i].tier == mine.tier &&
        !configurations[i].metered())
      if (Stats unmetered = runStats(workload, i); unmetered.median > 0) {
        summary.metering = summary.run.median / unmetered.median;
        summary.meteringSpread = summary.run.spread() + unmetered.spread();
      }
}

Summary Results::summarize(size_t workload, size_t configuration) const {
  Summary summary;
  const Series *all = find(workload, configuration);
  if (!all)
    return summary;
  summary.run = runStats(workload, configuration);
  summary.compile = statsOf(*all, time, &Measurement::compile);
  summary.ready = statsOf(*all, time, &Measurement::ready);
  std::vector<double> peaks;
  for (const Measurement &m : *all) {
    if (!m.error.empty()) {
      if (summary.error.empty())
        summary.error = m.error;
      continue;
    }
    summary.codeBytes = m.codeBytes;
    summary.gas = m.gas;
    if (m.peakBytes)
      peaks.push_back(double(m.peakBytes));
  }
  summary.peakBytes = statsOf(std::move(peaks));
  double section = double(workloads[workload].codeSectionBytes);
  if (summary.compile.median > 0)
    summary.megabytesPerSecond = section / 1e6 / summary.compile.median;
  if (section > 0)
    summary.inflation = double(summary.codeBytes) / section;
  if (summary.gas && summary.run.median > 0)
    summary.gasPerSecond = double(*summary.gas) / summary.run.median;
  putRatios(summary, workload, configuration);
  return summary;
}

void Results::checkChecksums() {
  for (size_t workload = 0; workload < workloads.size(); ++workload) {
    std::optional<uint32_t> expected;
    std::string origin;
    for (size_t configuration = 0; configuration < configurations.size(); ++configuration) {
      auto found = series.find({workload, configuration});
      if (found == series.end())
        continue;
      for (Measurement &m : found->second) {
        if (!m.error.empty() || !m.checksum)
          continue;
        if (!expected) {
          expected = m.checksum;
          origin = configurations[configuration].name;
        } else if (*expected != *m.checksum) {
          m.error = fmt::format("checksum {}, but {} gives {}", *m.checksum, origin, *expected);
        }
      }
    }
  }
}

size_t Results::errorCount() const {
  size_t count = 0;
  for (const auto &[key, all] : series)
    count += size_t(std::ranges::count_if(all, [](const auto &m) { return !m.error.empty(); }));
  return count;
}

std::vector<Overall> overall(const Results &results) {
  std::vector<Overall> lines;
  for (size_t i = 0; i < results.configurations.size(); ++i) {
    std::vector<double> ratios, meterings, speeds, inflations, gas, ready, peaks, spreads;
    for (size_t workload = 0; workload < results.workloads.size(); ++workload) {
      Summary summary = results.summarize(workload, i);
      ratios.push_back(summary.ratio);
      meterings.push_back(summary.metering);
      speeds.push_back(summary.megabytesPerSecond);
      inflations.push_back(summary.inflation);
      gas.push_back(summary.gasPerSecond);
      if (summary.ready)
        ready.push_back(summary.ready.median);
      if (summary.peakBytes)
        peaks.push_back(summary.peakBytes.median);
      if (summary.run)
        spreads.push_back(summary.run.spread());
    }
    lines.push_back({i, geometricMean(ratios), geometricMean(meterings), geometricMean(speeds),
                     geometricMean(inflations), geometricMean(gas), statsOf(ready).median,
                     statsOf(peaks).median, statsOf(spreads).median});
  }
  return lines;
}

std::vector<std::pair<std::string, double>> stageShares(const Results &results,
                                                        size_t configuration) {
  std::vector<std::pair<std::string, double>> shares;
  double whole = 0;
  for (const auto &[key, series] : results.series) {
    if (key.second != configuration)
      continue;
    for (const Measurement &m : series)
      for (const auto &[stage, seconds] : m.stages) {
        auto found = std::ranges::find(shares, stage, &std::pair<std::string, double>::first);
        if (found == shares.end())
          shares.emplace_back(stage, seconds);
        else
          found->second += seconds;
        whole += seconds;
      }
  }
  for (auto &[stage, share] : shares)
    share /= whole;
  return shares;
}

} // namespace writ::bench
