//===- ColdFormat.h - Regions that cannot be paid, as bytes ---------------===//
#ifndef WRIT_JIT_IMAGE_COLDFORMAT_H
#define WRIT_JIT_IMAGE_COLDFORMAT_H

#include "cache/Artifact.h"
#include "jit/image/Cold.h"
#include "jit/image/NativeImage.h"
#include "jit/interp/RegionFormat.h"

namespace writ {

/// What an artifact has of one function, which is in `code`: of each of `regions` (in order) its
/// number, where its words are, and what the interpreter runs of it. Nothing if there are none.
void writeColdFunction(ByteWriter &writer, const interp::Code &code,
                       const interp::Function &function, std::span<const ColdRegion> regions,
                       NativeTier tier);

/// What a cold function belongs to.
struct ColdSurroundings {
  interp::CodeSurroundings code;
  NativeTier tier;
  uint32_t frameWords; ///< Llvm: how many words native code gives for a region, at most.
};
/// Reads what `writeColdFunction` wrote of function `func`. Regions are in order, words in their
/// frames. Errors are BadInput.
Result<ColdFunction> readColdFunction(std::span<const uint8_t> bytes, uint32_t func,
                                      const ColdSurroundings &surroundings);

/// Sections for the parts of all own functions, each as `writeColdFunction` made it: `Cold` has
/// one behind the other, `ColdIndex` where each ends. Errors: Limit if there is too much.
Result<std::vector<cache::SectionBytes>>
makeColdSections(std::span<const std::vector<uint8_t>> functions);

/// Reads each function's part when it is first asked for. `image` is what `readFunctions` gave.
/// Errors: BadInput if the index does not fit it.
Result<std::unique_ptr<ColdSource>> makeColdSource(std::shared_ptr<const cache::Artifact> artifact,
                                                   const NativeImage &image);

/// Reads all of them. Errors: BadInput.
Result<void> checkCold(const cache::Artifact &artifact, const NativeImage &image,
                       const interp::CodeSurroundings &surroundings);

} // namespace writ

#endif
