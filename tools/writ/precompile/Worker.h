//===- Worker.h - The process that compiles into the cache ----------------===//
#ifndef WRIT_TOOLS_WRIT_PRECOMPILE_WORKER_H
#define WRIT_TOOLS_WRIT_PRECOMPILE_WORKER_H

#include "cache/Store.h"
#include "jit/CachedArtifact.h"
#include "jit/CompileArtifact.h"
#include "jit/WasmArtifact.h"
#include "tools/writ/precompile/Jobs.h"

namespace writ::cli::precompile {

/// What is compiled, and how.
struct Recipe {
  CompileOptions options;
  std::vector<std::string> tiers;
  std::string target;
  std::optional<cache::MacKey> macKey;
  bool retry = false; ///< Try what has failed before.
  /// For the Wasm target; `tiers` is the one of that name then.
  std::optional<WasmArtifactRequest> wasm;

  /// Throws `Fatal` if `tier` makes no artifacts.
  Result<cache::Key> keyOf(const cache::Digest &code, const std::string &tier) const;
  /// What to keep under that key. Not longer than this and `module` live.
  ArtifactRecipe artifact(const cache::Key &key, const cache::Bytes &module,
                          const std::string &path) const;

private:
  ArtifactRequest request(const std::string &tier) const;
};

/// Compiles the modules whose paths come on standard input, one a line, into `store`, and tells the
/// pool (Pool.cpp) what became of each on standard output. To the end of the input.
void runWorker(cache::Store &store, const Recipe &recipe);

} // namespace writ::cli::precompile

#endif
