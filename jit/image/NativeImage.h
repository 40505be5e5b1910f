//===- NativeImage.h - Native code of a module as plain data --------------===//
//
// What every native tier makes, what an artifact keeps and what `ImageCode` runs: bytes that mean
// the same wherever they lie. No relocations, no pointers, no LLVM, no MLIR.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_IMAGE_NATIVEIMAGE_H
#define WRIT_JIT_IMAGE_NATIVEIMAGE_H

#include "hostabi/Context.h"
#include "hostabi/ModuleInfo.h"
#include "jit/runtime/Signals.h"
#include "jit/runtime/Ticks.h"

#include <string_view>
#include <vector>

namespace writ {

/// Which tier made the code. The numbers are those of docs/artifact.md.
enum class NativeTier : uint8_t { Singlepass = 1, LLVM = 2 };

/// "singlepass", "llvm".
constexpr std::string_view tierName(NativeTier tier) {
  return tier == NativeTier::Singlepass ? "singlepass" : "llvm";
}

/// What singlepass code is for, as `cache::cpuFeaturesOf` knows it.
inline constexpr std::string_view singlepassTarget = "x86-64-v2";

/// One own function. Offsets are in the code.
struct ImageFunction {
  uint32_t begin = 0;
  uint32_t bytes = 0;
  uint32_t thunk = 0;       ///< The `NativeThunk` of its signature.
  uint32_t firstRegion = 0; ///< The number of its first region in the module, if it is known.
};

/// Code of all own functions. In memory the constants begin on the first page behind the code,
/// which refers to them by distance.
struct NativeImage {
  /// What the distance from code to constants is a multiple of.
  static constexpr size_t pageBytes = 4096;
  static constexpr size_t pagesFor(size_t bytes) { return (bytes + pageBytes - 1) & -pageBytes; }

  NativeTier tier = NativeTier::Singlepass;
  std::vector<uint8_t> code;      ///< Instructions only: never read as data.
  std::vector<uint8_t> constants; ///< Never executed.
  uint32_t firstFunction = 0;     ///< How many are imported.
  std::vector<ImageFunction> functions;
  std::vector<FaultSite> faults; ///< Sorted by `pc`.
  std::vector<TrapSite> sites;
  std::vector<FuncType> callTypes; ///< As for `TierCode::callTypes`, before interning.
  uint32_t coldFrameWords = 0;
  uint64_t work = 0; ///< Units of work that it took to make.

  // Of code that counts, which is not kept: offset of code that jumps to each own function's entry,
  // and its ticks. The table of entries begins on the first page behind the constants.
  std::vector<uint32_t> jumps;
  TickTable ticks;

  /// From the start of the code.
  size_t constantsOffset() const { return pagesFor(code.size()); }
  size_t entriesOffset() const { return constantsOffset() + pagesFor(constants.size()); }
};

/// What code of that tier does at run time.
constexpr GasAt gasAtFaults(NativeTier tier) {
  return tier == NativeTier::Singlepass ? GasAt::Rsi : GasAt::Context;
}

} // namespace writ

#endif
