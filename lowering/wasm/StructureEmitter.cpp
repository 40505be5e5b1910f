//===- StructureEmitter.cpp - Nest the blocks of a function ---------------===//
#include "lowering/wasm/StructureEmitter.h"

#include "lowering/wasm/OpTable.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

void StructureEmitter::openNest(uint8_t instruction, Block *label, Block *behind) {
  uint32_t number = uint32_t(isUsed.size());
  isUsed.push_back(instruction != blockCode);
  f.gap(GapKind::Open, number);
  f.out.gaps.back().instruction = instruction;
  if (label)
    depthOf[label] = nests.size();
  nests.push_back({label, behind, number});
  isDead = false;
}

void StructureEmitter::closeNest() {
  f.gap(GapKind::Close, nests.back().number);
  nests.pop_back();
  isDead = false;
}

/// The code of `block`, of the merges that it dominates, and of what lies between.
void StructureEmitter::openTree(Block *block) {
  const FlowBlock &place = f.flow[block];
  auto openFor = [&](ArrayRef<Block *> merges) {
    for (Block *merge : llvm::reverse(merges)) {
      openNest(blockCode, merge, merge);
      tasks.push_back({Task::Tree, merge});
      tasks.push_back({Task::Close});
    }
  };
  openFor(place.exits);
  if (place.isLoop) {
    openNest(loopCode, block, behind());
    tasks.push_back({Task::Close});
  }
  openFor(place.merges);
  tasks.push_back({Task::Contents, block});
}

void StructureEmitter::run() {
  tasks.push_back({Task::Tree, f.flow.order().front()});
  while (!tasks.empty() && !f.error) {
    Task task = tasks.back();
    tasks.pop_back();
    switch (task.kind) {
    case Task::Tree:
      openTree(task.block);
      break;
    case Task::Contents:
      contents(task.block);
      break;
    case Task::Else:
      f.op(elseCode);
      isDead = false;
      break;
    case Task::Close:
      closeNest();
      break;
    }
  }
  // Control that reaches the end has left results there, or there are none.
  if (!isDead && f.func.getFunctionType().getNumResults() != 0)
    f.op(unreachableCode);
  f.op(endCode);
  resolveBranches();
}

/// Leaves out blocks that nothing branches to, and counts the others.
void StructureEmitter::resolveBranches() {
  Code done;
  Encoder code(done.bytes);
  std::vector<size_t> depth(isUsed.size());
  std::vector<uint32_t> open;
  copyCode(done, f.out, [&](const Gap &gap) {
    if (gap.kind == GapKind::Branch)
      return code.number(open.size() - 1 - depth[gap.index]);
    if (gap.kind != GapKind::Open && gap.kind != GapKind::Close) {
      done.gaps.push_back(gap);
      done.gaps.back().at = uint32_t(done.bytes.size());
      return;
    }
    if (!isUsed[gap.index])
      return;
    if (gap.kind == GapKind::Close) {
      open.pop_back();
      return code.byte(endCode);
    }
    code.byte(gap.instruction);
    code.byte(emptyBlock);
    depth[gap.index] = open.size();
    open.push_back(gap.index);
  });
  f.out = std::move(done);
}

void StructureEmitter::contents(Block *block) {
  f.beginBlock(block);
  isDead = false;
  f.emitStart(block);
  for (Operation &op : block->without_terminator())
    f.visit(&op);
  end(block->getTerminator());
}

//===----------------------------------------------------------------------===//
// Ends of blocks
//===----------------------------------------------------------------------===//

void StructureEmitter::end(Operation *op) {
  f.planGas(op);
  f.flushBefore(op);
  if (auto br = dyn_cast<cf::BranchOp>(op))
    branch(br);
  else if (auto conditional = dyn_cast<cf::CondBranchOp>(op))
    condBranch(conditional);
  else if (auto table = dyn_cast<cf::SwitchOp>(op))
    switchTo(table);
  else
    leaveWith(op);
}

/// Pushes what `to` gets, and notes the locals that it is found in.
void StructureEmitter::passValues(OperandRange values, Block *to,
                                  SmallVectorImpl<uint32_t> &locals) {
  for (auto [value, argument] : llvm::zip_equal(values, to->getArguments())) {
    uint32_t local = f.homes[argument].index;
    f.emitTree(value);
    if (f.floats->mustFix(value, argument))
      f.makeCanonical(value.getType().isF64());
    locals.push_back(local);
  }
}

