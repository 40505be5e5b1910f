//===- WasmArtifact.h - Metered modules as artifacts ----------------------===//
//
// What the Wasm target emits is kept like native code: in an artifact, under a key. Such an
// artifact has the module in section `wasm` and, if it is not the flat one, its schedule in
// `schedule`.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_WASMARTIFACT_H
#define WRIT_JIT_WASMARTIFACT_H

#include "cache/Artifact.h"
#include "jit/CompileWasm.h"

namespace writ {

/// `Key::tier` and `Key::target` of such artifacts.
inline constexpr std::string_view wasmTier = "wasm", wasmTarget = "wasm32";

/// What is emitted, besides the contract.
struct WasmArtifactRequest {
  WasmTargetOptions options;
  Schedule schedule = *shippedSchedule("flat");
  const cache::MacKey *macKey = nullptr; ///< To sign with, if given.
};

/// What the metered form of the contract with the hash `code` is kept under. Prices are part of it:
/// the module has them, and they decide what is worth its bytes.
cache::Key wasmArtifactKey(const cache::Digest &code, const WasmArtifactRequest &request);

/// The same bytes for the same key. Thread-safe. Errors: BadInput, Limit.
Result<std::vector<uint8_t>> compileWasmArtifact(std::span<const uint8_t> bytes,
                                                 const WasmArtifactRequest &request);

/// Whether `artifact` is one of these.
bool isWasmArtifact(const cache::Artifact &artifact);

/// The module in it. Errors: BadInput if it is damaged, or has none.
Result<std::vector<uint8_t>> wasmModuleOf(const cache::Artifact &artifact);

/// Sets options and schedule in `request` so that the same is made again. Errors: BadInput if the
/// artifact says something that this writ does not know, or its schedule is not that of its key.
Result<void> useWasmArtifact(const cache::Artifact &artifact, WasmArtifactRequest &request);

} // namespace writ

#endif
