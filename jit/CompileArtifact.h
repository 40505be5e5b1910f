//===- CompileArtifact.h - From module bytes to an artifact ---------------===//
#ifndef WRIT_JIT_COMPILEARTIFACT_H
#define WRIT_JIT_COMPILEARTIFACT_H

#include "cache/Key.h"
#include "cache/MacKey.h"
#include "jit/Engine.h"
#include "jit/image/NativeImage.h"

namespace writ {

/// What to make, besides what `CompileOptions` says. Of these, options of other tiers than `tier`
/// mean nothing.
struct ArtifactRequest {
  NativeTier tier = NativeTier::Singlepass;
  /// LLVM tier: "x86-64-v2" or "x86-64-v3". Singlepass code is for "x86-64-v2" always.
  std::string target = "x86-64-v3";
  const cache::MacKey *macKey = nullptr; ///< To sign with, if given.
};

/// What the artifact of the contract with the hash `code` is kept under. Errors: BadInput for a
/// target that is not known.
Result<cache::Key> artifactKey(const cache::Digest &code, const CompileOptions &options,
                               const ArtifactRequest &request);

/// Sets in `options` and `request` what `key` says, so that the same is made again. Errors:
/// BadInput if it says something that this writ does not know.
Result<void> useKey(const cache::Key &key, CompileOptions &options, ArtifactRequest &request);

/// The artifact of the module in `bytes`: the same bytes for the same key, on any machine and with
/// any number of threads. Thread-safe. Errors: BadInput, Limit; Internal.
Result<std::vector<uint8_t>> compileArtifact(std::span<const uint8_t> bytes,
                                             const CompileOptions &options,
                                             const ArtifactRequest &request);

} // namespace writ

#endif
