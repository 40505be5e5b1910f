//===- Trees.cpp - Emit values that were waiting to be read ---------------===//
#include "lowering/wasm/FunctionEmitter.h"
#include "mlir-dialect/IR/Position.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

bool FunctionEmitter::isDeferred(Value value) const {
  auto found = homes.find(value);
  return found != homes.end() && found->second.kind == Home::Deferred;
}

/// Comparisons with zero take one operand.
static unsigned countOperands(Operation *op) {
  return isTestForZero(op) ? 1 : op->getNumOperands();
}

/// In the order of the operand stack.
static unsigned operandAt(const OpRow &row, Operation *op, unsigned position) {
  if (!row.firstIsLast)
    return position;
  return position + 1 < op->getNumOperands() ? position + 1 : 0;
}

/// The waiting ops whose order matters, as far as they stand directly in what `root` reads: in the
/// order in which they would run there.
void FunctionEmitter::orderedIn(Operation *root, SmallVectorImpl<Operation *> &found) {
  SmallVector<Operation *> work;
  auto descend = [&](Operation *op) {
    const OpRow row = module.rows[op];
    for (unsigned position = op->getNumOperands(); position-- > 0;) {
      Value value = op->getOperand(operandAt(row, op, position));
      if (isDeferred(value))
        work.push_back(value.getDefiningOp());
    }
  };
  descend(root);
  while (!work.empty()) {
    Operation *op = work.pop_back_val();
    if (module.rows[op].isPure)
      descend(op);
    else
      found.push_back(op);
  }
}

/// Runs the first `count` of those that wait, and puts their results into locals.
void FunctionEmitter::flush(size_t count) {
  for (size_t index = 0; index < count; ++index) {
    Value value = deferred[index]->getResult(0);
    emitTree(value);
    defineLocal(value);
  }
  deferred.erase(deferred.begin(), deferred.begin() + ptrdiff_t(count));
}

void FunctionEmitter::flushBefore(Operation *op) {
  SmallVector<Operation *> inside;
  orderedIn(op, inside);
  const OpRow row = module.rows[op];
  if (inside.empty() && (row.isPure || isa<LocalSetOp>(op)))
    return;
  bool isSuffix = inside.size() <= deferred.size() &&
                  std::equal(inside.rbegin(), inside.rend(), deferred.rbegin());
  flush(isSuffix ? deferred.size() - inside.size() : deferred.size());
  deferred.clear();
}

/// Pushes a value that needs no code of its own; false if it waits for it.
bool FunctionEmitter::pushReady(Value value) {
  if (auto constant = value.getDefiningOp<arith::ConstantOp>()) {
    if (auto number = dyn_cast<FloatAttr>(constant.getValue()))
      floatConst(number);
    else if (value.getType().isInteger(64))
      i64Const(cast<IntegerAttr>(constant.getValue()).getValue().getSExtValue());
    else
      i32Const(int32_t(cast<IntegerAttr>(constant.getValue()).getValue().getSExtValue()));
    return true;
  }
  Home &home = homes[value];
  if (home.kind == Home::Deferred)
    return false;
  localGet(home.index);
  if (home.kind != Home::Local && --home.usesLeft == 0 && home.kind == Home::Temp)
    freeLocals[size_t(localType(home.index))].push_back(home.index);
  return true;
}

void FunctionEmitter::makeExact(Operation *op, unsigned operand) {
  if (floats->mustFix(op, operand) && !fast.raw.contains(op))
    makeCanonical(op->getOperand(operand).getType().isF64());
}

/// In loops and in fast code without a call.
void FunctionEmitter::makeCanonical(bool isDouble) {
  if (flow[current].depth == 0 && !isFast())
    return call(isDouble ? Helper::CanonicalF64 : Helper::CanonicalF32);
  ValueType type = isDouble ? ValueType::F64 : ValueType::F32;
  uint32_t value = takeLocal(type);
  localSet(value);
  localGet(value);
  op(isDouble ? f64ConstCode : f32ConstCode);
  code.fixed(isDouble ? 0x7ff8000000000000 : 0x7fc00000, isDouble ? 8 : 4);
  localGet(value);
  localGet(value);
  op(isDouble ? f64EqCode : f32EqCode);
  op(selectCode);
  freeLocal(value, type);
}

void FunctionEmitter::emitOp(Operation *op) {
  emitGas(op);
  if (module.rows[op].mayTrap || op->hasTrait<ObservesGas>())
    out.places.push_back({uint32_t(out.bytes.size()), uint32_t(out.gaps.size()), byteOffset(op)});
  module.rows[op].emit(*this, op);
  if (isFast())
    afterFast(op);
}

/// By hand, and not by recursion: trees are as deep as their authors like.
void FunctionEmitter::emitTree(Value value) {
  struct Frame {
    Operation *op;
    unsigned next;
  };
  if (pushReady(value))
    return;
  SmallVector<Frame> frames{{value.getDefiningOp(), 0}};
  while (true) {
    auto &[op, next] = frames.back();
    const OpRow row = module.rows[op];
    if (next < countOperands(op)) {
      unsigned operand = operandAt(row, op, next++);
      if (pushReady(op->getOperand(operand)))
        makeExact(op, operand);
      else
        frames.push_back({op->getOperand(operand).getDefiningOp(), 0});
      continue;
    }
    emitOp(op);
    frames.pop_back();
    if (frames.empty())
      return;
    Frame &user = frames.back();
    makeExact(user.op, operandAt(module.rows[user.op], user.op, user.next - 1));
  }
}

void FunctionEmitter::emitOperand(Operation *op, unsigned operand) {
  emitTree(op->getOperand(operand));
  makeExact(op, operand);
}

void FunctionEmitter::emitOperands(Operation *op) {
  const OpRow row = module.rows[op];
  for (unsigned position = 0; position < countOperands(op); ++position)
    emitOperand(op, operandAt(row, op, position));
}
