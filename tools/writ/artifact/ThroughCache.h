//===- ThroughCache.h - What a command makes, kept in a cache --------------===//
#ifndef WRIT_TOOLS_WRIT_ARTIFACT_THROUGHCACHE_H
#define WRIT_TOOLS_WRIT_ARTIFACT_THROUGHCACHE_H

#include "frontend/wasm/Policy.h"
#include "jit/CachedArtifact.h"
#include "jit/WasmArtifact.h"

#include <string>

namespace writ::cli {

/// A contract, and the cache that what is made of it is kept in.
struct CachedContract {
  std::string cacheFile; ///< Empty for none.
  std::string name;      ///< Of the contract's file.
  const cache::Bytes &bytes;
  const wasm::Policy &policy;
};

/// The artifact: from the cache if it is there, else made, and kept there with the contract.
/// Throws `Fatal`.
FoundArtifact makeThroughCache(const CachedContract &contract, const ArtifactRecipe &recipe);

/// The same for what the Wasm target emits: `bytes` are the module. Without a cache it makes no
/// artifact.
FoundArtifact emitThroughCache(const CachedContract &contract, const WasmArtifactRequest &request);

} // namespace writ::cli

#endif
