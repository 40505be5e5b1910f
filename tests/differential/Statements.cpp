//===- Statements.cpp - Random control flow, calls and stores -------------===//
#include "tests/differential/FunctionGenerator.h"

#include <algorithm>

namespace writ::test {

using wasm::Opcode;

FunctionGenerator::FunctionGenerator(ModuleShape &shape, ByteSource &in, uint32_t index)
    : shape(shape), in(in), index(index), type(shape.writer.info.funcs[index].type),
      slots(type.params), fuel(int(shape.isSmall ? 10 + in.below(40) : 40 + in.below(200))) {}

Body generateBody(ModuleShape &shape, ByteSource &in, uint32_t index) {
  return FunctionGenerator(shape, in, index).generate();
}

Body FunctionGenerator::generate() {
  static constexpr ValueType types[] = {ValueType::I32, ValueType::I64,     ValueType::F32,
                                        ValueType::F64, ValueType::FuncRef, ValueType::ExternRef};
  Body body;
  for (unsigned i = in.below(8); i > 0; --i)
    body.locals.push_back(in.pick(types));
  slots.insert(slots.end(), body.locals.begin(), body.locals.end());
  firstCounter = uint32_t(slots.size());
  body.locals.insert(body.locals.end(), maxLoopNesting, ValueType::I32);

  makePointer(body);
  labels.push_back({type.results, false});
  while (!isTired() && !in.empty())
    statement();
  values(type.results);
  code.end();
  body.code = std::move(code.bytes);
  return body;
}

/// A parameter, or what a global says less a frame, as compilers make them: most often inside.
void FunctionGenerator::makePointer(Body &body) {
  auto param = std::ranges::find(type.params, ValueType::I32);
  if (param != type.params.end() && in.chance(40)) {
    pointer = uint32_t(param - type.params.begin());
  } else if (in.chance(60)) {
    pointer = uint32_t(type.params.size() + body.locals.size());
    body.locals.push_back(ValueType::I32);
    code.op(Opcode::GlobalGet, uint32_t(ValueType::I32));
    code.i32(int32_t(in.below(64))).op(Opcode::I32Sub).op(Opcode::LocalSet, *pointer);
  }
}

void FunctionGenerator::statements(unsigned atMost) {
  for (unsigned i = in.below(atMost + 1); i > 0 && !isTired(); --i)
    statement();
}

void FunctionGenerator::statement() {
  --fuel;
  ++depth;
  if (isTired() || in.chance(130))
    straightStatement();
  else
    controlStatement();
  --depth;
}

void FunctionGenerator::straightStatement() {
  static constexpr Opcode bulk[] = {Opcode::MemoryFill, Opcode::MemoryCopy, Opcode::MemoryInit,
                                    Opcode::TableCopy,  Opcode::TableInit,  Opcode::DataDrop,
                                    Opcode::ElemDrop,   Opcode::Nop};
  static constexpr ValueType numbers[] = {ValueType::I32, ValueType::I64, ValueType::F32,
                                          ValueType::F64};
  switch (in.below(9)) {
  case 0:
    code.op(Opcode::Nop);
    break;
  case 8:
    storeSeries();
    break;
  case 1:
  case 2:
    store(in.pick(numbers));
    break;
  case 3: {
    ValueType type = ValueType(in.below(6));
    value(type);
    if (type == ValueType::I32 && in.chance(200)) // An address, for those who read it.
      code.i32(0x7ff8).op(Opcode::I32And);
    code.op(Opcode::GlobalSet, uint32_t(type));
    break;
  }
  case 4:
    fixedOp(in.pick(bulk));
    break;
  case 5: {
    uint32_t table = in.below(3);
    ValueType element = shape.writer.info.tables[table].element;
    smallNumber(5);
    value(element);
    if (in.chance(80)) {
      smallNumber(3);
      code.op(Opcode::TableFill, table);
    } else {
      code.op(Opcode::TableSet, table);
    }
    break;
  }
  default: {
    ValueType type = ValueType(in.below(6));
    value(type);
    consume({&type, 1});
  }
  }
}

void FunctionGenerator::store(ValueType type) {
  static constexpr Opcode stores[4][4] = {
      {Opcode::I32Store, Opcode::I32Store8, Opcode::I32Store16, Opcode::I32Store},
      {Opcode::I64Store, Opcode::I64Store8, Opcode::I64Store16, Opcode::I64Store32},
      {Opcode::F32Store, Opcode::F32Store, Opcode::F32Store, Opcode::F32Store},
      {Opcode::F64Store, Opcode::F64Store, Opcode::F64Store, Opcode::F64Store}};
  fixedOp(stores[size_t(type)][in.below(4)]);
}

/// Results of float arithmetic, side by side or one over the other.
void FunctionGenerator::storeSeries() {
  std::optional<uint32_t> base = pointer ? pointer : slotOf(ValueType::I32);
  if (!base)
    return store(ValueType::F64);
  bool isDouble = in.chance(170);
  ValueType type = isDouble ? ValueType::F64 : ValueType::F32;
  if (!pointer) {
    value(ValueType::I32);
    code.i32(0x7fff).op(Opcode::I32And).op(Opcode::LocalSet, *base);
  }
  bool endsElsewhere = in.chance(90); // Where a load says, which nobody knows before.
  if (endsElsewhere) {
    code.op(Opcode::LocalGet, *base).op(Opcode::I32Load, 0, in.below(64));
    if (in.chance(150))
      code.i32(0x7fff).op(Opcode::I32And);
  }
  for (unsigned left = 2 + in.below(3); left > 0; --left) {
    static constexpr uint32_t offsets[] = {0, 4, 8, 8, 16, 24, 32};
    code.op(Opcode::LocalGet, *base);
    leaf(type);
    code.op(Opcode::LocalGet, *base);
    code.op(isDouble ? Opcode::F64Load : Opcode::F32Load, 0, in.pick(offsets));
    code.op(isDouble ? Opcode::F64Div : Opcode::F32Div);
    code.op(isDouble ? Opcode::F64Store : Opcode::F32Store, 0, in.pick(offsets));
  }
  if (endsElsewhere)
    code.i32(0).op(Opcode::I32Store8, 0, 0);
}

/// Takes values off the stack, the last of `types` first: into slots, or away.
void FunctionGenerator::consume(std::span<const ValueType> types) {
  for (size_t i = types.size(); i-- > 0;) {
    std::optional<uint32_t> slot = in.chance(170) ? slotOf(types[i]) : std::nullopt;
    slot ? code.op(Opcode::LocalSet, *slot) : code.op(Opcode::Drop);
  }
}

void FunctionGenerator::controlStatement() {
  switch (in.below(10)) {
  case 0:
  case 1:
    return ifStatement();
  case 2:
    return typedBlock();
  case 3:
    return countedLoop();
  case 4:
    return loopWithParams();
  case 5:
    return conditionalBranch();
  case 6:
    return tableSwitch();
  case 7: {
    uint32_t func = anyCallee();
    call(func);
    return consume(shape.writer.info.funcs[func].type.results);
  }
  case 8: {
    const FuncType &callee = in.pick(shape.blockTypes);
    callIndirect(callee, false);
    return consume(callee.results);
  }
  default:
    return branchAway();
  }
}

void FunctionGenerator::blockValue(ValueType type) {
  bool isIf = in.chance(128);
  if (isIf)
    value(ValueType::I32);
  code.begin(isIf ? Opcode::If : Opcode::Block, type);
  labels.push_back({{type}, false});
  statements(2);
  value(type);
  if (isIf) {
    code.op(Opcode::Else);
    statements(1);
    value(type);
  }
  labels.pop_back();
  code.end();
}

void FunctionGenerator::typedBlock() {
  const FuncType &signature = in.pick(shape.blockTypes);
  values(signature.params);
  code.beginTyped(Opcode::Block, shape.writer.typeIndex(signature));
  labels.push_back({signature.results, false});
  consume(signature.params);
  statements(3);
  values(signature.results);
  labels.pop_back();
  code.end();
  consume(signature.results);
}

void FunctionGenerator::ifStatement() {
  const FuncType signature = in.chance(60) ? in.pick(shape.blockTypes) : FuncType{};
  values(signature.params);
  value(ValueType::I32);
  code.beginTyped(Opcode::If, shape.writer.typeIndex(signature));
  labels.push_back({signature.results, false});
  consume(signature.params);
  statements(3);
  values(signature.results);
  if (signature.params != signature.results || in.chance(128)) {
    code.op(Opcode::Else);
    consume(signature.params);
    statements(2);
    values(signature.results);
  }
  labels.pop_back();
  code.end();
  consume(signature.results);
}

void FunctionGenerator::countedLoop() {
  if (loops == maxLoopNesting)
    return straightStatement();
  uint32_t counter = firstCounter + loops++;
  code.i32(1 + int32_t(in.below(shape.isSmall ? 3 : 9))).op(Opcode::LocalSet, counter);
  code.begin(Opcode::Loop);
  labels.push_back({{}, true});
  statements(4);
  code.op(Opcode::LocalGet, counter).i32(1).op(Opcode::I32Sub);
  code.op(Opcode::LocalTee, counter).op(Opcode::BrIf, 0);
  labels.pop_back();
  --loops;
  code.end();
}

void FunctionGenerator::loopWithParams() {
  if (loops == maxLoopNesting)
    return straightStatement();
  const FuncType &signature = in.pick(shape.blockTypes);
  uint32_t counter = firstCounter + loops++;
  code.i32(1 + int32_t(in.below(4))).op(Opcode::LocalSet, counter);
  values(signature.params);
  code.beginTyped(Opcode::Loop, shape.writer.typeIndex(signature));
  labels.push_back({signature.params, true});
  consume(signature.params);
  statements(3);
  values(signature.params);
  code.op(Opcode::LocalGet, counter).i32(-1).op(Opcode::I32Add);
  code.op(Opcode::LocalTee, counter).op(Opcode::BrIf, 0);
  consume(signature.params);
  values(signature.results);
  labels.pop_back();
  --loops;
  code.end();
  consume(signature.results);
}

/// The relative depths of the labels that a branch with `types` can go to. Labels of
/// loops are left out: those end by their counter.
std::vector<uint32_t> FunctionGenerator::labelsTaking(std::span<const ValueType> types) const {
  std::vector<uint32_t> found;
  for (size_t i = 0; i < labels.size(); ++i) {
    const Label &label = labels[labels.size() - 1 - i];
    if (!label.isLoop && std::ranges::equal(label.types, types))
      found.push_back(uint32_t(i));
  }
  return found;
}

void FunctionGenerator::conditionalBranch() {
  uint32_t target = in.below(unsigned(labels.size()));
  const Label label = labels[labels.size() - 1 - target];
  if (label.isLoop && !in.chance(20)) // Without end: gas stops it.
    return straightStatement();
  values(label.types);
  value(ValueType::I32);
  code.op(Opcode::BrIf, target);
  consume(label.types);
}

/// What never goes on: most often in one arm of an if.
void FunctionGenerator::branchAway() {
  bool isGuarded = !in.chance(16);
  if (isGuarded) {
    value(ValueType::I32);
    code.begin(Opcode::If);
    labels.push_back({{}, false});
  }
  switch (in.below(6)) {
  case 0:
  case 1: {
    uint32_t target = in.below(unsigned(labels.size()));
    const Label label = labels[labels.size() - 1 - target];
    if (!label.isLoop || in.chance(20)) {
      values(label.types);
      code.op(Opcode::Br, target);
    }
    break;
  }
  case 2:
    values(type.results);
    code.op(Opcode::Return);
    break;
  case 3:
    if (in.chance(80))
      code.op(Opcode::Unreachable);
    break;
  case 4: {
    uint32_t func = anyCallee();
    if (shape.writer.info.funcs[func].type.results == type.results) {
      values(shape.writer.info.funcs[func].type.params);
      code.op(Opcode::ReturnCall, func);
    }
    break;
  }
  case 5: {
    const FuncType &callee = in.pick(shape.blockTypes);
    if (callee.results == type.results)
      callIndirect(callee, true);
  }
  }
  if (isGuarded) {
    labels.pop_back();
    code.end();
  }
}

/// Nested blocks and a br_table to their ends, to other labels of that type, or one far
/// out.
void FunctionGenerator::tableSwitch() {
  unsigned arms = 1 + in.below(4);
  std::vector<ValueType> carried;
  if (in.chance(80))
    carried.push_back(ValueType(in.below(4)));
  FuncType signature{{}, carried};
  for (unsigned i = 0; i < arms; ++i) {
    code.beginTyped(Opcode::Block, shape.writer.typeIndex(signature));
    labels.push_back({carried, false});
  }
  values(carried);
  value(ValueType::I32);
  std::vector<uint32_t> candidates = labelsTaking(carried);
  std::vector<uint32_t> targets;
  for (unsigned i = in.below(7) + 1; i > 0; --i)
    targets.push_back(in.pick(candidates));
  code.brTable(targets);
  for (unsigned i = 0; i < arms; ++i) {
    labels.pop_back();
    code.end();
    if (i + 1 < arms) {
      consume(carried);
      statements(2);
      values(carried);
    }
  }
  consume(carried);
}

void FunctionGenerator::call(uint32_t func) {
  values(shape.writer.info.funcs[func].type.params);
  code.op(Opcode::Call, func);
}

void FunctionGenerator::callIndirect(const FuncType &type, bool isTail) {
  values(type.params);
  uint32_t table = in.pick(shape.funcTables);
  indirectIndex(table);
  code.op(isTail ? Opcode::ReturnCallIndirect : Opcode::CallIndirect, shape.writer.typeIndex(type),
          table);
}

/// A host function, a later function, or rarely any one: recursion.
uint32_t FunctionGenerator::anyCallee() {
  uint32_t count = uint32_t(shape.writer.info.funcs.size());
  if (in.chance(12))
    return in.below(count);
  uint32_t later = count - index - 1;
  if (later == 0 || in.chance(120))
    return in.below(shape.importedFuncs);
  return index + 1 + in.below(later);
}

std::optional<uint32_t> FunctionGenerator::slotOf(ValueType type) {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < slots.size(); ++i)
    if (slots[i] == type)
      found.push_back(i);
  if (found.empty())
    return std::nullopt;
  return in.pick(found);
}

} // namespace writ::test
