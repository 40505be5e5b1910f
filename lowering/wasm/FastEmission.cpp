//===- FastEmission.cpp - Gas in fast blocks ------------------------------===//
//
// There the gas left is in a local; what lies behind a call, and whoever looks after a trap, finds
// it in its global (FastPath.h says when).
//
//===----------------------------------------------------------------------===//
#include "hostabi/Traps.h"
#include "lowering/wasm/FunctionEmitter.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

void FunctionEmitter::emitStart(Block *block) {
  auto found = fast.starts.find(block);
  if (found == fast.starts.end())
    return;
  const FastPath::Start &start = found->second;
  if (start.enters && isDirect) {
    readLimit();
    checkAssumptions();
  } else if (start.enters) {
    readGas();
  }
  if (!start.leaves)
    return;
  pushGas(start.refund);
  if (start.looks)
    localTee(fast.gasSlot);
  meterGlobal(globalSetCode, MeterGlobal::GasLeft);
  if (start.looks)
    look();
}

/// No calls that come back: for engines, they would cost the fast blocks around them registers.
void FunctionEmitter::chargeInTwin(uint32_t amount, bool mustLook) {
  localGet(fast.gasSlot);
  pushPrice(amount);
  op(i64SubCode);
  localTee(fast.gasSlot);
  meterGlobal(globalSetCode, MeterGlobal::GasLeft);
  if (mustLook)
    look();
}

void FunctionEmitter::readGas() {
  meterGlobal(globalGetCode, MeterGlobal::GasLeft);
  localSet(fast.gasSlot);
  readLimit();
}

bool FunctionEmitter::mayGrow() const {
  const SizeLimits &limits = module.info.memories[0].limits;
  return limits.max != limits.min;
}

void FunctionEmitter::pushMemoryBytes() {
  if (!mayGrow())
    return i64Const(int64_t(module.info.memories[0].limits.min) << 16);
  op(memorySizeCode, 0);
  op(i64ExtendI32UCode);
  i64Const(16);
  op(i64ShlCode);
}

/// Objects are in the memory, else small code does it. Beyond 2^32, they would begin anew at 0:
/// then what is below the base is outside.
void FunctionEmitter::checkAssumptions() {
  bool isFirst = true;
  for (const Assumption &assumed : inside.assumed) {
    if (assumed.base >= firstGlobalBase) {
      op(globalGetCode);
      gap(GapKind::Global, assumed.base - firstGlobalBase);
    } else {
      localGet(assumed.base);
    }
    if (assumed.least != 0) {
      i32Const(int32_t(assumed.least));
      op(i32AddCode);
    }
    op(i64ExtendI32UCode);
    i64Const(std::max<int64_t>(assumed.end, 1) - assumed.least -
             (fast.usesLimit ? fast.limitEnd : 0));
    op(i64AddCode);
    fast.usesLimit ? localGet(fast.limitSlot) : pushMemoryBytes();
    op(i64GtSCode);
    if (!std::exchange(isFirst, false))
      op(i32OrCode);
  }
  if (isFirst)
    return;
  op(ifCode);
  op(emptyBlock);
  writeGas({});
  writeStack();
  for (uint32_t param = 0; param < numParams; ++param)
    localGet(param);
  op(module.hasTailCalls ? returnCallCode : callCode);
  gap(GapKind::Func, module.functionIndex(func.getSymName()) | smallBit);
  if (!module.hasTailCalls)
    op(returnCode);
  op(endCode);
}

/// A call may have changed it.
void FunctionEmitter::readLimit() {
  if (!fast.usesLimit)
    return;
  pushMemoryBytes();
  i64Const(fast.limitEnd);
  op(i64SubCode);
  if (!mayGrow())
    return localSet(fast.limitSlot);
  // Engines would compute it again wherever it is read; what comes from a global, they keep.
  op(globalSetCode);
  gap(GapKind::Limit, 0);
  op(globalGetCode);
  gap(GapKind::Limit, 0);
  localSet(fast.limitSlot);
}

/// Fast code has prices in it: there they take no register.
void FunctionEmitter::pushPrice(uint32_t amount) {
  op(isFast() ? i64ConstCode : globalGetCode);
  gap(isFast() ? GapKind::Patch : GapKind::Price, amount);
}

void FunctionEmitter::pushGas(CostsAttr refund) {
  localGet(fast.gasSlot);
  if (refund) {
    pushPrice(module.amounts.indexOf(refund));
    op(i64AddCode);
  }
}

void FunctionEmitter::writeGas(CostsAttr refund) {
  pushGas(refund);
  meterGlobal(globalSetCode, MeterGlobal::GasLeft);
}

/// What has not been paid for may have run, but nobody has seen it.
void FunctionEmitter::look() {
  localGet(fast.gasSlot);
  i64Const(0);
  op(i64LtSCode);
  op(ifCode);
  op(emptyBlock);
  call(Helper::OutOfGas);
  op(unreachableCode);
  op(endCode);
}

void FunctionEmitter::visitCharge(ChargeOp charge) {
  flush(deferred.size());
  localGet(fast.gasSlot);
  pushPrice(module.amounts.indexOf(charge.getCosts()));
  op(i64SubCode);
  localSet(fast.gasSlot);
}

/// For what finds it in its global.
void FunctionEmitter::writeStack() {
  op(localGetCode, stackParam());
  meterGlobal(globalSetCode, MeterGlobal::StackLeft);
}

/// Takes the frame, or gives it back: what is called gets what is left then.
void FunctionEmitter::moveStack(uint8_t instruction) {
  if (isLeaf)
    return;
  op(localGetCode, stackParam());
  i32Const(int32_t(frame));
  op(instruction);
  op(localSetCode, stackParam());
}

void FunctionEmitter::enterFast(EnterOp enter) {
  frame = uint32_t(enter.getBytes());
  if (uint64_t(enter.getBytes()) > INT32_MAX)
    return refuse(enter, "a frame that is too large");
  op(localGetCode, stackParam());
  i32Const(int32_t(frame));
  op(i32LtUCode);
  op(ifCode);
  op(emptyBlock);
  writeGas(fast.exact.lookup(enter));
  i32Const(int32_t(TrapKind::StackExhausted));
  call(Helper::Trap);
  op(unreachableCode);
  op(endCode);
  moveStack(i32SubCode);
}

void FunctionEmitter::emitFastGas(Operation *op) {
  if (auto exact = fast.exact.find(op); exact != fast.exact.end())
    writeGas(exact->second);
  if (fast.looks.contains(op))
    look();
  if (isa<CallOp, ReturnCallOp>(op))
    return; // Hands both over.
  if (op->hasTrait<ObservesGas>() || isa<ReturnOp>(op))
    writeGas({});
  if (isa<CallIndirectOp>(op))
    writeStack();
}

/// What others may have changed is read again.
void FunctionEmitter::afterFast(Operation *op) {
  if (op->hasTrait<OpTrait::IsTerminator>())
    return;
  if (op->hasTrait<ObservesGas>())
    readGas();
  else if (isa<MemoryGrowOp>(op))
    readLimit();
}
