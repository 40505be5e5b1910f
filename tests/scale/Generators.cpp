//===- Generators.cpp - Modules of any size, made to find bad growth ------===//
#include "tests/scale/Generators.h"

#include <algorithm>

namespace writ::test {

using enum ValueType;
using wasm::Opcode;

/// Adds a function, which is exported, since some would drop it; `code` lacks its final `end`.
static void addFunction(ModuleWriter &module, FuncType type, std::vector<ValueType> locals,
                        Code code) {
  auto index = uint32_t(module.info.funcs.size());
  module.info.exports.push_back({"f" + std::to_string(index), ExternKind::Func, index});
  module.info.funcs.push_back({std::move(type), {}, {}});
  module.bodies.push_back({std::move(locals), std::move(code.end().bytes)});
}

static ModuleWriter moduleWithMemory() {
  ModuleWriter module;
  module.info.memories.push_back({{1, 4}, {}});
  return module;
}

static Bytes oneFunction(FuncType type, std::vector<ValueType> locals, Code code) {
  ModuleWriter module = moduleWithMemory();
  addFunction(module, std::move(type), std::move(locals), std::move(code));
  return module.encode();
}

/// n blocks in each other; the innermost branches to each of them.
static Bytes nestedBlocks(uint32_t n) {
  Code code;
  for (uint32_t i = 0; i < n; ++i)
    code.begin(Opcode::Block);
  for (uint32_t i = 0; i < n; ++i)
    code.op(Opcode::LocalGet, 0).op(Opcode::BrIf, i);
  for (uint32_t i = 0; i < n; ++i)
    code.end();
  return oneFunction({{I32}, {}}, {}, code);
}

/// n loops and ifs with results in each other.
static Bytes nestedLoops(uint32_t n) {
  Code code;
  for (uint32_t i = 0; i < n; ++i) {
    code.begin(Opcode::Loop, I32);
    code.op(Opcode::LocalGet, 0).begin(Opcode::If, I32);
  }
  code.i32(7);
  for (uint32_t i = 0; i < n; ++i) {
    code.op(Opcode::Else).op(Opcode::LocalGet, 0).end();
    code.op(Opcode::LocalTee, 0).op(Opcode::LocalGet, 0).op(Opcode::BrIf, 0).end();
  }
  return oneFunction({{I32}, {I32}}, {}, code);
}

/// One br_table with n targets, three of them distinct, that carries two values.
static Bytes brTable(uint32_t n) {
  ModuleWriter module;
  uint32_t pair = module.typeIndex({{}, {I32, I64}});
  Code code;
  for (int i = 0; i < 3; ++i)
    code.beginTyped(Opcode::Block, pair);
  code.i32(1).i64(2).op(Opcode::LocalGet, 0);
  std::vector<uint32_t> labels;
  for (uint32_t i = 0; i <= n; ++i)
    labels.push_back(i * 7 % 3);
  code.brTable(labels);
  for (int i = 0; i < 3; ++i)
    code.end();
  addFunction(module, {{I32}, {I32, I64}}, {}, code);
  return module.encode();
}

/// n nested blocks and a br_table to the end of each: a switch with n cases.
static Bytes bigSwitch(uint32_t n) {
  Code code;
  std::vector<uint32_t> labels;
  for (uint32_t i = 0; i < n; ++i) {
    code.begin(Opcode::Block);
    labels.push_back(i);
  }
  code.op(Opcode::LocalGet, 0).brTable(labels);
  for (uint32_t i = 0; i < n; ++i)
    code.end().op(Opcode::LocalGet, 0).i32(int32_t(i)).op(Opcode::I32Add).op(Opcode::LocalSet, 0);
  return oneFunction({{I32}, {}}, {}, code);
}

/// n / 32 br_tables of 32 targets each, all to the same few blocks.
static Bytes manyBrTables(uint32_t n) {
  Code code;
  code.begin(Opcode::Loop).begin(Opcode::Block);
  std::vector<uint32_t> labels;
  for (uint32_t i = 0; i < 32; ++i)
    labels.push_back(i % 3);
  for (uint32_t i = 0; i < n / 32; ++i)
    code.begin(Opcode::Block).op(Opcode::LocalGet, 0).brTable(labels).end();
  code.end().end();
  return oneFunction({{I32}, {}}, {}, code);
}

/// n locals and n blocks that each set one and read another: the classic JIT bomb.
static Bytes localsTimesBlocks(uint32_t n) {
  n = std::min(n, 49'000u);
  Code code;
  for (uint32_t i = 0; i < n; ++i) {
    code.begin(Opcode::Block).op(Opcode::LocalGet, i).op(Opcode::I64Eqz).op(Opcode::BrIf, 0);
    code.op(Opcode::LocalGet, (i * 7 + 3) % n).op(Opcode::LocalSet, i).end();
  }
  return oneFunction({{}, {}}, std::vector<ValueType>(n, I64), code);
}

/// As above, with loops around the blocks.
static Bytes localsTimesLoops(uint32_t n) {
  n = std::min(n, 49'000u);
  Code code;
  for (uint32_t i = 0; i < n; ++i) {
    code.begin(Opcode::Loop).op(Opcode::LocalGet, (i * 7 + 3) % n).op(Opcode::LocalTee, i);
    code.op(Opcode::I64Eqz).op(Opcode::BrIf, 0).end();
  }
  return oneFunction({{}, {}}, std::vector<ValueType>(n, I64), code);
}

/// A straight line of n loads, multiplications and stores.
static Bytes giantFunction(uint32_t n) {
  Code code;
  for (uint32_t i = 0; i < n; ++i) {
    code.op(Opcode::LocalGet, 0).op(Opcode::LocalGet, 0).op(Opcode::I64Load, 3, i % 4096);
    code.op(Opcode::LocalGet, 1).op(Opcode::I64Mul).op(Opcode::I64Store, 3, i % 8192);
  }
  return oneFunction({{I32, I64}, {}}, {}, code);
}

/// n constants, no two alike.
static Bytes distinctConstants(uint32_t n) {
  Code code;
  for (uint32_t i = 0; i < n; ++i)
    code.op(Opcode::LocalGet, 0)
        .i64(int64_t(i) * 0x9e3779b97f4a7c1)
        .op(Opcode::I64Xor)
        .op(Opcode::LocalSet, 0);
  return oneFunction({{I64}, {}}, {}, code);
}

/// n small functions that call each other, with names and exports.
static Bytes manyFunctions(uint32_t n) {
  ModuleWriter module = moduleWithMemory();
  for (uint32_t i = 0; i < n; ++i) {
    Code code;
    code.op(Opcode::LocalGet, 0).i32(1).op(Opcode::I32Add).op(Opcode::Call, (i * 7 + 1) % n);
    addFunction(module, {{I32}, {I32}}, {}, code);
    module.info.funcs.back().name = i % 2 ? "same" : "function" + std::to_string(i);
    if (i % 4 == 0)
      module.info.exports.push_back({"export" + std::to_string(i), ExternKind::Func, i});
  }
  return module.encode();
}

/// n values on the operand stack, then n additions.
static Bytes deepOperands(uint32_t n) {
  Code code;
  for (uint32_t i = 0; i < n; ++i)
    code.op(Opcode::LocalGet, 0).i64(3).op(Opcode::I64Mul);
  for (uint32_t i = 0; i + 1 < n; ++i)
    code.op(Opcode::I64Add);
  return oneFunction({{I64}, {I64}}, {}, code);
}

/// n values on the operand stack, and above them n blocks with branches.
static Bytes deepOperandsUnderBlocks(uint32_t n) {
  Code code;
  for (uint32_t i = 0; i < n; ++i)
    code.op(Opcode::LocalGet, 0).op(Opcode::I32Clz);
  for (uint32_t i = 0; i < n; ++i)
    code.begin(Opcode::Block).op(Opcode::LocalGet, 0).op(Opcode::BrIf, 0).end();
  for (uint32_t i = 0; i + 1 < n; ++i)
    code.op(Opcode::I32Add);
  return oneFunction({{I32}, {I32}}, {}, code);
}

/// n / 32 blocks and loops that take and give 32 values each.
static Bytes wideMultiValue(uint32_t n) {
  ModuleWriter module;
  FuncType wide{std::vector<ValueType>(32, I64), std::vector<ValueType>(32, I64)};
  uint32_t index = module.typeIndex(wide);
  Code code;
  for (uint32_t i = 0; i < 32; ++i)
    code.op(Opcode::LocalGet, i);
  for (uint32_t i = 0; i < n / 32; ++i) {
    code.beginTyped(i % 2 ? Opcode::Loop : Opcode::Block, index);
    for (uint32_t local = 32; local-- > 0;)
      code.op(Opcode::LocalSet, local);
    for (uint32_t local = 0; local < 32; ++local)
      code.op(Opcode::LocalGet, local);
    code.op(Opcode::LocalGet, 0).op(Opcode::I64Eqz).op(Opcode::BrIf, 0).end();
  }
  addFunction(module, wide, {}, code);
  return module.encode();
}

/// n / 16 calls of a function with 16 parameters and results.
static Bytes wideCalls(uint32_t n) {
  ModuleWriter module;
  FuncType wide{std::vector<ValueType>(16, I64), std::vector<ValueType>(16, I64)};
  Code callee, caller;
  for (uint32_t i = 0; i < 16; ++i) {
    callee.op(Opcode::LocalGet, 15 - i);
    caller.op(Opcode::LocalGet, i);
  }
  for (uint32_t i = 0; i < n / 16; ++i) {
    for (uint32_t j = 0; j < 8; ++j)
      caller.i64(int64_t(j)).op(Opcode::I64Add).op(Opcode::LocalSet, j);
    for (uint32_t j = 8; j-- > 0;)
      caller.op(Opcode::LocalGet, j);
    caller.op(Opcode::Call, 0);
  }
  addFunction(module, wide, {}, callee);
  addFunction(module, wide, {}, caller);
  return module.encode();
}

/// n ifs with an else and a value, one after the other.
static Bytes ifChain(uint32_t n) {
  Code code;
  for (uint32_t i = 0; i < n; ++i) {
    code.op(Opcode::LocalGet, 0).begin(Opcode::If, I32).op(Opcode::LocalGet, 0).i32(1);
    code.op(Opcode::I32Sub).op(Opcode::Else).i32(int32_t(i % 5)).end().op(Opcode::LocalSet, 0);
  }
  return oneFunction({{I32}, {}}, {}, code);
}

/// n blocks that each go to the next one only: they all become one.
static Bytes mergeChain(uint32_t n) {
  Code code;
  for (uint32_t i = 0; i < n; ++i)
    code.begin(Opcode::Block)
        .op(Opcode::LocalGet, 0)
        .i32(4)
        .op(Opcode::I32DivU)
        .op(Opcode::LocalSet, 0)
        .op(Opcode::Br, 0)
        .end();
  return oneFunction({{I32}, {}}, {}, code);
}

/// A branch, and n ops and blocks that never run behind it.
static Bytes deadCode(uint32_t n) {
  Code code;
  code.begin(Opcode::Block).op(Opcode::Br, 0);
  for (uint32_t i = 0; i < n; ++i)
    code.begin(Opcode::Block).op(Opcode::Br, 1).op(Opcode::I32Add).op(Opcode::Drop).end();
  code.end();
  return oneFunction({{I32}, {}}, {}, code);
}

/// n imports, globals, exports, segments and elements, and n / 4 types.
static Bytes bigSections(uint32_t n) {
  ModuleWriter module = moduleWithMemory();
  ModuleInfo &info = module.info;
  FuncType type{std::vector<ValueType>(8, I32), {}};
  for (uint32_t i = 0; i < n; ++i) {
    for (uint32_t j = 0; j < 8; ++j)
      type.params[j] = ValueType(i / 4 >> (2 * j) & 3);
    info.imports.push_back({ExternKind::Func, i});
    info.funcs.push_back({type, {}, ImportName{"env", "import" + std::to_string(i)}});
    info.globals.push_back({I64, true, {}, {ConstExpr::Kind::Value, I64, i, 0}});
    info.exports.push_back({"export" + std::to_string(i), ExternKind::Global, i});
    info.data.push_back({SegmentMode::Active, 0, {ConstExpr::Kind::Value, I32, i, 0}, "data"});
  }
  info.tables.push_back({FuncRef, {n, n}, {}});
  ElemSegment segment{SegmentMode::Active, FuncRef, 0, {}, {}};
  for (uint32_t i = 0; i < n; ++i)
    segment.items.push_back({ConstExpr::Kind::RefFunc, FuncRef, 0, i});
  info.elems.push_back(segment);
  return module.encode();
}

std::span<const ScaleGenerator> scaleGenerators() {
  static const ScaleGenerator generators[] = {
      {"nested-blocks", "blocks in each other, branches to all", nestedBlocks, 1500},
      {"nested-loops", "loops and ifs with results in each other", nestedLoops, 500},
      {"br-table", "one br_table that carries two values", brTable, 8000},
      {"big-switch", "a br_table to the ends of nested blocks", bigSwitch, 1500},
      {"many-br-tables", "br_tables of 32 targets", manyBrTables, 16000},
      {"locals-x-blocks", "as many blocks as locals", localsTimesBlocks, 750},
      {"locals-x-loops", "as many loops as locals", localsTimesLoops, 750},
      {"giant-function", "a straight line with memory ops", giantFunction, 1500},
      {"distinct-constants", "constants, no two alike", distinctConstants, 2000},
      {"many-functions", "small functions that call each other", manyFunctions, 400},
      {"deep-operands", "a deep operand stack", deepOperands, 2500},
      {"deep-under-blocks", "blocks above a deep operand stack", deepOperandsUnderBlocks, 1000},
      {"wide-multi-value", "blocks and loops of 32 values", wideMultiValue, 3200},
      {"wide-calls", "calls with 16 arguments and results", wideCalls, 3200},
      {"if-chain", "ifs with values in a row", ifChain, 1000},
      {"merge-chain", "blocks that become one", mergeChain, 1500},
      {"dead-code", "unreachable ops and blocks", deadCode, 3000},
      {"big-sections", "types, imports, globals, exports, segments", bigSections, 800},
  };
  return generators;
}

} // namespace writ::test
