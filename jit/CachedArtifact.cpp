//===- CachedArtifact.cpp - An artifact from the cache, or made ------------===//
#include "jit/CachedArtifact.h"

#include "cache/Artifact.h"
#include "hostabi/Context.h"

using namespace writ;
using namespace writ::cache;

/// Whether who asks for it could use it, on a machine that is good enough.
static bool isUsable(const Bytes &bytes, const ArtifactRecipe &recipe) {
  const Key &key = recipe.key;
  ArtifactDemand demand{key.code, key.tier, key.target, key.options, {}};
  if (recipe.macKey)
    demand.macKey = *recipe.macKey;
  auto artifact = Artifact::inspect(makeByteSource(bytes), demand);
  return artifact && artifact->head().abi == abiVersion && artifact->verifyAll();
}

static Result<Made> make(const ArtifactRecipe &recipe, FoundArtifact &found) {
  found.isNew = true;
  Result<Bytes> bytes = recipe.make();
  if (!bytes)
    return bytes.error();
  auto artifact = Artifact::inspect(makeByteSource(*bytes));
  if (!artifact)
    return internalError(artifact.error().message);
  return Made{std::move(*bytes), artifact->head().work};
}

Result<FoundArtifact> writ::findOrMakeArtifact(Store &store, const ArtifactRecipe &recipe) {
  FoundArtifact found;
  auto makeIt = [&] { return make(recipe, found); };
  Result<Bytes> bytes = store.findOrMake(recipe.key, makeIt);
  if (bytes && !found.isNew && !isUsable(*bytes, recipe)) {
    if (auto discarded = store.discard(recipe.key, digestOf(*bytes)); !discarded)
      return discarded.error();
    bytes = store.findOrMake(recipe.key, makeIt);
  }
  if (!bytes)
    return bytes.error();
  found.bytes = std::move(*bytes);
  return found;
}
