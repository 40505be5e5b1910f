//===- FunctionEmitter.cpp - Visit ops in order, defer what can wait ------===//
#include "lowering/wasm/FunctionEmitter.h"

#include "lowering/wasm/StructureEmitter.h"
#include "mlir-dialect/IR/Position.h"
#include "mlir-dialect/IR/ValueTypes.h"

#include <fmt/format.h>

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

FunctionEmitter::FunctionEmitter(ModuleState &module, FuncOp func, Speed speed)
    : module(module), func(func), speed(speed) {}

//===----------------------------------------------------------------------===//
// What ops ask for
//===----------------------------------------------------------------------===//

void FunctionEmitter::i32Const(int32_t value) {
  op(i32ConstCode);
  code.signedNumber(value);
}

void FunctionEmitter::i64Const(int64_t value) {
  op(i64ConstCode);
  code.signedNumber(value);
}

void FunctionEmitter::floatConst(FloatAttr value) {
  uint64_t bits = value.getValue().bitcastToAPInt().getZExtValue();
  bool isDouble = value.getType().isF64();
  op(isDouble ? f64ConstCode : f32ConstCode);
  code.fixed(bits, isDouble ? 8 : 4);
}

void FunctionEmitter::gap(GapKind kind, uint32_t index) {
  addGap(out, kind, index).heat = uint8_t(std::min<uint32_t>(flow[current].depth, 255));
}

void FunctionEmitter::call(Helper helper) {
  op(callCode);
  gap(GapKind::Helper, uint32_t(helper));
}

void FunctionEmitter::meterGlobal(uint8_t instruction, MeterGlobal global) {
  op(instruction);
  gap(GapKind::Meter, uint32_t(global));
}

void FunctionEmitter::localGet(uint32_t local) {
  bool isJustSet = setLocal == local && setEnd == out.bytes.size() && setGaps == out.gaps.size();
  if (!isJustSet)
    return op(localGetCode, encoded(local));
  out.bytes[setStart] = localTeeCode;
  setLocal = ~0u;
}

void FunctionEmitter::localSet(uint32_t local) {
  setStart = out.bytes.size();
  op(localSetCode, encoded(local));
  setLocal = local;
  setEnd = out.bytes.size();
  setGaps = out.gaps.size();
}

/// The gas left is a parameter of direct functions, and so is the stack left, which has no slot.
uint32_t FunctionEmitter::encoded(uint32_t local) const {
  if (!isDirect || local < numParams)
    return local;
  if (local == fast.gasSlot)
    return numParams;
  return local + (local < fast.gasSlot ? 2 : 1);
}

uint32_t FunctionEmitter::takeLocal(ValueType type) {
  std::vector<uint32_t> &free = freeLocals[size_t(type)];
  if (!free.empty()) {
    uint32_t local = free.back();
    free.pop_back();
    return local;
  }
  locals.push_back(type);
  return numParams + uint32_t(locals.size()) - 1;
}

void FunctionEmitter::refuse(Operation *op, std::string_view what) {
  if (error)
    return;
  uint32_t offset = byteOffset(op);
  std::string position =
      offset == ~0u ? module.options.name : fmt::format("{}:{:#x}", module.options.name, offset);
  error = badInput(fmt::format("{}: function '{}': {}", position, func.getSymName().str(), what));
}

void FunctionEmitter::need(bool TargetFeatures::*feature, Operation *op, std::string_view name) {
  if (!(module.options.features.*feature))
    refuse(op, fmt::format("{} needs the feature {}, which the target does not have",
                           op->getName().getStringRef().str(), name));
}

//===----------------------------------------------------------------------===//
// Ops in order
//===----------------------------------------------------------------------===//

/// A trap and what it costs.
static bool endsAtOnce(Block *block) {
  return isa<TrapOp>(block->getTerminator()) &&
         llvm::all_of(block->without_terminator(),
                      [](Operation &op) { return isa<CostOpInterface, ChargeOp>(op); });
}

void FunctionEmitter::beginBlock(Block *block) {
  current = block;
  pending.clear();
  if (endsAtOnce(block))
    return; // It stands between two others and changes nothing.
  const FlowBlock &place = flow[block];
  if (!place.from || place.from != previous)
    floor = ++version;
  previous = block;
}

bool FunctionEmitter::isUsedElsewhere(Value value) const {
  for (Operation *user : value.getUsers())
    if (user->getBlock() != current)
      return true;
  return false;
}

