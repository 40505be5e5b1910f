//===- Worker.h - The process that compiles into the cache ----------------===//
#ifndef WRIT_TOOLS_WRIT_PRECOMPILE_WORKER_H
#define WRIT_TOOLS_WRIT_PRECOMPILE_WORKER_H

#include "cache/Store.h"
#include "jit/CompileArtifact.h"
#include "tools/writ/precompile/Jobs.h"

namespace writ::cli::precompile {

/// What is compiled, and how.
struct Recipe {
  CompileOptions options;
  std::vector<std::string> tiers;
  std::string target;
  std::optional<cache::MacKey> macKey;
  bool retry = false; ///< Try what has failed before.

  /// Throws `Fatal` if `tier` makes no artifacts.
  ArtifactRequest request(const std::string &tier) const;
};

/// Compiles the modules whose paths come on standard input, one a line, into `store`, and tells the
/// pool (Pool.cpp) what became of each on standard output. To the end of the input.
void runWorker(cache::Store &store, const Recipe &recipe);

} // namespace writ::cli::precompile

#endif
