//===- WasmValidatorTest.cpp - Typing of function bodies ------------------===//
#include "tests/unit/WasmBytes.h"

#include <doctest/doctest.h>

using namespace writ;
using namespace writ::test;

static uint32_t maxOperandBytes(const Bytes &code, const Bytes &type = noType) {
  Bytes bytes = moduleOf(type, code);
  Result<wasm::Module> module = wasm::readModule(bytes, wasm::Policy(), "m");
  REQUIRE_MESSAGE(module, (module ? "" : module.error().message));
  return module->bodies[0].maxOperandBytes;
}

TEST_CASE("operands must be there and of the right type") {
  CHECK(bodyVerdict({0x6a, 0x1a}) == "i32.add finds no operand; expected i32");
  CHECK(bodyVerdict({0x41, 0, 0x42, 0, 0x6a, 0x1a}) == "operand of i32.add is i64; expected i32");
  CHECK(bodyVerdict({0x42, 0, 0x41, 0, 0x6a, 0x1a}) == "operand of i32.add is i64; expected i32");
  CHECK(bodyVerdict({0x41, 0}) == "1 values left on the stack at end; expected 0");
  CHECK(bodyVerdict({}, toI32) == "end finds no operand; expected i32");
  CHECK(bodyVerdict({0x41, 0, 0x02, 0x40, 0x1a, 0x0b, 0x1a}) == "drop finds no operand");
  CHECK(bodyVerdict({0x41, 0, 0x41, 0, 0x6a}, toI32) == "ok");
}

TEST_CASE("indices must be in range") {
  CHECK(bodyVerdict({0x20, 3}) == "unknown local 3 in local.get; 0 declared");
  CHECK(bodyVerdict({0x23, 1}) == "unknown global 1 in global.get; 1 declared");
  CHECK(bodyVerdict({0x10, 1}) == "unknown function 1 in call; 1 declared");
  CHECK(bodyVerdict({0x41, 0, 0x11, 9, 0}) == "unknown type 9 in call_indirect; 1 declared");
  CHECK(bodyVerdict({0x41, 0, 0x11, 0, 1}) == "unknown table 1 in call_indirect; 1 declared");
  CHECK(bodyVerdict({0x02, 5, 0x0b}) == "unknown type 5 in block; 1 declared");
  CHECK(bodyVerdict({0x0c, 1}) == "branch depth 1 exceeds 0 enclosing blocks");
  CHECK(bodyVerdict({0x02, 0x40, 0x0c, 2, 0x0b}) == "branch depth 2 exceeds 1 enclosing block");
  CHECK(bodyVerdict({0xfc, 13, 0}) == "unknown element segment 0 in elem.drop; 0 declared");
  CHECK(bodyVerdict({0xfc, 9, 0}) == "data count section required by data.drop");
  CHECK(bodyVerdict({0xd2, 0, 0x1a}) ==
        "undeclared function reference 0: it is not exported nor in a segment or global");
  Bytes noMemory = module({section(1, {1, 0x60, 0, 0}), section(3, {1, 0}),
                           section(10, {1, 8, 0, 0x41, 0, 0x28, 2, 0, 0x1a, 0x0b})});
  CHECK(verdict(noMemory) == "function 0: unknown memory 0 in i32.load; 0 declared");
}

TEST_CASE("malformed code is named by what is wrong with it") {
  CHECK(bodyVerdict({0x06}) == "unknown opcode 0x06");
  CHECK(bodyVerdict({0xfd, 0x0c}) == "unknown opcode 0xfd (SIMD is not supported)");
  CHECK(bodyVerdict({0xfc, 18}) == "unknown opcode 0xfc 18");
  CHECK(bodyVerdict({0x3f, 1}) == "zero byte expected, not 0x01");
  CHECK(bodyVerdict({0x02, 0x40}) == "unexpected end");
  CHECK(bodyVerdict({0x0b}) == "1 bytes after the end of the function");
  CHECK(bodyVerdict({0x02, 0x41}) == "0x41 is no value type");
  CHECK(bodyVerdict({0x0e, 0xff, 0x01}) == "unexpected end: 255 labels and a default in 1 bytes");
  CHECK(bodyVerdict({0x41, 0, 0x41, 0, 0x41, 0, 0x1c, 2, 0x7f, 0x7f, 0x1a}) ==
        "select names 2 result types; expected 1");
  CHECK(bodyVerdict({0x41, 0, 0x28, 3, 0, 0x1a}) ==
        "alignment 2^3 of i32.load is larger than its 4 bytes");
  CHECK(bodyVerdict({0xd0, 0x7f, 0x1a}) == "0x7f is no reference type");
}

