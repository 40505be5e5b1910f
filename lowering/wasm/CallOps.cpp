//===- CallOps.cpp - Calls, returns, traps and what units cost ------------===//
#include "lowering/wasm/OpTable.h"

#include "mlir-dialect/IR/ValueTypes.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

static void emitCall(FunctionEmitter &f, CallOp op) {
  if (f.callsDirectly())
    return f.gap(GapKind::DirectCall, f.module.functionIndex(op.getCallee()));
  f.op(callCode);
  f.gap(GapKind::Func, f.module.functionIndex(op.getCallee()));
}

static void emitReturnCall(FunctionEmitter &f, ReturnCallOp op) {
  f.need(&TargetFeatures::tailCall, op, "tail-call");
  uint32_t callee = f.module.functionIndex(op.getCallee());
  bool isImport = f.module.info.funcs[callee].import.has_value();
  // As on all tiers, the frame stays while what is imported runs.
  if (!isImport)
    f.leaveForGood();
  if (f.callsDirectly()) {
    f.gap(isImport ? GapKind::DirectCall : GapKind::DirectTailCall, callee);
  } else {
    f.op(isImport ? callCode : returnCallCode);
    f.gap(GapKind::Func, callee);
  }
  if (!isImport)
    return;
  f.leave();
  f.op(returnCode);
}

/// Notes which element of which table is called, for when the engine refuses.
static void noteElement(FunctionEmitter &f, uint32_t table) {
  if (!f.isMetered())
    return;
  if (table == 0)
    return f.call(Helper::Element);
  uint32_t index = f.takeLocal(ValueType::I32);
  f.localSet(index);
  f.localGet(index);
  f.meterGlobal(globalSetCode, MeterGlobal::Element);
  f.setFault(faultInCall + table);
  if (f.module.options.meterOwner == MeterOwner::Host) {
    f.meterGlobal(globalGetCode, MeterGlobal::Self);
    f.meterGlobal(globalSetCode, MeterGlobal::Instance);
  }
  f.localGet(index);
  f.freeLocal(index, ValueType::I32);
}

static void emitIndirect(FunctionEmitter &f, uint8_t opcode, FunctionType type, uint32_t table) {
  f.op(opcode);
  f.gap(GapKind::Type, f.module.typeNumber(toFuncType(type)));
  f.number(table);
}

static void emitCallIndirect(FunctionEmitter &f, CallIndirectOp op) {
  uint32_t table = uint32_t(op.getTable());
  if (table != 0)
    f.need(&TargetFeatures::referenceTypes, op, "reference-types");
  noteElement(f, table);
  auto type = FunctionType::get(op.getContext(), op.getArgs().getTypes(), op->getResultTypes());
  emitIndirect(f, callIndirectCode, type, table);
  if (f.module.hasForeignElements)
    f.setFault(faultInMemory); // Functions of this module have done so.
}

static void emitReturnCallIndirect(FunctionEmitter &f, ReturnCallIndirectOp op) {
  f.need(&TargetFeatures::tailCall, op, "tail-call");
  // Others' functions run while the frame is kept (docs/metering.md), our own do not: what is in
  // the table cannot be told before the call.
  if (f.isMetered() && f.module.hasForeignElements)
    f.refuse(op, "contract.return_call_indirect through tables that may hold functions of others "
                 "cannot be metered");
  noteElement(f, uint32_t(op.getTable()));
  f.leaveForGood();
  if (f.callsDirectly())
    f.writeStack();
  emitIndirect(f, returnCallIndirectCode, cast<FunctionType>(op.getType()),
               uint32_t(op.getTable()));
}

static void emitReturn(FunctionEmitter &f, ReturnOp) { f.leave(); }

static void emitTrap(FunctionEmitter &f, TrapOp op) {
  if (f.isMetered() && TrapKind(op.getKind()) == TrapKind::Unreachable) {
    f.call(f.takesBranchCost(op) ? Helper::Unreachable : Helper::TrapUnreachable);
  } else if (f.isMetered() && TrapKind(op.getKind()) == TrapKind::OutOfGas) {
    f.call(Helper::OutOfGas);
  } else if (f.isMetered()) {
    f.i32Const(int32_t(op.getKind()));
    f.call(Helper::Trap);
  }
  f.op(unreachableCode);
}

static void emitChargeUnits(FunctionEmitter &f, ChargeUnitsOp op) {
  CostSum one;
  one.add(CostCount{CostClass(op.getUnit()), 1});
  f.op(globalGetCode);
  f.gap(GapKind::Price, f.module.amountOf(one));
  f.call(Helper::ChargeUnits);
}

void writ::wasmgen::addCallOps(OpTable &table) {
  table.add<CallOp, emitCall>();
  table.add<CallIndirectOp, emitCallIndirect>();
  table.add<ReturnCallOp, emitReturnCall>();
  table.add<ReturnCallIndirectOp, emitReturnCallIndirect>();
  table.add<ReturnOp, emitReturn>();
  table.add<TrapOp, emitTrap>();
  table.add<ChargeUnitsOp, emitChargeUnits>();
}
