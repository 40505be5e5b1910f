//===- Progress.cpp - How far a long command is, on standard error ---------===//
#include "tools/writ/Progress.h"

#include <fmt/format.h>
#include <unistd.h>

namespace writ::cli {

Progress::Progress(std::string name, size_t total, bool quiet)
    : name(std::move(name)), total(total), quiet(quiet), terminal(isatty(STDERR_FILENO)) {}

Progress::~Progress() {
  if (!quiet && terminal)
    fmt::print(stderr, "\r\033[K");
}

/// "3 min 20 s".
static std::string timeText(double seconds) {
  auto whole = static_cast<long>(seconds + 0.5);
  return whole < 60 ? fmt::format("{} s", whole)
                    : fmt::format("{} min {} s", whole / 60, whole % 60);
}

void Progress::show(size_t done, const std::string &what) {
  if (quiet)
    return;
  std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  std::string left;
  if (done * 20 >= total && done > 0)
    left = ", " + timeText(spent.count() / double(done) * double(total - done)) + " left";
  if (terminal) {
    fmt::print(stderr, "\r\033[K{}/{} {}{}", done + 1, total, what, left);
    std::fflush(stderr);
    return;
  }
  size_t tenth = done * 10 / total;
  if (tenth > lastTenth)
    fmt::print(stderr, "{}: {}%{}\n", name, tenth * 10, left);
  lastTenth = tenth;
}

} // namespace writ::cli
