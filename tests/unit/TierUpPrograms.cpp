//===- TierUpPrograms.cpp - Functions to change code in the middle of -----===//
#include "tests/unit/TierUpPrograms.h"

#include <bit>

using namespace writ;
using namespace writ::test;
using wasm::Opcode;

static constexpr ValueType i32 = ValueType::I32, i64 = ValueType::I64, f64 = ValueType::F64;

namespace {
class Program {
public:
  Program() { writer.info.memories.push_back({{1, {}}, {}}); }

  void add(std::string_view name, FuncType type, std::vector<ValueType> locals, Code code) {
    if (!name.empty())
      writer.info.exports.push_back(
          {std::string(name), ExternKind::Func, uint32_t(writer.info.funcs.size())});
    writer.info.funcs.push_back({std::move(type), "", {}});
    writer.bodies.push_back({std::move(locals), std::move(code.bytes)});
  }

  ModuleWriter writer;
};
} // namespace

/// sum = sum * 31 + i, stored at (i & 1023) * 8; x = x / 2 + i; gives sum + trunc(x).
static Code sumCode() {
  Code c;
  enum { n, sum, i, x };
  c.begin(Opcode::Loop);
  c.op(Opcode::LocalGet, sum).i64(31).op(Opcode::I64Mul);
  c.op(Opcode::LocalGet, i).op(Opcode::I64ExtendI32U).op(Opcode::I64Add).op(Opcode::LocalSet, sum);
  c.op(Opcode::LocalGet, i).i32(1023).op(Opcode::I32And).i32(3).op(Opcode::I32Shl);
  c.op(Opcode::LocalGet, sum).op(Opcode::I64Store, 3, 0);
  c.op(Opcode::LocalGet, x).f64(std::bit_cast<uint64_t>(0.5)).op(Opcode::F64Mul);
  c.op(Opcode::LocalGet, i).op(Opcode::F64ConvertI32U).op(Opcode::F64Add);
  c.op(Opcode::LocalSet, x);
  c.op(Opcode::LocalGet, i).i32(1).op(Opcode::I32Add).op(Opcode::LocalTee, i);
  c.op(Opcode::LocalGet, n).op(Opcode::I32LtU).op(Opcode::BrIf, 0).end();
  c.op(Opcode::LocalGet, sum).op(Opcode::LocalGet, x).op(Opcode::I64TruncF64S);
  c.op(Opcode::I64Add).end();
  return c;
}

static Code fibCode(uint32_t self) {
  Code c;
  c.op(Opcode::LocalGet, 0).i32(2).op(Opcode::I32LtS).begin(Opcode::If, i32);
  c.op(Opcode::LocalGet, 0).op(Opcode::Else);
  c.op(Opcode::LocalGet, 0).i32(1).op(Opcode::I32Sub).op(Opcode::Call, self);
  c.op(Opcode::LocalGet, 0).i32(2).op(Opcode::I32Sub).op(Opcode::Call, self);
  return c.op(Opcode::I32Add).end().end(), c;
}

/// Around both loops lie values that are read behind them; the outer loop makes its own anew.
static Code nestedCode() {
  Code c;
  enum { n, i, j, sum };
  c.op(Opcode::LocalGet, n).i32(7).op(Opcode::I32Mul).op(Opcode::LocalSet, i);
  c.op(Opcode::LocalGet, i);
  c.begin(Opcode::Loop);
  c.op(Opcode::LocalGet, sum).op(Opcode::LocalGet, i).i32(3).op(Opcode::I32Mul).op(Opcode::I32Xor);
  c.op(Opcode::LocalGet, n).op(Opcode::F64ConvertI32S); // Two values live on here.
  c.i32(5).op(Opcode::LocalSet, j);
  c.begin(Opcode::Loop);
  c.op(Opcode::LocalGet, sum).op(Opcode::LocalGet, j).op(Opcode::I32Add).op(Opcode::LocalSet, sum);
  c.op(Opcode::LocalGet, j).i32(1).op(Opcode::I32Sub).op(Opcode::LocalTee, j);
  c.op(Opcode::BrIf, 0).end();
  c.op(Opcode::I32TruncF64S).op(Opcode::I32Add).op(Opcode::LocalSet, sum);
  c.op(Opcode::LocalGet, i).i32(1).op(Opcode::I32Sub).op(Opcode::LocalTee, i);
  c.op(Opcode::BrIf, 0).end();
  return c.op(Opcode::LocalGet, sum).op(Opcode::I32Add).end(), c;
}

