//===- OpTraps.cpp - Which traps each op can raise ------------------------===//

#include "mlir-dialect/IR/Contract.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;

// One row per op; kinds are those of hostabi/Traps.def.
#define WRIT_OP_TRAPS(Op, Kinds)                                                                   \
  uint32_t Op::getTrapKinds() { return Kinds; }

static constexpr uint32_t indirectCallTraps = trapBit(TrapKind::UndefinedElement) |
                                              trapBit(TrapKind::UninitializedElement) |
                                              trapBit(TrapKind::IndirectCallTypeMismatch);
static constexpr uint32_t conversionTraps =
    trapBit(TrapKind::InvalidConversion) | trapBit(TrapKind::IntegerOverflow);

// clang-format off
WRIT_OP_TRAPS(CallIndirectOp,       indirectCallTraps)
WRIT_OP_TRAPS(ReturnCallIndirectOp, indirectCallTraps)
WRIT_OP_TRAPS(DivSOp, trapBit(TrapKind::IntegerDivideByZero) | trapBit(TrapKind::IntegerOverflow))
WRIT_OP_TRAPS(DivUOp,               trapBit(TrapKind::IntegerDivideByZero))
WRIT_OP_TRAPS(RemSOp,               trapBit(TrapKind::IntegerDivideByZero))
WRIT_OP_TRAPS(RemUOp,               trapBit(TrapKind::IntegerDivideByZero))
WRIT_OP_TRAPS(FToSOp,               conversionTraps)
WRIT_OP_TRAPS(FToUOp,               conversionTraps)
WRIT_OP_TRAPS(LoadOp,               trapBit(TrapKind::MemoryOutOfBounds))
WRIT_OP_TRAPS(StoreOp,              trapBit(TrapKind::MemoryOutOfBounds))
WRIT_OP_TRAPS(MemoryCopyOp,         trapBit(TrapKind::MemoryOutOfBounds))
WRIT_OP_TRAPS(MemoryFillOp,         trapBit(TrapKind::MemoryOutOfBounds))
WRIT_OP_TRAPS(MemoryInitOp,         trapBit(TrapKind::MemoryOutOfBounds))
WRIT_OP_TRAPS(TableGetOp,           trapBit(TrapKind::TableOutOfBounds))
WRIT_OP_TRAPS(TableSetOp,           trapBit(TrapKind::TableOutOfBounds))
WRIT_OP_TRAPS(TableFillOp,          trapBit(TrapKind::TableOutOfBounds))
WRIT_OP_TRAPS(TableCopyOp,          trapBit(TrapKind::TableOutOfBounds))
WRIT_OP_TRAPS(TableInitOp,          trapBit(TrapKind::TableOutOfBounds))
WRIT_OP_TRAPS(ChargeUnitsOp,        trapBit(TrapKind::OutOfGas))
WRIT_OP_TRAPS(EnterOp,              trapBit(TrapKind::StackExhausted))
// clang-format on

uint32_t TrapOp::getTrapKinds() { return 1u << getKind(); }

CostsAttr CostOp::getStaticCosts() { return getCosts(); }
