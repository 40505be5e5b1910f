//===- Results.h - What was measured, and what it comes to ----------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_RESULTS_H
#define WRIT_TOOLS_WRIT_BENCH_RESULTS_H

#include "tools/writ/bench/Configurations.h"
#include "tools/writ/bench/Machine.h"
#include "tools/writ/bench/Stats.h"
#include "tools/writ/bench/Workloads.h"

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace writ::bench {

using Json = nlohmann::ordered_json;

/// Which time counts. Both are kept.
enum class TimeKind : uint8_t { Cpu, Wall };

/// CPU time is that of the whole process.
struct Duration {
  double cpu = 0, wall = 0; ///< Seconds.
  double of(TimeKind kind) const { return kind == TimeKind::Cpu ? cpu : wall; }
};

/// What one process of its own found out about one workload in one configuration.
struct Measurement {
  std::string error; ///< Empty if it went well.
  std::optional<uint32_t> checksum;
  std::optional<Duration> compile;
  std::optional<Duration> ready; ///< From the module's bytes to just before the first call.
  std::vector<Duration> calls;
  std::optional<uint64_t> gas; ///< Of one call.
  uint64_t codeBytes = 0;
  uint64_t peakBytes = 0;
  std::vector<std::pair<std::string, double>> stages; ///< Wall seconds of each part of the compile.
};

/// The worker's line, both ways. Throws on JSON that is none of ours.
Json toJson(const Measurement &measurement);
Measurement measurementFrom(const Json &json);

/// All measurements of one workload in one configuration.
using Series = std::vector<Measurement>;

/// What a series comes to; what was not measured is empty.
struct Summary {
  Stats run, compile, ready; ///< Seconds.
  double megabytesPerSecond = 0;
  uint64_t codeBytes = 0;
  double inflation = 0; ///< Code bytes for each byte of the code section.
  std::optional<uint64_t> gas;
  double gasPerSecond = 0;
  Stats peakBytes;
  double ratio = 0;          ///< Run time over the fastest native build's; medians.
  double metering = 0;       ///< Run time over the unmetered one's on the same tier; medians.
  double meteringSpread = 0; ///< Of that: the sum of both spreads.
  std::string error;         ///< The first one, or empty.
};

/// Everything a report is made from.
struct Results {
  Machine machine;
  std::string command, date;
  TimeKind time = TimeKind::Cpu;
  size_t runs = 0;
  bool complete = true; ///< Not interrupted.
  std::vector<Workload> workloads;
  std::vector<Configuration> configurations;
  std::map<std::pair<size_t, size_t>, Series> series; ///< By workload and configuration.

  /// Null if nothing was measured.
  const Series *find(size_t workload, size_t configuration) const;
  Summary summarize(size_t workload, size_t configuration) const;

  /// Marks measurements whose checksum is not the workload's (that of a native build if there
  /// is one) as errors.
  void checkChecksums();
  size_t errorCount() const;

private:
  Stats runStats(size_t workload, size_t configuration) const;
  double nativeSeconds(size_t workload) const;
  void putRatios(Summary &summary, size_t workload, size_t configuration) const;
};

/// One line a configuration: geometric means over the workloads that have the figure.
struct Overall {
  size_t configuration = 0;
  double ratio = 0, metering = 0, megabytesPerSecond = 0, inflation = 0, gasPerSecond = 0;
  double readySeconds = 0, peakBytes = 0; ///< Medians over the workloads.
  double spread = 0;                      ///< Median over the workloads of `run.spread()`.
};
std::vector<Overall> overall(const Results &results);

/// Where a configuration's compile time goes, over all workloads: each stage with its part of
/// the whole, in order. Empty if nothing is known.
std::vector<std::pair<std::string, double>> stageShares(const Results &results,
                                                        size_t configuration);

/// Results from what `jsonReport` made. Throws `Json::exception` if it is something else.
Results resultsFrom(const Json &report);

} // namespace writ::bench

#endif