void StructureEmitter::setAll(ArrayRef<uint32_t> locals) {
  for (uint32_t local : llvm::reverse(locals))
    f.localSet(local);
}

/// Whether control gets from the end of what stands here to `to` without a jump.
bool StructureEmitter::isNext(Block *from, Block *to) const {
  return behind() == to && !f.flow.isBack(from, to);
}

void StructureEmitter::branchTo(Block *to) { branchTo(nests[depthOf.lookup(to)].number); }

void StructureEmitter::branchTo(uint32_t nest) {
  isUsed[nest] = true;
  f.gap(GapKind::Branch, nest);
}

void StructureEmitter::jump(Block *to) {
  f.op(brCode);
  branchTo(to);
  isDead = true;
}

void StructureEmitter::jumpIf(Block *to) { jumpIf(nests[depthOf.lookup(to)].number); }

void StructureEmitter::jumpIf(uint32_t nest) {
  f.op(brIfCode);
  branchTo(nest);
}

void StructureEmitter::branch(cf::BranchOp op) {
  Block *from = op->getBlock(), *to = op.getDest();
  SmallVector<uint32_t> locals;
  passValues(op.getDestOperands(), to, locals);
  setAll(locals);
  f.emitGas(op);
  if (!f.flow.isJump(from, to))
    tasks.push_back({Task::Tree, to});
  else if (!isNext(from, to))
    jump(to);
}

/// Leaves something on the stack that is not 0 exactly if `value` holds, or does not.
void StructureEmitter::condition(Value value, bool invert) {
  auto compare = value.getDefiningOp<arith::CmpIOp>();
  if (!invert || !compare || !f.isDeferred(value)) {
    f.emitTree(value);
    if (invert)
      f.op(i32EqzCode);
    return;
  }
  auto predicate = compare.getPredicate();
  compare.setPredicate(arith::invertPredicate(predicate));
  f.emitTree(value);
  compare.setPredicate(predicate);
}

static bool endsInTrap(Block *block) { return isa<TrapOp>(block->getTerminator()); }

/// The conditions of which one must hold for `value` to hold.
static SmallVector<Value> alternatives(Value value) {
  SmallVector<Value> found;
  SmallVector<Value> work{value};
  while (!work.empty()) {
    Value part = work.pop_back_val();
    auto either = part.getDefiningOp<arith::OrIOp>();
    if (either && part.getType().isInteger(1) && part.hasOneUse())
      work.append({either.getRhs(), either.getLhs()});
    else
      found.push_back(part);
  }
  return found;
}

/// Jumps there if `value` holds; of `a and (b or c)`, `b` and `c` are computed only if `a` holds.
void StructureEmitter::jumpIfAny(Value value, uint32_t nest) {
  auto both = value.getDefiningOp<arith::AndIOp>();
  if (!both || !value.hasOneUse()) {
    f.emitTree(value);
    return jumpIf(nest);
  }
  openNest(blockCode, nullptr, nullptr);
  condition(both.getLhs(), /*invert=*/true);
  jumpIf(nests.back().number);
  for (Value part : alternatives(both.getRhs())) {
    f.emitTree(part);
    jumpIf(nest);
  }
  closeNest();
}

/// The way to `side`, which does not come back, stands in a nest of its own, so that nests do not
/// grow deep.
void StructureEmitter::branchAside(cf::CondBranchOp op, Block *side) {
  bool isTrue = op.getTrueDest() == side;
  SmallVector<Value> conditions{op.getCondition()};
  if (isTrue)
    conditions = alternatives(op.getCondition());
  tasks.push_back({Task::Tree, isTrue ? op.getFalseDest() : op.getTrueDest()});
  if (conditions.size() == 1) {
    condition(op.getCondition(), !isTrue);
    f.emitGas(op);
    openNest(ifCode, nullptr, nullptr);
    tasks.push_back({Task::Close});
    tasks.push_back({Task::Tree, side});
    return;
  }
  f.emitGas(op);
  openNest(blockCode, nullptr, nullptr);
  uint32_t past = nests.back().number;
  openNest(blockCode, nullptr, nullptr);
  uint32_t aside = nests.back().number;
  for (Value value : conditions)
    jumpIfAny(value, aside);
  f.op(brCode);
  branchTo(past);
  closeNest();
  tasks.push_back({Task::Close});
  tasks.push_back({Task::Tree, side});
}

