//===- FunctionImporter.cpp - One function body to IR ---------------------===//
#include "frontend/wasm/FunctionImporter.h"

#include <algorithm>

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasm;

/// The fixed part of a frame (DESIGN §5).
static constexpr uint64_t fixedFrameBytes = 64;

static HandlerTable makeHandlers() {
  HandlerTable table{};
  addVariableHandlers(table);
  addControlHandlers(table);
  addCallHandlers(table);
  addNumericHandlers(table);
  addMemoryHandlers(table);
  addTableHandlers(table);
  assert(llvm::all_of(table, [](ImportHandler handler) { return handler != nullptr; }) &&
         "an opcode has no handler");
  return table;
}

static const HandlerTable &handlers() {
  static const HandlerTable table = makeHandlers();
  return table;
}

FunctionImporter::FunctionImporter(ImportState &state) : state(state), loc(state.locationAt(0)) {}

//===----------------------------------------------------------------------===//
// Walking the body
//===----------------------------------------------------------------------===//

/// Metered bytes of all declared locals, parameters too.
static uint64_t localBytes(const FuncType &type, const FuncBody &body) {
  uint64_t bytes = 0;
  for (ValueType param : type.params)
    bytes += frameBytes(param);
  for (const LocalRun &run : body.locals)
    bytes += uint64_t(run.count) * frameBytes(run.type);
  return bytes;
}

void FunctionImporter::start(FuncOp func, uint32_t index, const FuncBody &body) {
  const FuncType &type = state.module.info.funcs[index].type;
  ++importNumber;
  func.setFrame(int64_t(fixedFrameBytes + localBytes(type, body) + body.maxOperandBytes));
  loc = func.getLoc();
  bodyOffset = body.offset;
  region = &func.getBody();
  lastConstant = nullptr;
  isDead = false;
  stack.clear();

  numParams = type.params.size();
  slotTypes.assign(type.params.begin(), type.params.end());
  localRuns.clear();
  uint32_t end = uint32_t(numParams);
  for (const LocalRun &run : body.locals)
    localRuns.push_back({end += run.count, run.type});

  enter(new Block());
  addArguments(block, type.params);
  openBlock(OpenBlock::Kind::Function, {{}, type.results});
}

void FunctionImporter::finish(FuncOp func) {
  llvm::SmallVector<Attribute> locals;
  for (size_t slot = numParams; slot < slotTypes.size(); ++slot)
    locals.push_back(TypeAttr::get(state.type(slotTypes[slot])));
  if (!locals.empty())
    func.setLocalsAttr(ArrayAttr::get(state.context, locals));
}

void FunctionImporter::import(FuncOp func, uint32_t index, const FuncBody &body) {
  start(func, index, body);
  Failure failure;
  Cursor in = codeCursor(state.module, body, failure);
  Op op;
  while (!openBlocks.empty()) {
    decodeOp(in, OpcodeMap::all(), op);
    if (isDead)
      skipDeadOp(op);
    else
      importOp(op);
  }
  assert(!failure.isSet() && "the module is not validated");
  finish(func);
}

void FunctionImporter::importOp(const Op &op) {
  state.costs.add(opInfo(op.opcode).cost);
  if (state.costPerOp)
    observe(op);
  (this->*handlers()[size_t(op.opcode)])(op);
}

void FunctionImporter::skipDeadOp(const Op &op) {
  switch (op.opcode) {
  case Opcode::Block:
  case Opcode::Loop:
  case Opcode::If:
    ++deadDepth;
    return;
  case Opcode::Else:
    if (deadDepth == 0)
      importElse(op);
    return;
  case Opcode::End:
    if (deadDepth == 0)
      importEnd(op);
    else
      --deadDepth;
    return;
  default:
    return;
  }
}

//===----------------------------------------------------------------------===//
// Making ops
//===----------------------------------------------------------------------===//

Operation *FunctionImporter::append(OperationName name, TypeRange results, ValueRange operands,
                                    OpaqueProperties properties, BlockRange successors) {
  Operation *op = Operation::create(loc, name, results, operands, state.noAttributes, properties,
                                    successors, /*numRegions=*/0);
  block->push_back(op);
  attachCosts(op);
  return op;
}

void FunctionImporter::attachCosts(Operation *op) {
  if (pendingCosts)
    state.attached.attach(op, std::exchange(pendingCosts, nullptr));
}

void FunctionImporter::flushCosts() {
  if (state.costs.isZero())
    return;
  if (state.attachedCosts)
    pendingCosts = state.costs.take();
  else
    append<CostOp>({}, {}, {state.costs.take()});
}

Value FunctionImporter::number(Operand &operand) {
  if (!operand.number)
    operand.number =
        append<arith::ExtUIOp>(state.type(ValueType::I32), operand.condition)->getResult(0);
  return operand.number;
}

