//===- Process.h - Run a program and see what it took ---------------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_PROCESS_H
#define WRIT_TOOLS_WRIT_BENCH_PROCESS_H

#include <cstdint>
#include <string>
#include <vector>

namespace writ::bench {

/// How a process ended and what it took.
struct ProcessResult {
  std::string failure; ///< "killed by signal 11 (Segmentation fault)"; empty if it returned 0.
  std::string output, errors; ///< At most a megabyte each.
  double wallSeconds = 0;
  double cpuSeconds = 0;
  uint64_t peakBytes = 0; ///< Resident memory at its most.
};

/// Runs `command` (a path or a name on PATH, then arguments), with no input, for at most
/// `maxSeconds` of wall time. Killed, with all it started, when that is over or when
/// `cli::interrupted()` becomes true.
ProcessResult runProcess(const std::vector<std::string> &command, double maxSeconds);

/// The full path of `program` on PATH; empty if it is not there.
std::string findProgram(const std::string &program);

} // namespace writ::bench

#endif
