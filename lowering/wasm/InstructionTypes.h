//===- InstructionTypes.h - Where instructions begin, what they take ------===//
#ifndef WRIT_LOWERING_WASM_INSTRUCTIONTYPES_H
#define WRIT_LOWERING_WASM_INSTRUCTIONTYPES_H

#include "lowering/wasm/Helpers.h"
#include "lowering/wasm/ModuleState.h"

#include <map>
#include <optional>
#include <vector>

namespace writ::wasmgen {

/// One instruction of a body, or a gap that is one (`begin` is `end`).
struct InstructionRange {
  uint32_t begin = 0, end = 0;       ///< Of the bytes.
  uint32_t firstGap = 0, endGap = 0; ///< Of the gaps.
  bool hasPlace = false;
  uint32_t place = 0; ///< Of the places.
};

/// The instructions of a body, in order.
std::vector<InstructionRange> splitInstructions(const Body &body);

/// What instructions take from the stack, and put there.
class InstructionTypes {
public:
  InstructionTypes(ModuleState &module, const HelperNeeds &needs) : module(module), needs(needs) {}

  /// Nothing for those that mean something only in their function (locals, jumps), that call
  /// functions of the module, and a few that are rare.
  std::optional<FuncType> find(const Body &body, const InstructionRange &range);

private:
  std::optional<FuncType> findWithGap(uint8_t instruction, const Gap &gap);

  ModuleState &module;
  const HelperNeeds &needs;
  std::map<Helper, FuncType> helpers;
};

} // namespace writ::wasmgen

#endif