TEST_CASE("blocks, if and else agree on their types") {
  CHECK(bodyVerdict({0x05}) == "else without if");
  CHECK(bodyVerdict({0x41, 0, 0x04, 0x40, 0x05, 0x05, 0x0b}) == "else without if");
  CHECK(bodyVerdict({0x41, 0, 0x04, 0x7f, 0x41, 0, 0x0b, 0x1a}) ==
        "if without else changes the types on the stack");
  CHECK(bodyVerdict({0x41, 0, 0x04, 0x7f, 0x41, 0, 0x05, 0x41, 1, 0x0b}, toI32) == "ok");
  CHECK(bodyVerdict({0x02, 0x40, 0x41, 0, 0x0b}) ==
        "1 values left on the stack at end; expected 0");
  CHECK(bodyVerdict({0x41, 0, 0x04, 0x40, 0x41, 0, 0x05, 0x0b}) ==
        "1 values left on the stack at else; expected 0");
}

TEST_CASE("branches carry what their label expects") {
  CHECK(bodyVerdict({0x02, 0x7f, 0x0c, 0, 0x0b}, toI32) == "br finds no operand; expected i32");
  CHECK(bodyVerdict({0x02, 0x7f, 0x42, 0, 0x0c, 0, 0x0b}, toI32) ==
        "operand of br is i64; expected i32");
  CHECK(bodyVerdict({0x02, 0x7f, 0x02, 0x40, 0x41, 0, 0x0e, 1, 0, 1, 0x0b, 0x41, 0, 0x0b}, toI32) ==
        "br_table has labels with 0 and with 1 values");
  CHECK(bodyVerdict({0x0f}, toI32) == "return finds no operand; expected i32");
}

TEST_CASE("dead code has operands of any type but not any number of results") {
  CHECK(bodyVerdict({0x00, 0x6a, 0x1a}) == "ok");
  CHECK(bodyVerdict({0x00, 0x6a}, toI32) == "ok");
  CHECK(bodyVerdict({0x00, 0x42, 0, 0x6a, 0x1a}) == "operand of i32.add is i64; expected i32");
  CHECK(bodyVerdict({0x00, 0x1b, 0x1a}) == "ok");
  CHECK(bodyVerdict({0x00, 0x41, 0}) == "1 values left on the stack at end; expected 0");
  CHECK(bodyVerdict({0x0c, 0, 0x20, 9}) == "unknown local 9 in local.get; 0 declared");
  CHECK(bodyVerdict({0x00, 0x0d, 0}, toI32) == "ok");
  CHECK(bodyVerdict({0x00, 0x0d, 0, 0xa7}, toI32) ==
        "operand of i32.wrap_i64 is i32; expected i64");
  CHECK(bodyVerdict({0x00, 0x02, 0x40, 0x6a, 0x0b}) == "i32.add finds no operand; expected i32");
}

TEST_CASE("select without a type takes two numbers of one type") {
  CHECK(bodyVerdict({0x41, 0, 0x42, 0, 0x41, 0, 0x1b, 0x1a}) ==
        "operands of select are i32 and i64; expected the same type");
  CHECK(bodyVerdict({0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1b, 0x1a}) ==
        "select without a type has an operand of type funcref");
  CHECK(bodyVerdict({0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1c, 1, 0x70, 0x1a}) == "ok");
  CHECK(bodyVerdict({0x41, 0, 0xd1, 0x1a}) ==
        "operand of ref.is_null is i32; expected a reference");
}