void StructureEmitter::condBranch(cf::CondBranchOp op) {
  Block *from = op->getBlock(), *ifTrue = op.getTrueDest(), *ifFalse = op.getFalseDest();
  bool trueJumps = f.flow.isJump(from, ifTrue), falseJumps = f.flow.isJump(from, ifFalse);
  // What is left out by skipping to the end of the nest can stand in an `if`.
  bool skips = trueJumps != falseJumps && isNext(from, trueJumps ? ifTrue : ifFalse);
  bool invert = falseJumps && (!trueJumps || isNext(from, ifTrue)) && ifTrue != ifFalse;
  if (skips)
    invert = trueJumps;
  if (!trueJumps && !falseJumps && op->getNumOperands() == 1 &&
      (endsInTrap(ifTrue) || endsInTrap(ifFalse)))
    return branchAside(op, endsInTrap(ifTrue) ? ifTrue : ifFalse);
  condition(op.getCondition(), invert);
  SmallVector<uint32_t> locals;
  passValues(op.getTrueDestOperands(), ifTrue, locals);
  if (ifTrue != ifFalse)
    passValues(op.getFalseDestOperands(), ifFalse, locals);
  setAll(locals);
  f.emitGas(op);
  if (ifTrue == ifFalse) {
    f.op(dropCode);
    isNext(from, ifTrue) ? void() : jump(ifTrue);
  } else if (trueJumps && falseJumps) {
    jumpIf(invert ? ifFalse : ifTrue);
    Block *other = invert ? ifTrue : ifFalse;
    isNext(from, other) ? void() : jump(other);
  } else if (skips) {
    openNest(ifCode, nullptr, behind());
    tasks.push_back({Task::Close});
    tasks.push_back({Task::Tree, trueJumps ? ifFalse : ifTrue});
  } else if (trueJumps || falseJumps) {
    jumpIf(trueJumps ? ifTrue : ifFalse);
    tasks.push_back({Task::Tree, trueJumps ? ifFalse : ifTrue});
  } else {
    openNest(ifCode, nullptr, behind());
    tasks.push_back({Task::Close});
    tasks.push_back({Task::Tree, ifFalse});
    tasks.push_back({Task::Else});
    tasks.push_back({Task::Tree, ifTrue});
  }
}

/// Values are the same for all edges to a block (ControlFlow), so they are passed once to each.
void StructureEmitter::switchTo(cf::SwitchOp op) {
  f.emitTree(op.getFlag());
  SmallVector<uint32_t> locals;
  SmallPtrSet<Block *, 8> seen{op.getDefaultDestination()};
  passValues(op.getDefaultOperands(), op.getDefaultDestination(), locals);
  OperandRange operands = op->getOperands().drop_front(1 + op.getDefaultOperands().size());
  for (auto [segment, to] :
       llvm::zip_equal(op.getCaseOperandSegments(), op.getCaseDestinations())) {
    if (seen.insert(to).second)
      passValues(operands.take_front(segment), to, locals);
    operands = operands.drop_front(segment);
  }
  setAll(locals);
  f.emitGas(op);
  auto values = op.getCaseValues();
  bool isTable = true;
  uint64_t next = 0;
  if (values)
    for (const APInt &value : values->getValues<APInt>())
      isTable &= value == next++;
  if (isTable) {
    f.op(brTableCode, op.getCaseDestinations().size());
    for (Block *to : op.getCaseDestinations())
      branchTo(to);
    branchTo(op.getDefaultDestination());
    isDead = true;
    return;
  }
  uint32_t flag = f.takeLocal(ValueType::I32);
  f.localSet(flag);
  for (auto [value, to] : llvm::zip_equal(values->getValues<APInt>(), op.getCaseDestinations())) {
    f.localGet(flag);
    f.i32Const(int32_t(value.getSExtValue()));
    f.op(i32EqCode);
    jumpIf(to);
  }
  f.freeLocal(flag, ValueType::I32);
  jump(op.getDefaultDestination());
}

/// Ways out of the function.
void StructureEmitter::leaveWith(Operation *op) {
  f.emitOperands(op);
  f.emitOp(op);
  if (!isa<ReturnOp>(op)) {
    isDead = true;
    return;
  }
  bool isLast = nests.empty() || (op->getNumOperands() == 0 && behind() == nullptr);
  if (!isLast)
    f.op(returnCode);
  isDead = true;
  if (isLast && !nests.empty())
    isDead = false;
}
