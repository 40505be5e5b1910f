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

Block *FunctionImporter::labelOf(OpenBlock &open) {
  if (!open.label) {
    open.label = new Block();
    addArguments(open.label, open.labelTypes());
  }
  return open.label;
}

void FunctionImporter::openBlock(Kind kind, const BlockSignature &signature) {
  OpenBlock open;
  open.kind = kind;
  open.height = uint32_t(stack.size() - signature.params.size());
  open.signature = signature;
  open.numSaved = uint32_t(savedParams.size());
  openBlocks.push_back(open);
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

/// What `op` does: goes to the label of `open` with the operands that it takes.
void FunctionImporter::branchToLabel(const Op &op, OpenBlock &open) {
  ValueRange operands = topNumbers(open.labelTypes().size());
  observe(op);
  if (open.kind == Kind::Function)
    append<ReturnOp>({}, operands);
  else
    branch(labelOf(open), operands);
  isDead = true;
}

void FunctionImporter::importBr(const Op &op) { branchToLabel(op, openAt(op.index)); }

void FunctionImporter::importReturn(const Op &op) { branchToLabel(op, openBlocks.front()); }

void FunctionImporter::importBrIf(const Op &op) {
  OpenBlock &open = openAt(op.index);
  Value condition = popCondition();
  ValueRange operands = topNumbers(open.labelTypes().size());
  observe(op);
  Block *next = new Block();
  condBranch(condition, labelOf(open), operands, next);
  enter(next);
}

void FunctionImporter::importBrTable(const Op &op) {
  Value index = popNumber();
  llvm::SmallVector<Block *, 16> targets;
  Failure failure;
  LabelReader labels(Cursor(state.module.bytes, failure), op);
  while (!labels.atEnd())
    targets.push_back(labelOf(openAt(labels.next())));
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
  attachCosts(
      cf::SwitchOp::create(builder, loc, index, otherwise, operands, cases, targets, caseOperands));
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
  openBlock(Kind::Block, blockSignature(state.module.types, op));
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
  openBlock(Kind::Loop, signature);
  openBlocks.back().label = header;
}

void FunctionImporter::importIf(const Op &op) {
  BlockSignature signature = blockSignature(state.module.types, op);
  Value condition = popCondition();
  // Numbers, since a condition may be inverted by one arm while the other has it too.
  topNumbers(signature.params.size());
  observe(op);
  openBlock(Kind::If, signature);
  savedParams.insert(savedParams.end(), stack.end() - signature.params.size(), stack.end());

  Block *thenBlock = new Block();
  OpenBlock &open = openBlocks.back();
  open.elseBlock = new Block();
  condBranch(condition, thenBlock, {}, open.elseBlock);
  open.condBranch = &block->back();
  enter(thenBlock);
}

void FunctionImporter::importElse(const Op &op) {
  OpenBlock &open = openBlocks.back();
  if (!isDead)
    branchToLabel(op, open);
  enter(open.elseBlock);
  open.kind = Kind::Else;
  stack.resize(open.height);
  stack.insert(stack.end(), savedParams.begin() + open.numSaved, savedParams.end());
  savedParams.resize(open.numSaved);
}

/// The branch that is not taken goes to what follows `end`, with the parameters as results.
void FunctionImporter::closeIfWithoutElse(const Op &op, OpenBlock &open) {
  if (open.signature.params.empty()) {
    open.condBranch->setSuccessor(labelOf(open), 1);
    delete open.elseBlock;
    return;
  }
  enter(open.elseBlock);
  stack.resize(open.height);
  stack.insert(stack.end(), savedParams.begin() + open.numSaved, savedParams.end());
  savedParams.resize(open.numSaved);
  branchToLabel(op, open);
}

void FunctionImporter::closeFunction(const Op &op, OpenBlock &open) {
  if (!isDead)
    branchToLabel(op, open);
  if (open.label) {
    enter(open.label);
    append<ReturnOp>({}, ValueRange(open.label->getArguments()));
  }
}

void FunctionImporter::importEnd(const Op &op) {
  OpenBlock open = openBlocks.back();
  bool hasLabel = open.kind != Kind::Loop && (open.label || open.kind == Kind::If);
  if (open.kind == Kind::Function) {
    closeFunction(op, open);
  } else if (hasLabel) {
    if (!isDead)
      branchToLabel(op, open);
    if (open.kind == Kind::If)
      closeIfWithoutElse(op, open);
    enter(open.label);
    stack.resize(open.height);
    pushArguments(open.label);
  }
  openBlocks.pop_back();
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