TEST_CASE("an immutable global cannot be set") {
  Bytes bytes = module({section(1, {1, 0x60, 0, 0}), section(3, {1, 0}),
                        section(6, {1, 0x7f, 0, 0x41, 0, 0x0b}),
                        section(10, {1, 6, 0, 0x41, 0, 0x24, 0, 0x0b})});
  CHECK(verdict(bytes) == "function 0: global 0 is immutable");
}

TEST_CASE("a tail call must return what its caller returns") {
  Bytes bytes = module({section(1, {2, 0x60, 0, 0, 0x60, 0, 1, 0x7f}), section(3, {2, 0, 1}),
                        section(10, {2, 4, 0, 0x12, 1, 0x0b, 5, 0, 0x41, 0, 0x0b, 0x0b})});
  CHECK(verdict(bytes) == "function 0: return_call of a function () -> (i32) in a function () -> "
                          "(); expected the same results");
}

TEST_CASE("locals are found by index whether or not they are spelled out") {
  // 40,000 i32, then 10,000 i64: far more than the body could name one by one.
  Bytes locals = join({{2}, leb(40'000), {0x7f}, leb(10'000), {0x7e}});
  auto get = [&](uint32_t index, uint8_t eqz) {
    return verdict(moduleOf(noType, join({{0x20}, leb(index), {eqz, 0x1a}}), locals));
  };
  CHECK(get(0, 0x45) == "ok");
  CHECK(get(39'999, 0x45) == "ok");
  CHECK(get(40'000, 0x50) == "ok");
  CHECK(get(49'999, 0x50) == "ok");
  CHECK(get(49'999, 0x45) == "function 0: operand of i32.eqz is i64; expected i32");
  CHECK(get(50'000, 0x45) == "function 0: unknown local 50000 in local.get; 50000 declared");
}

TEST_CASE("the operand bytes are counted at their highest") {
  CHECK(maxOperandBytes({}) == 0);
  CHECK(maxOperandBytes({0x41, 0, 0x1a}) == 4);
  CHECK(maxOperandBytes({0x42, 0, 0x41, 0, 0x1a, 0x1a}) == 12);
  CHECK(maxOperandBytes({0x41, 0, 0xac, 0x1a}) == 8);
  CHECK(maxOperandBytes({0xd0, 0x70, 0xd1, 0x1a}) == 8);
  CHECK(maxOperandBytes({0x23, 0, 0x1a}) == 4);
  // A block's results, and its operands on top of those below.
  CHECK(maxOperandBytes({0x42, 0, 0x02, 0x7f, 0x42, 0, 0x1a, 0x41, 0, 0x0b, 0x1a, 0x1a}) == 16);
}

TEST_CASE("dead code does not count towards the operand bytes") {
  CHECK(maxOperandBytes({0x00, 0x42, 0, 0x42, 0, 0x1a, 0x1a}) == 0);
  CHECK(maxOperandBytes({0x00, 0x02, 0x40, 0x42, 0, 0x1a, 0x0b}) == 0);
  CHECK(maxOperandBytes({0x41, 0, 0x1a, 0x02, 0x40, 0x0c, 0, 0x42, 0, 0x1a, 0x0b}) == 4);
  // What follows the block is counted again, with the result that the block is typed with.
  CHECK(maxOperandBytes({0x02, 0x7e, 0x00, 0x42, 0, 0x42, 0, 0x1a, 0x0b, 0x1a}) == 8);
  CHECK(maxOperandBytes({0x41, 0, 0x04, 0x40, 0x00, 0x42, 0, 0x1a, 0x05, 0x41, 0, 0x1a, 0x0b}) ==
        4);
}

TEST_CASE("blocks nested a hundred thousand deep are no recursion") {
  Bytes code;
  for (int i = 0; i < 100'000; ++i)
    code.insert(code.end(), {0x02, 0x40});
  code.insert(code.end(), 100'000, 0x0b);
  CHECK(bodyVerdict(code) == "ok");
}
