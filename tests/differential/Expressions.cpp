//===- Expressions.cpp - Random code that leaves values -------------------===//
#include "tests/differential/FunctionGenerator.h"

#include <array>
#include <bit>

namespace writ::test {

using wasm::ImmediateKind;
using wasm::Opcode;

static bool isReference(ValueType type) {
  return type == ValueType::FuncRef || type == ValueType::ExternRef;
}

/// The ops of fixed type that leave a value of `type`: from the opcode table, so that a
/// new opcode is generated as soon as it has a row there.
static const std::vector<Opcode> &opsFor(ValueType type) {
  static const auto ops = [] {
    std::array<std::vector<Opcode>, 6> byType;
    for (const wasm::OpInfo &info : wasm::opTable)
      if (!info.signature.isSpecial && info.signature.numResults == 1 &&
          info.signature.numParams > 0)
        byType[size_t(info.signature.result)].push_back(info.opcode);
    return byType;
  }();
  return ops[size_t(type)];
}

void FunctionGenerator::values(std::span<const ValueType> types) {
  for (ValueType type : types)
    value(type);
}

void FunctionGenerator::value(ValueType type) {
  --fuel;
  ++depth;
  if (isTired() || in.chance(40) || !special(type))
    isTired() || in.chance(50) ? leaf(type) : produce(type);
  --depth;
}

void FunctionGenerator::leaf(ValueType type) {
  if (isReference(type))
    return reference(type);
  switch (in.below(3)) {
  case 1:
    if (std::optional<uint32_t> slot = slotOf(type)) {
      code.op(Opcode::LocalGet, *slot);
      return;
    }
    break;
  case 2:
    code.op(Opcode::GlobalGet, uint32_t(type));
    return;
  }
  constant(type);
}

void FunctionGenerator::constant(ValueType type) {
  uint64_t bits = randomBits(in, type);
  switch (type) {
  case ValueType::I32:
    code.i32(int32_t(bits));
    break;
  case ValueType::I64:
    code.i64(int64_t(bits));
    break;
  case ValueType::F32:
    code.f32(uint32_t(bits));
    break;
  default:
    code.f64(bits);
  }
}

void FunctionGenerator::produce(ValueType type) {
  if (isReference(type))
    return reference(type);
  fixedOp(in.pick(opsFor(type)));
}

/// A numeric op, load, memory.grow and the like, with its operands.
void FunctionGenerator::fixedOp(Opcode opcode) {
  const wasm::OpSignature &signature = wasm::opInfo(opcode).signature;
  for (unsigned i = 0; i < signature.numParams; ++i)
    operand(opcode, i, signature.params[i]);
  immediates(opcode);
}

static bool isDivision(Opcode opcode) { return wasm::opInfo(opcode).cost == CostClass::IntegerDiv; }

static bool isTrappingTruncation(Opcode opcode) {
  return opcode >= Opcode::I32TruncF32S && opcode <= Opcode::I64TruncF64U &&
         wasm::opInfo(opcode).text.find("trunc") != std::string_view::npos;
}

/// Operand `index` of `opcode`: harmless in most cases if `opcode` may trap.
void FunctionGenerator::operand(Opcode opcode, unsigned index, ValueType type) {
  const wasm::OpInfo &info = wasm::opInfo(opcode);
  if (info.immediate == ImmediateKind::MemArg && index == 0)
    return address();
  if (opcode == Opcode::MemoryGrow)
    return smallNumber(3);
  if (info.cost == CostClass::MemoryBulk || info.cost == CostClass::TableBulk) {
    bool isFillValue = opcode == Opcode::MemoryFill && index == 1;
    return isFillValue ? value(type) : smallNumber(24);
  }
  value(type);
  if (isDivision(opcode) && index == 1 && in.chance(220)) {
    type == ValueType::I32 ? code.i32(7) : code.i64(7);
    code.op(type == ValueType::I32 ? Opcode::I32Or : Opcode::I64Or);
  }
  if (isTrappingTruncation(opcode) && in.chance(220)) // Into -1 … 1, or NaN.
    type == ValueType::F32 ? code.f32(0x3f800000).op(Opcode::F32Copysign)
                           : code.f64(0x3ff0000000000000).op(Opcode::F64Copysign);
}

/// The op itself with immediates; its operands are on the stack.
void FunctionGenerator::immediates(Opcode opcode) {
  const wasm::OpInfo &info = wasm::opInfo(opcode);
  switch (info.immediate) {
  case ImmediateKind::MemArg: {
    unsigned align = in.below(4);
    unsigned natural = unsigned(std::countr_zero(info.memoryBytes));
    static constexpr uint32_t offsets[] = {0, 1, 8, 65535, 65536 * 2, 0xffffffff};
    uint32_t offset = in.chance(60) ? in.pick(offsets) : in.below(16);
    code.op(opcode, align < natural ? align : natural, offset);
    break;
  }
  case ImmediateKind::Memory:
    code.op(opcode, 0);
    break;
  case ImmediateKind::MemoryPair:
    code.op(opcode, 0, 0);
    break;
  case ImmediateKind::DataAndMemory:
    code.op(opcode, shape.passiveData, 0);
    break;
  case ImmediateKind::Data:
    code.op(opcode, shape.passiveData);
    break;
  case ImmediateKind::ElemAndTable:
    code.op(opcode, shape.passiveElem, in.pick(shape.funcTables));
    break;
  case ImmediateKind::Elem:
    code.op(opcode, shape.passiveElem);
    break;
  case ImmediateKind::TablePair:
    code.op(opcode, in.pick(shape.funcTables), in.pick(shape.funcTables));
    break;
  case ImmediateKind::Table:
    code.op(opcode, in.below(3));
    break;
  default:
    code.op(opcode);
  }
}

void FunctionGenerator::address() {
  if (in.chance(20)) // Around the end of the first page.
    return void(code.i32(65536 - int32_t(in.below(12))));
  if (pointer && in.chance(110)) {
    code.op(Opcode::LocalGet, *pointer);
    if (in.chance(128))
      code.i32(int32_t(in.below(80)) - 24).op(Opcode::I32Add);
    return;
  }
  if (loops != 0 && in.chance(60)) { // What a count keeps inside.
    code.op(Opcode::LocalGet, firstCounter + in.below(loops));
    code.i32(int32_t(in.below(14))).op(Opcode::I32Shl);
    return;
  }
  value(ValueType::I32);
  if (in.chance(230))
    code.i32(0x7fff).op(Opcode::I32And);
}

/// An i32, most often below `bound`.
void FunctionGenerator::smallNumber(unsigned bound) {
  if (in.chance(12))
    return value(ValueType::I32);
  if (in.chance(60)) {
    value(ValueType::I32);
    code.i32(7).op(Opcode::I32And);
    return;
  }
  code.i32(int32_t(in.below(bound)));
}

void FunctionGenerator::reference(ValueType type) {
  switch (in.below(5)) {
  case 1:
    if (std::optional<uint32_t> slot = slotOf(type)) {
      code.op(Opcode::LocalGet, *slot);
      return;
    }
    break;
  case 2:
    code.op(Opcode::GlobalGet, uint32_t(type));
    return;
  case 3: {
    uint32_t table =
        type == ValueType::FuncRef ? in.pick(shape.funcTables) : in.pick(shape.externTables);
    smallNumber(5);
    code.op(Opcode::TableGet, table);
    return;
  }
  case 4:
    if (type == ValueType::FuncRef) {
      const ModuleInfo &info = shape.writer.info;
      unsigned declared = unsigned(info.funcs.size()) - (info.start ? 1 : 0);
      code.op(Opcode::RefFunc, in.below(declared));
      return;
    }
  }
  code.refNull(type);
}

/// Something other than an op of fixed type. False: nothing was made.
bool FunctionGenerator::special(ValueType type) {
  switch (in.below(10)) {
  case 1:
    blockValue(type);
    return true;
  case 2:
    select(type);
    return true;
  case 3:
    return callFor(type);
  case 4:
    if (std::optional<uint32_t> slot = slotOf(type)) {
      value(type);
      code.op(Opcode::LocalTee, *slot);
      return true;
    }
    return false;
  case 5:
    if (type == ValueType::I32) {
      value(in.chance(128) ? ValueType::FuncRef : ValueType::ExternRef);
      code.op(Opcode::RefIsNull);
      return true;
    }
    return false;
  case 6:
    if (type == ValueType::I32 && in.chance(60)) {
      bool isExtern = in.chance(128);
      value(isExtern ? ValueType::ExternRef : ValueType::FuncRef);
      smallNumber(4);
      code.op(Opcode::TableGrow,
              isExtern ? in.pick(shape.externTables) : in.pick(shape.funcTables));
      return true;
    }
    return false;
  case 7:
    if (type == ValueType::I32) {
      in.chance(100) ? code.op(Opcode::MemorySize, 0) : code.op(Opcode::TableSize, in.below(3));
      return true;
    }
    return false;
  default:
    return false;
  }
}

void FunctionGenerator::select(ValueType type) {
  value(type);
  value(type);
  value(ValueType::I32);
  if (isReference(type) || in.chance(64))
    code.selectTyped(type);
  else
    code.op(Opcode::Select);
}

/// A call whose results begin with `type`; the others are consumed.
bool FunctionGenerator::callFor(ValueType type) {
  uint32_t func = anyCallee();
  const FuncType &callee = shape.writer.info.funcs[func].type;
  if (callee.results.empty() || callee.results[0] != type)
    return false;
  call(func);
  consume(std::span(callee.results).subspan(1));
  return true;
}

void FunctionGenerator::indirectIndex(uint32_t table) {
  uint32_t size = shape.writer.info.tables[table].limits.min;
  if (in.chance(30))
    return value(ValueType::I32);
  code.i32(int32_t(in.below(size)));
}

} // namespace writ::test
