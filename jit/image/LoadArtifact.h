//===- LoadArtifact.h - Run an artifact -----------------------------------===//
#ifndef WRIT_JIT_IMAGE_LOADARTIFACT_H
#define WRIT_JIT_IMAGE_LOADARTIFACT_H

#include "cache/Artifact.h"
#include "jit/image/NativeImage.h"
#include "jit/runtime/CompiledModule.h"

namespace writ {

/// What an artifact is made of. `head` says what it was made from; `ir` is filled in.
struct ArtifactParts {
  cache::ArtifactHead head;
  const ModuleInfo *info = nullptr;
  const std::vector<CostCounts> *charges = nullptr;
  const NativeImage *image = nullptr;
  /// Of each own function, as `writeColdFunction` makes it.
  std::vector<std::vector<uint8_t>> cold;
};

/// The artifact, signed if there is a key. Errors: Limit if something is too large.
Result<std::vector<uint8_t>> makeArtifact(ArtifactParts parts,
                                          const cache::MacKey *macKey = nullptr);

/// A module ready to be instantiated, from an artifact that `demand` must fit. Code is read and
/// checked as it is executed: `source` must stay readable, and what is damaged in it by then ends
/// a call with an Internal error. Errors: BadInput, with the reason; Internal.
Result<std::shared_ptr<const CompiledModule>>
loadArtifact(std::shared_ptr<const cache::ByteSource> source,
             const cache::ArtifactDemand &demand = {});

/// Checks everything that loading and running an artifact would check sooner or later. Errors:
/// BadInput.
Result<void> checkArtifact(const cache::Artifact &artifact);

} // namespace writ

#endif
