//===- Progress.h - How far a long command is, on standard error -----------===//
#ifndef WRIT_TOOLS_WRIT_PROGRESS_H
#define WRIT_TOOLS_WRIT_PROGRESS_H

#include <chrono>
#include <cstddef>
#include <string>

namespace writ::cli {

/// One line that is written over on a terminal; elsewhere a line each tenth of the way.
class Progress {
public:
  /// `name`: of the command.
  Progress(std::string name, size_t total, bool quiet);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// Piece of work `done` of the total, called `what`, starts now.
  void show(size_t done, const std::string &what);

private:
  std::string name;
  size_t total, lastTenth = 0;
  bool quiet, terminal;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

} // namespace writ::cli

#endif
