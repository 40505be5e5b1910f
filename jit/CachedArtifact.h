//===- CachedArtifact.h - An artifact from the cache, or made --------------===//
#ifndef WRIT_JIT_CACHEDARTIFACT_H
#define WRIT_JIT_CACHEDARTIFACT_H

#include "cache/MacKey.h"
#include "cache/Store.h"

#include <functional>

namespace writ {

/// An artifact that is wanted, and how to make it.
struct ArtifactRecipe {
  cache::Key key;
  const cache::MacKey *macKey = nullptr; ///< What it must be signed with, if given.
  std::function<Result<cache::Bytes>()> make;
};

struct FoundArtifact {
  cache::Bytes bytes;
  bool isNew = false; ///< Made now, by this call.
};

/// From `store`, which must be writable; made, once for all who ask, if it is not there, or is not
/// one that this writ could use (damaged, of another format, not signed). Thread-safe. Errors:
/// those of `make` and of `cache::Store`. Of `make`, BadInput and Limit are remembered: it must
/// give none of them that say more of the caller than of the contract.
Result<FoundArtifact> findOrMakeArtifact(cache::Store &store, const ArtifactRecipe &recipe);

} // namespace writ

#endif
