//===- Summary.h - What a precompilation came to --------------------------===//
#ifndef WRIT_TOOLS_WRIT_PRECOMPILE_SUMMARY_H
#define WRIT_TOOLS_WRIT_PRECOMPILE_SUMMARY_H

#include "tools/writ/precompile/Jobs.h"

namespace writ::cli::precompile {

/// Sums over outcomes.
class Summary {
public:
  void add(Outcome outcome);
  /// Once all outcomes are there, or no more will come.
  void finish(size_t modules, unsigned workers, double wallSeconds, bool isComplete);

  bool isComplete() const { return complete; }
  /// Something is not in the cache, though it was tried.
  bool hasFailures() const { return count(Status::Failed) + count(Status::Broken) > 0; }
  bool hasSuccesses() const { return count(Status::Compiled) + count(Status::Cached) > 0; }

  /// A few lines, with a line for each failure first.
  std::string text() const;
  /// The same with all outcomes.
  Json json() const;

private:
  uint64_t count(Status status) const { return counts[size_t(status)]; }

  std::vector<Outcome> outcomes;
  uint64_t counts[4] = {};
  uint64_t compiledBytes = 0, artifactBytes = 0, peakBytes = 0;
  double compileSeconds = 0;
  size_t modules = 0;
  unsigned workers = 1;
  double wallSeconds = 0;
  bool complete = false;
};

} // namespace writ::cli::precompile

#endif
