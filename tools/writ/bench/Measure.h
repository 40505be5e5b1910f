//===- Measure.h - One measurement, in a process of its own ---------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_MEASURE_H
#define WRIT_TOOLS_WRIT_BENCH_MEASURE_H

#include "tools/writ/Cli.h"
#include "tools/writ/bench/Results.h"

#include <string>

namespace writ::bench {

/// How often and how long each measurement runs.
struct Effort {
  unsigned calls = 3;      ///< After the first one, which warms up.
  double callSeconds = 2;  ///< No further call once they took so long.
  double maxSeconds = 120; ///< After which a process is killed.
};

/// One cell of the table, once.
struct Task {
  const Workload &workload;
  const Configuration &configuration;
  const Effort &effort;
  std::string work; ///< A folder for files that are made; absolute.
};

/// Starts the process that measures, and waits for it. Whatever goes wrong is the error of the
/// measurement.
Measurement measure(const Task &task);

/// Reads the measurement that `command` prints as a line of JSON.
Measurement runMeasuring(const std::vector<std::string> &command, const Effort &effort);

/// In that process: does what `job`, which `measure` made, says, and prints the measurement.
cli::ExitCode runWorker(const std::string &job);

/// This program with a job for `runWorker`.
std::vector<std::string> workerCommand(const Json &job);

} // namespace writ::bench

#endif