/// The next op that leaves code.
static Operation *nextWithCode(ModuleState &module, Operation *op) {
  do
    op = op->getNextNode();
  while (op && (module.rows[op].isNothing || isa<arith::ConstantOp>(op)));
  return op;
}

/// Whether it can wait until it is read: once, or first by what puts it into a slot, where it is
/// found from then on.
bool FunctionEmitter::canDefer(Value value) const {
  if (isUsedElsewhere(value) || value.use_empty())
    return false;
  if (value.hasOneUse())
    return true;
  auto set = dyn_cast_or_null<LocalSetOp>(nextWithCode(module, value.getDefiningOp()));
  return set && set.getValue() == value;
}

/// Takes what `op` has left on the stack.
void FunctionEmitter::settleResults(Operation *op) {
  for (OpResult result : llvm::reverse(op->getResults())) {
    if (result.use_empty())
      this->op(dropCode);
    else
      defineLocal(result);
  }
}

/// The type that a value has on the stack. Narrow ones stand for the low bits of what they are made
/// of.
static ValueType stackType(Value value) {
  if (auto type = toValueType(value.getType()))
    return *type;
  if (auto narrow = value.getDefiningOp<arith::TruncIOp>())
    return *toValueType(narrow.getIn().getType());
  return ValueType::I32;
}

void FunctionEmitter::defineLocal(Value value) {
  ValueType type = stackType(value);
  Home home;
  if (isUsedElsewhere(value)) {
    locals.push_back(type);
    home = {Home::Local, numParams + uint32_t(locals.size()) - 1, 0};
  } else {
    home = {Home::Temp, takeLocal(type), uint32_t(llvm::range_size(value.getUses()))};
  }
  localSet(home.index);
  homes[value] = home;
}

void FunctionEmitter::visitPure(Operation *op) {
  Value result = op->getResult(0);
  if (result.use_empty())
    return;
  if (canDefer(result)) {
    homes[result] = {Home::Deferred, 0, 0};
    return;
  }
  flushBefore(op);
  emitOperands(op);
  emitOp(op);
  settleResults(op);
}

void FunctionEmitter::visitOrdered(Operation *op) {
  planGas(op);
  if (op->getNumResults() == 1 && canDefer(op->getResult(0))) {
    SmallVector<Operation *> inside;
    orderedIn(op, inside);
    bool isSuffix = inside.size() <= deferred.size() &&
                    std::equal(inside.rbegin(), inside.rend(), deferred.rbegin());
    if (isSuffix)
      deferred.resize(deferred.size() - inside.size());
    else
      flush(deferred.size());
    deferred.push_back(op);
    homes[op->getResult(0)] = {Home::Deferred, 0, 0};
    return;
  }
  flushBefore(op);
  emitOperands(op);
  emitOp(op);
  settleResults(op);
}

void FunctionEmitter::visitLocalGet(LocalGetOp op) {
  if (op.use_empty())
    return;
  uint32_t slot = uint32_t(op.getSlot());
  readVersion[op] = slotVersion[slot];
  if (isUsedElsewhere(op)) {
    localGet(slot);
    defineLocal(op);
    return;
  }
  homes[op] = {Home::Slot, slot, uint32_t(llvm::range_size(op->getUses()))};
  slotReaders[slot].push_back(op);
}

void FunctionEmitter::visitLocalSet(LocalSetOp op) {
  uint32_t slot = uint32_t(op.getSlot());
  Value value = op.getValue();
  bool wasDeferred = isDeferred(value);
  flushBefore(op);
  emitOperands(op);
  for (Value reader : slotReaders[slot]) {
    Home &home = homes[reader];
    if (home.kind != Home::Slot || home.usesLeft == 0)
      continue;
    ValueType type = stackType(reader);
    uint32_t kept = takeLocal(type);
    localGet(slot);
    localSet(kept);
    home = {Home::Temp, kept, home.usesLeft};
  }
  slotReaders[slot].clear();
  localSet(slot);
  slotVersion[slot] = ++version;
  uint32_t others = wasDeferred ? uint32_t(llvm::range_size(value.getUses())) - 1 : 0;
  if (others != 0 && isDeferred(value)) {
    homes[value] = {Home::Slot, slot, others};
    slotReaders[slot].push_back(value);
    readVersion[value] = slotVersion[slot];
  }
}

