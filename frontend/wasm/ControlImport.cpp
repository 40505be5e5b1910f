//===- ControlImport.cpp - Blocks, branches and labels --------------------===//
//
// A label gets a block when something branches to it; a loop's always. What each op
// costs, and when, is told in docs/metering.md: `end` and `else` only cost when control
// falls through to them, `loop` only when it does.
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/FunctionImporter.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasm;

using Kind = OpenBlock::Kind;

//===----------------------------------------------------------------------===//
// Blocks and labels
//===----------------------------------------------------------------------===//

void FunctionImporter::addArguments(Block *target, std::span<const ValueType> types) {
  for (ValueType type : types)
    target->addArgument(state.type(type), loc);
}

void FunctionImporter::pushArguments(Block *target) {
  for (BlockArgument argument : target->getArguments())
    push(argument);
}

void FunctionImporter::enter(Block *target) {
  region->push_back(target);
  block = target;
  isDead = false;
}

Block *FunctionImporter::labelOf(OpenBlock &frame) {
  if (!frame.label) {
    frame.label = new Block();
    addArguments(frame.label, frame.labelTypes());
  }
  return frame.label;
}

void FunctionImporter::openFrame(Kind kind, const BlockSignature &signature) {
  OpenBlock frame;
  frame.kind = kind;
  frame.height = uint32_t(stack.size() - signature.params.size());
  frame.signature = signature;
  frame.numSaved = uint32_t(savedParams.size());
  frames.push_back(frame);
}

//===----------------------------------------------------------------------===//
// Branches
//===----------------------------------------------------------------------===//

void FunctionImporter::branch(Block *target, ValueRange operands) {
  append<cf::BranchOp>({}, operands, {}, target);
}

void FunctionImporter::condBranch(Value condition, Block *target, ValueRange operands,
                                  Block *otherwise) {
  llvm::SmallVector<Value, 8> all{condition};
  llvm::append_range(all, operands);
  cf::CondBranchOp::Properties properties{nullptr, {1, int32_t(operands.size()), 0}};
  Block *successors[] = {target, otherwise};
  append<cf::CondBranchOp>({}, all, properties, successors);
}

/// What `op` does: leaves the frame with the operands that its label takes.
void FunctionImporter::branchToLabel(const Op &op, OpenBlock &frame) {
  ValueRange operands = topNumbers(frame.labelTypes().size());
  observe(op);
  if (frame.kind == Kind::Function)
    append<ReturnOp>({}, operands);
  else
    branch(labelOf(frame), operands);
  isDead = true;
}

void FunctionImporter::importBr(const Op &op) { branchToLabel(op, frameAt(op.index)); }

void FunctionImporter::importReturn(const Op &op) { branchToLabel(op, frames.front()); }

void FunctionImporter::importBrIf(const Op &op) {
  OpenBlock &frame = frameAt(op.index);
  Value condition = popCondition();
  ValueRange operands = topNumbers(frame.labelTypes().size());
  observe(op);
  Block *next = new Block();
  condBranch(condition, labelOf(frame), operands, next);
  enter(next);
}

void FunctionImporter::importBrTable(const Op &op) {
  Value index = popNumber();
  llvm::SmallVector<Block *, 16> targets;
  Failure failure;
  LabelReader labels(Cursor(state.module.bytes, failure), op);
  while (!labels.atEnd())
    targets.push_back(labelOf(frameAt(labels.next())));
  ValueRange operands = topNumbers(targets.back()->getNumArguments());
  observe(op);
  isDead = true;
  if (targets.size() == 1)
    return branch(targets.back(), operands);

  llvm::SmallVector<int32_t, 16> cases(targets.size() - 1);
  for (size_t number = 0; number < cases.size(); ++number)
    cases[number] = int32_t(number);
  llvm::SmallVector<ValueRange, 16> caseOperands(cases.size(), operands);
  auto builder = OpBuilder::atBlockEnd(block);
  Block *otherwise = targets.pop_back_val();
  cf::SwitchOp::create(builder, loc, index, otherwise, operands, cases, targets, caseOperands);
}

