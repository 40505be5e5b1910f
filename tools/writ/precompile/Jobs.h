//===- Jobs.h - Which modules to precompile, and what came of each --------===//
#ifndef WRIT_TOOLS_WRIT_PRECOMPILE_JOBS_H
#define WRIT_TOOLS_WRIT_PRECOMPILE_JOBS_H

#include "tools/writ/Cli.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace writ::cli::precompile {

using Json = nlohmann::ordered_json;

/// What became of a module on one tier.
enum class Status : uint8_t {
  Compiled,
  Cached, ///< It was there.
  Failed, ///< The module is the reason; the cache remembers it.
  Broken, ///< The machine or writ is the reason; it will be tried again.
};
std::string_view statusName(Status status);

struct Outcome {
  std::string path;
  std::string code; ///< Hash of the module; empty if it could not be read.
  std::string tier; ///< Empty if it did not come to that.
  Status status = Status::Broken;
  std::string message; ///< Why there is no artifact.
  uint64_t moduleBytes = 0, artifactBytes = 0;
  double seconds = 0;     ///< That the compile took.
  uint64_t peakBytes = 0; ///< Of the process that worked on it, until then.
};

/// One line between processes, and a row of the report.
Json toJson(const Outcome &outcome);
Outcome outcomeFrom(const Json &json);

/// The modules that the command line names: files, all `.wasm` in folders and below, and the
/// lines of lists (`@FILE`, or `@-` for standard input). Each once, in the order of their names.
/// Throws `Fatal` if something is not there.
std::vector<std::string> findModules(const std::vector<std::string> &paths);

} // namespace writ::cli::precompile

#endif