void FunctionEmitter::visit(Operation *op) {
  const OpRow row = module.rows[op];
  if (auto cost = dyn_cast<CostOpInterface>(op)) {
    if (isMetered() && !isFast())
      pending.add(cost.getStaticCosts());
    return;
  }
  if (auto charge = dyn_cast<ChargeOp>(op); charge && isFast())
    return visitCharge(charge);
  if (row.isNothing || isa<arith::ConstantOp>(op))
    return;
  if (auto get = dyn_cast<LocalGetOp>(op))
    return visitLocalGet(get);
  if (auto set = dyn_cast<LocalSetOp>(op))
    return visitLocalSet(set);
  if (auto enter = dyn_cast<EnterOp>(op))
    return isFast() ? enterFast(enter) : planEnter(enter);
  if (isa<ChargeUnitsOp>(op) && !isMetered())
    return;
  if (!row.emit)
    return refuse(op,
                  fmt::format("{} has no form in WebAssembly", op->getName().getStringRef().str()));
  if (row.isPure)
    visitPure(op);
  else
    visitOrdered(op);
}

static std::vector<LocalRun> runsOf(const std::vector<ValueType> &types) {
  std::vector<LocalRun> runs;
  for (ValueType type : types) {
    if (runs.empty() || runs.back().type != type)
      runs.push_back({0, type});
    ++runs.back().count;
  }
  return runs;
}

/// How the blocks are nested, and which of them are fast.
Result<void> FunctionEmitter::analyze() {
  Result<ControlFlow> analyzed = ControlFlow::analyze(func);
  if (analyzed && isMetered() && !module.info.memories.empty())
    inside = findInside(func, *analyzed, uint64_t(module.info.memories[0].limits.min) * 65536,
                        speed == Speed::Whole);
  if (analyzed && isMetered() && speed != Speed::Small) {
    fast = makeFast(func, *analyzed, inside, speed, module);
    isDirect = speed == Speed::Whole;
    analyzed = ControlFlow::analyze(func);
  }
  if (!analyzed)
    return analyzed.error();
  flow = std::move(*analyzed);
  floats.emplace(func);
  return {};
}

/// Slots, those of fast blocks, and what blocks are passed.
void FunctionEmitter::declareLocals() {
  numParams = func.getFunctionType().getNumInputs();
  numSlots = func.getNumSlots();
  for (uint32_t slot = numParams; slot < numSlots; ++slot)
    locals.push_back(*toValueType(func.getSlotType(slot)));
  if (!fast.blocks.empty()) {
    locals.insert(locals.end(), 2, ValueType::I64);
    numSlots += 2;
  }
  slotReaders.resize(numSlots);
  slotVersion.assign(numSlots, 0);
  for (BlockArgument argument : func.getBody().getArguments())
    homes[argument] = {Home::Local, argument.getArgNumber(), 0};
  for (Block *block : flow.order()) {
    if (block->isEntryBlock())
      continue;
    for (BlockArgument argument : block->getArguments()) {
      locals.push_back(*toValueType(argument.getType()));
      homes[argument] = {Home::Local, numParams + uint32_t(locals.size()) - 1, 0};
    }
  }
}

Result<Body> FunctionEmitter::emit() {
  if (Result<void> analyzed = analyze(); !analyzed)
    return analyzed.error();
  current = flow.order().front();
  declareLocals();
  Body body;
  isLeaf = true;
  for (Block *block : flow.order()) {
    for (Operation &op : *block)
      isLeaf &= !op.hasTrait<ObservesGas>() || isa<ChargeUnitsOp>(op);
    unsigned &loops = flow[block].isCallFree ? body.callFreeLoops : body.callingLoops;
    loops = std::max(loops, flow[block].depth);
  }
  StructureEmitter(*this).run();
  // What engines take, by agreement (the JavaScript API).
  constexpr size_t mostLocals = 50'000, mostParams = 1000;
  if (numParams + locals.size() > mostLocals)
    refuse(func,
           fmt::format("needs {} locals; engines take {}", numParams + locals.size(), mostLocals));
  FuncType type = toFuncType(func.getFunctionType());
  if (isDirect) {
    type.params.insert(type.params.end(), {ValueType::I64, ValueType::I32});
    locals.erase(locals.begin() + ptrdiff_t(fast.gasSlot - numParams));
    if (type.params.size() > mostParams)
      refuse(func, "too many parameters");
  }
  if (error)
    return *error;
  body.type = module.typeNumber(type);
  body.locals = runsOf(locals);
  body.code = std::move(out);
  body.isDirect = isDirect;
  body.assumes = !inside.assumed.empty();
  return body;
}