static Code divideCode() {
  Code c;
  enum { n, i, sum };
  c.begin(Opcode::Loop);
  c.op(Opcode::LocalGet, sum).i32(1000).i32(50).op(Opcode::LocalGet, i).op(Opcode::I32Sub);
  c.op(Opcode::I32DivS).op(Opcode::I32Add).op(Opcode::LocalSet, sum);
  c.op(Opcode::LocalGet, i).op(Opcode::LocalGet, sum).op(Opcode::I32Store8, 0, 16);
  c.op(Opcode::LocalGet, i).i32(1).op(Opcode::I32Add).op(Opcode::LocalTee, i);
  c.op(Opcode::LocalGet, n).op(Opcode::I32LtU).op(Opcode::BrIf, 0).end();
  return c.op(Opcode::LocalGet, sum).end(), c;
}

/// Many parameters, so that some are passed on the stack.
static Code bounceCode(uint32_t other) {
  Code c;
  c.op(Opcode::LocalGet, 0).op(Opcode::I32Eqz).begin(Opcode::If);
  c.op(Opcode::LocalGet, 1).op(Opcode::LocalGet, 5).op(Opcode::I64Add).op(Opcode::Return).end();
  c.op(Opcode::LocalGet, 0).i32(1).op(Opcode::I32Sub);
  for (uint32_t param : {2, 3, 4, 5, 1})
    c.op(Opcode::LocalGet, param);
  return c.i64(3).op(Opcode::I64Add).op(Opcode::ReturnCall, other).end(), c;
}

static Code deepCode(uint32_t self) {
  Code c;
  c.op(Opcode::LocalGet, 0).i32(1).op(Opcode::I32Add).op(Opcode::Call, self);
  return c.i32(1).op(Opcode::I32Add).end(), c;
}

static void addBounce(Program &program) {
  FuncType six{{i32, i64, i64, i64, i64, i64}, {i64}};
  auto first = uint32_t(program.writer.info.funcs.size());
  Code start;
  start.op(Opcode::LocalGet, 0).i64(1).i64(2).i64(3).i64(4).i64(5);
  start.op(Opcode::Call, first + 1).end();
  program.add("bounce", {{i32}, {i64}}, {}, start);
  program.add("", six, {}, bounceCode(first + 2));
  program.add("", six, {}, bounceCode(first + 1));
}

/// A tail call that never becomes IR.
static Code deadCode(uint32_t self) {
  Code c;
  return c.op(Opcode::Unreachable).op(Opcode::ReturnCall, self).end(), c;
}

Bytes writ::test::tierUpProgram(TailCalls tailCalls) {
  Program program;
  program.add("sum", {{i32}, {i64}}, {i64, i32, f64}, sumCode());
  program.add("fib", {{i32}, {i32}}, {}, fibCode(1));
  program.add("nested", {{i32}, {i32}}, {i32, i32, i32}, nestedCode());
  program.add("divide", {{i32}, {i32}}, {i32, i32}, divideCode());
  program.add("deep", {{i32}, {i32}}, {}, deepCode(4));
  if (tailCalls == TailCalls::InDeadCode)
    program.add("", {{}, {}}, {}, deadCode(5));
  if (tailCalls == TailCalls::Used)
    addBounce(program);
  return program.writer.encode();
}

std::vector<TierUpCall> writ::test::tierUpCalls(TailCalls tailCalls) {
  std::vector<TierUpCall> calls = {{"sum", 90},    {"fib", 11},     {"nested", 9},
                                   {"divide", 40}, {"divide", 100}, {"deep", 0}};
  if (tailCalls == TailCalls::Used)
    calls.push_back({"bounce", 60});
  return calls;
}
