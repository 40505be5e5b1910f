//===- Parts.h - Parts of modules that two forms have alike ---------------===//
//
// Metered modules are made in two forms: from the IR (ModuleWriter), and by putting charges into
// the code as it was given (jit/meteronly).
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_LOWERING_WASM_PARTS_H
#define WRIT_LOWERING_WASM_PARTS_H

#include "lowering/wasm/Assembly.h"

namespace writ::wasmgen {

/// From indices in the module that was given to those in the one that is made.
struct IndexMap {
  std::function<uint32_t(uint32_t)> function, global;
};

void writeExpression(Encoder &out, const ConstExpr &expr, const IndexMap &indices);
void writeElement(Encoder &out, const ElemSegment &segment, const IndexMap &indices);

/// The contents of `writ.charges` and `writ.positions` (docs/wasm-target.md).
std::vector<uint8_t> chargesContents(const std::vector<uint32_t> &prices,
                                     const std::vector<PatchRow> &patches,
                                     const ModuleState &module);
std::vector<uint8_t> positionsContents(const std::vector<PlaceRow> &places);

/// What helpers have to know.
HelperNeeds helperNeeds(ModuleState &module);

/// Calls the import after its price has been taken.
Body chargingImport(ModuleState &module, uint32_t index);

} // namespace writ::wasmgen

#endif