void FunctionImporter::importUnreachable(const Op &op) {
  observe(op);
  append<TrapOp>({}, {}, {int32_t(TrapKind::Unreachable)});
  isDead = true;
}

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

void FunctionImporter::importBlock(const Op &op) {
  openFrame(Kind::Block, blockSignature(state.module.types, op));
}

void FunctionImporter::importLoop(const Op &op) {
  BlockSignature signature = blockSignature(state.module.types, op);
  ValueRange operands = popNumbers(signature.params.size());
  observe(op);
  Block *header = new Block();
  addArguments(header, signature.params);
  branch(header, operands);
  enter(header);
  pushArguments(header);
  openFrame(Kind::Loop, signature);
  frames.back().label = header;
}

void FunctionImporter::importIf(const Op &op) {
  BlockSignature signature = blockSignature(state.module.types, op);
  Value condition = popCondition();
  // Numbers, since a condition may be inverted by one arm while the other has it too.
  topNumbers(signature.params.size());
  observe(op);
  openFrame(Kind::If, signature);
  savedParams.insert(savedParams.end(), stack.end() - signature.params.size(), stack.end());

  Block *thenBlock = new Block();
  OpenBlock &frame = frames.back();
  frame.elseBlock = new Block();
  condBranch(condition, thenBlock, {}, frame.elseBlock);
  frame.condBranch = &block->back();
  enter(thenBlock);
}

void FunctionImporter::importElse(const Op &op) {
  OpenBlock &frame = frames.back();
  if (!isDead)
    branchToLabel(op, frame);
  enter(frame.elseBlock);
  frame.kind = Kind::Else;
  stack.resize(frame.height);
  stack.insert(stack.end(), savedParams.begin() + frame.numSaved, savedParams.end());
  savedParams.resize(frame.numSaved);
}

/// The branch that is not taken goes to what follows `end`, with the parameters as results.
void FunctionImporter::closeIfWithoutElse(const Op &op, OpenBlock &frame) {
  if (frame.signature.params.empty()) {
    frame.condBranch->setSuccessor(labelOf(frame), 1);
    delete frame.elseBlock;
    return;
  }
  enter(frame.elseBlock);
  stack.resize(frame.height);
  stack.insert(stack.end(), savedParams.begin() + frame.numSaved, savedParams.end());
  savedParams.resize(frame.numSaved);
  branchToLabel(op, frame);
}

void FunctionImporter::closeFunction(const Op &op, OpenBlock &frame) {
  if (!isDead)
    branchToLabel(op, frame);
  if (frame.label) {
    enter(frame.label);
    append<ReturnOp>({}, ValueRange(frame.label->getArguments()));
  }
}

void FunctionImporter::importEnd(const Op &op) {
  OpenBlock frame = frames.back();
  bool hasLabel = frame.kind != Kind::Loop && (frame.label || frame.kind == Kind::If);
  if (frame.kind == Kind::Function) {
    closeFunction(op, frame);
  } else if (hasLabel) {
    if (!isDead)
      branchToLabel(op, frame);
    if (frame.kind == Kind::If)
      closeIfWithoutElse(op, frame);
    enter(frame.label);
    stack.resize(frame.height);
    pushArguments(frame.label);
  }
  frames.pop_back();
}

void wasm::addControlHandlers(HandlerTable &table) {
  setHandler(table, Opcode::Unreachable, &FunctionImporter::importUnreachable);
  setHandler(table, Opcode::Block, &FunctionImporter::importBlock);
  setHandler(table, Opcode::Loop, &FunctionImporter::importLoop);
  setHandler(table, Opcode::If, &FunctionImporter::importIf);
  setHandler(table, Opcode::Else, &FunctionImporter::importElse);
  setHandler(table, Opcode::End, &FunctionImporter::importEnd);
  setHandler(table, Opcode::Br, &FunctionImporter::importBr);
  setHandler(table, Opcode::BrIf, &FunctionImporter::importBrIf);
  setHandler(table, Opcode::BrTable, &FunctionImporter::importBrTable);
  setHandler(table, Opcode::Return, &FunctionImporter::importReturn);
}
