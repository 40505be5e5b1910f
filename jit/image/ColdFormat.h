//===- ColdFormat.h - Regions that cannot be paid, as bytes ---------------===//
#ifndef WRIT_JIT_IMAGE_COLDFORMAT_H
#define WRIT_JIT_IMAGE_COLDFORMAT_H

#include "cache/Artifact.h"
#include "jit/image/Cold.h"
#include "jit/interp/CodeFormat.h"

namespace writ {

/// One function's regions and the interpreter's code of it.
void writeColdFunction(ByteWriter &writer, const ColdFunction &function);
/// Regions are in order and among those of the code, words in their frames. Errors are BadInput.
Result<ColdFunction> readColdFunction(ByteReader &reader,
                                      const interp::CodeSurroundings &surroundings);

/// Sections for the parts of all own functions, each as `writeColdFunction` made it: `Cold` has
/// one behind the other, `ColdIndex` where each ends. Errors: Limit if there is too much.
Result<std::vector<cache::SectionBytes>>
makeColdSections(std::span<const std::vector<uint8_t>> functions);

/// Reads each function's part when it is first asked for. Errors: BadInput if the index does not
/// fit the section.
Result<std::unique_ptr<ColdSource>> makeColdSource(std::shared_ptr<const cache::Artifact> artifact,
                                                   uint32_t firstFunction, uint32_t numFunctions);

} // namespace writ

#endif
