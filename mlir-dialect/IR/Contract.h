//===- Contract.h - The contract dialect, for C++ -------------------------===//
#ifndef WRIT_MLIRDIALECT_IR_CONTRACT_H
#define WRIT_MLIRDIALECT_IR_CONTRACT_H

#include "hostabi/CostClasses.h"
#include "hostabi/Traps.h"
#include "mlir-dialect/IR/AttrStorage.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace writ::contract {

/// See ObservesGas in ContractInterfaces.td.
template <typename ConcreteType>
class ObservesGas : public mlir::OpTrait::TraitBase<ConcreteType, ObservesGas> {};

#define WRIT_RESOURCE(Name)                                                                        \
  struct Name##Resource : mlir::SideEffects::Resource::Base<Name##Resource> {                      \
    llvm::StringRef getName() final { return "contract." #Name; }                                  \
  };
WRIT_RESOURCE(LinearMemory)
WRIT_RESOURCE(GlobalCells)
WRIT_RESOURCE(TableCells)
WRIT_RESOURCE(LocalSlots)
WRIT_RESOURCE(GasLeft)
WRIT_RESOURCE(Outcome)
#undef WRIT_RESOURCE

/// Bit for `kind` in MayTrapOpInterface::getTrapKinds.
constexpr uint32_t trapBit(TrapKind kind) { return 1u << static_cast<unsigned>(kind); }

} // namespace writ::contract

#include "mlir-dialect/IR/ContractDialect.h.inc"

#define GET_TYPEDEF_CLASSES
#include "mlir-dialect/IR/ContractTypes.h.inc"

#define GET_ATTRDEF_CLASSES
#include "mlir-dialect/IR/ContractAttrs.h.inc"

namespace writ::contract {

inline llvm::ArrayRef<CostCount> CostsAttr::getCounts() const { return getImpl()->counts; }
inline uint32_t DistanceLocAttr::getDistance() const { return getImpl()->distance; }

} // namespace writ::contract

#include "mlir-dialect/IR/ContractInterfaces.h.inc"

#define GET_OP_CLASSES
#include "mlir-dialect/IR/ContractOps.h.inc"

#endif
