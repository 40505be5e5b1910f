//===- Session.h - All measurements of one command line -------------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_SESSION_H
#define WRIT_TOOLS_WRIT_BENCH_SESSION_H

#include "tools/writ/bench/Measure.h"
#include "tools/writ/bench/Results.h"

#include <string>

namespace writ::bench {

struct SessionOptions {
  unsigned runs = 5; ///< Processes for each cell.
  Effort effort;
  bool quiet = false;
};

/// Fills `results.series`; workloads and configurations must be there. The configurations take
/// turns, so that a change of the machine's speed touches all. Stops early when `interrupted()`.
void runSession(Results &results, const SessionOptions &options);

} // namespace writ::bench

#endif
