//===- Outcome.h - How the outcome of a call is shown ---------------------===//
#ifndef WRIT_TOOLS_WRIT_OUTCOME_H
#define WRIT_TOOLS_WRIT_OUTCOME_H

#include "jit/StageClock.h"
#include "jit/runtime/Instance.h"
#include "tools/writ/Cli.h"

#include <span>
#include <string>

namespace writ::cli {

/// A call and how it ended, with what is needed to print it.
struct CallReport {
  const ModuleInfo &info; ///< Of the module that was called.
  const CallOutcome &outcome;
  const FuncType &type;
  std::string file;   ///< The module's, as the user gave it.
  std::string called; ///< Name of the export, or "the start function".
  std::string tier;
  std::string schedule;
  uint64_t gasLimit = 0;
  std::span<const StageTime> times;   ///< Shown if not empty.
  const Profiler *profiler = nullptr; ///< Shown if given.
};

/// The results on standard output, gas, trap and times on standard error; or everything on
/// standard output as one JSON object.
ExitCode printReport(const CallReport &report, bool json);

} // namespace writ::cli

#endif
