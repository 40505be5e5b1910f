//===- Progress.h - How far a session is, on standard error ---------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_PROGRESS_H
#define WRIT_TOOLS_WRIT_BENCH_PROGRESS_H

#include <chrono>
#include <cstddef>
#include <string>

namespace writ::bench {

/// One line that is written over on a terminal; elsewhere a line each tenth of the way.
class Progress {
public:
  Progress(size_t total, bool quiet);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// Measurement `done` of the total, called `what`, starts now.
  void show(size_t done, const std::string &what);

private:
  size_t total, lastTenth = 0;
  bool quiet, terminal;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

} // namespace writ::bench

#endif
