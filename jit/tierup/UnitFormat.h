//===- UnitFormat.h - What goes to a compiler's process and back ----------===//
//
// Little-endian, for a program and a compiler of the same build: no versions, no padding. The
// answer is read as if anybody had written it.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_TIERUP_UNITFORMAT_H
#define WRIT_JIT_TIERUP_UNITFORMAT_H

#include "jit/tierup/Unit.h"

#include <span>

namespace writ {

/// Bounds that the compiler's process sets for itself before it reads anything else.
struct ChildLimits {
  uint64_t memoryBytes = uint64_t(2) << 30; ///< Of address space.
  uint64_t cpuSeconds = 20;
  uint64_t wallSeconds = 60; ///< Then it is killed: the last resort, for time is not deterministic.
};

/// All that a compile depends on.
struct ChildRequest {
  ChildLimits limits;
  UnitRequest unit;
  std::vector<uint8_t> options;    ///< As the compile side has it (jit/CompileWorker.h).
  std::vector<CostCounts> charges; ///< The charge table.
  uint32_t numOwnCharges = 0;      ///< Of these, those of the module itself.
  std::vector<uint8_t> bytes;      ///< The module.
};

std::vector<uint8_t> encode(const ChildRequest &request);
std::vector<uint8_t> encode(const Result<UnitImage> &answer);

/// Errors are Internal: whoever wrote that did not mean this reader.
Result<ChildRequest> decodeRequest(std::span<const uint8_t> bytes);
/// An error that the other side had is given as it was.
Result<UnitImage> decodeAnswer(std::span<const uint8_t> bytes);

} // namespace writ

#endif