Value FunctionImporter::popNumber() {
  Value value = number(stack.back());
  stack.pop_back();
  return value;
}

Value FunctionImporter::popCondition() {
  Operand operand = stack.back();
  stack.pop_back();
  if (operand.condition)
    return operand.condition;
  Value operands[] = {operand.number, constant(ValueType::I32, 0)};
  return append<arith::CmpIOp>(state.numeric(Opcode::I32Ne).result, operands,
                               {state.integerPredicates[size_t(arith::CmpIPredicate::ne)]})
      ->getResult(0);
}

ValueRange FunctionImporter::topNumbers(size_t count) {
  scratch.clear();
  for (size_t index = stack.size() - count; index < stack.size(); ++index)
    scratch.push_back(number(stack[index]));
  return scratch;
}

ValueRange FunctionImporter::popNumbers(size_t count) {
  ValueRange values = topNumbers(count);
  stack.resize(stack.size() - count);
  return values;
}

Value FunctionImporter::constant(ValueType type, uint64_t bits) {
  ConstantEntry &entry = state.constant(type, bits);
  if (entry.import == importNumber)
    return entry.value;
  if (!entry.attribute)
    entry.attribute = state.constantAttr(type, bits);
  arith::ConstantOp::Properties properties{entry.attribute};
  Operation *op = Operation::create(region->getLoc(), state.names.get<arith::ConstantOp>(),
                                    entry.attribute.getType(), {}, state.noAttributes,
                                    OpaqueProperties(&properties), {}, /*numRegions=*/0);
  Block &entryBlock = region->front();
  if (lastConstant)
    entryBlock.getOperations().insertAfter(lastConstant->getIterator(), op);
  else
    entryBlock.push_front(op);
  lastConstant = op;
  entry.import = importNumber;
  entry.value = op->getResult(0);
  return entry.value;
}

//===----------------------------------------------------------------------===//
// Locals, globals, drop, select
//===----------------------------------------------------------------------===//

uint32_t FunctionImporter::slotOf(uint32_t local) {
  if (local < numParams)
    return local;
  if (local >= slots.size())
    slots.resize(localRuns.back().end);
  SlotEntry &entry = slots[local];
  if (entry.import != importNumber) {
    auto run = std::upper_bound(localRuns.begin(), localRuns.end(), local,
                                [](uint32_t index, const LocalRunEnd &r) { return index < r.end; });
    entry = {importNumber, uint32_t(slotTypes.size())};
    slotTypes.push_back(run->type);
  }
  return entry.slot;
}

void FunctionImporter::importLocalGet(const Op &op) {
  uint32_t slot = slotOf(op.index);
  pushResult(append<LocalGetOp>(state.type(slotTypes[slot]), {}, {int32_t(slot)}));
}

void FunctionImporter::importLocalSet(const Op &op) {
  Value value = popNumber();
  append<LocalSetOp>({}, value, {int32_t(slotOf(op.index))});
}

void FunctionImporter::importLocalTee(const Op &op) {
  append<LocalSetOp>({}, number(stack.back()), {int32_t(slotOf(op.index))});
}

void FunctionImporter::importGlobalGet(const Op &op) {
  Type type = state.type(state.module.info.globals[op.index].type);
  pushResult(append<GlobalGetOp>(type, {}, {int32_t(op.index)}));
}

void FunctionImporter::importGlobalSet(const Op &op) {
  observe(op);
  Value value = popNumber();
  append<GlobalSetOp>({}, value, {int32_t(op.index)});
}

void FunctionImporter::importSelect(const Op &) {
  Value condition = popCondition();
  Value ifFalse = popNumber();
  Value ifTrue = popNumber();
  Value operands[] = {condition, ifTrue, ifFalse};
  pushResult(append<arith::SelectOp>(ifTrue.getType(), operands));
}

void wasm::addVariableHandlers(HandlerTable &table) {
  setHandler(table, Opcode::Nop, &FunctionImporter::importNop);
  setHandler(table, Opcode::Drop, &FunctionImporter::importDrop);
  setHandler(table, Opcode::Select, &FunctionImporter::importSelect);
  setHandler(table, Opcode::SelectTyped, &FunctionImporter::importSelect);
  setHandler(table, Opcode::LocalGet, &FunctionImporter::importLocalGet);
  setHandler(table, Opcode::LocalSet, &FunctionImporter::importLocalSet);
  setHandler(table, Opcode::LocalTee, &FunctionImporter::importLocalTee);
  setHandler(table, Opcode::GlobalGet, &FunctionImporter::importGlobalGet);
  setHandler(table, Opcode::GlobalSet, &FunctionImporter::importGlobalSet);
}
