//===- InterpFormatTest.cpp - Bytecode that was written and read ----------===//
//
// That code which was read does what was translated is for all other tests of the interpreter to
// say: theirs was (InterpHarness.cpp). Here it is damaged.
//
//===----------------------------------------------------------------------===//
#include "jit/image/ModuleInfoFormat.h"
#include "jit/interp/CodeFormat.h"
#include "tests/unit/InterpHarness.h"

#include <doctest/doctest.h>

using namespace writ;
using namespace writ::test;

/// Something of most of what there is.
static constexpr std::string_view program = R"(
  contract.table !contract.funcref 4 max 9
  contract.memory 1 max 2
  contract.global i32 = 7 : i32
  contract.global mutable i64 = 9 : i64
  contract.data at 16 : i32 "some bytes"
  contract.data "passive"
  contract.elem !contract.funcref in 0 at 0 : i32 [@f, unit]
  contract.export "f" func 1
  contract.export "memory" memory 0
  contract.func @log(i32, i64) -> i64 import "env" "log"
  contract.func @f(%n: i32) -> i64 locals [i64] frame 128 {
    contract.cost #contract.costs<integer 2, call 1>
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %wide = arith.constant 81985529216486895 : i64
    contract.local_set 1, %wide : i64
    cf.br ^head(%n : i32)
  ^head(%i: i32):
    contract.cost #contract.costs<integer 3, load 1>
    %v = contract.load 32 %i + 16 : i32
    %q = contract.div_u %v, %i : i32
    contract.cost #contract.costs<store 1>
    contract.store 32 %q, %i + 40 : i32
    %next = arith.subi %i, %one : i32
    %more = arith.cmpi ne, %next, %zero : i32
    cf.cond_br %more, ^head(%next : i32), ^done
  ^done:
    contract.cost #contract.costs<call 1, branch 1>
    %x = contract.local_get 1 : i64
    %y = contract.call @log(%n, %x) : (i32, i64) -> i64
    contract.cost #contract.costs<call_indirect 1>
    contract.global_set 1, %y : i64
    contract.memory_init 1, %n, %n, %n
    %z = contract.call_indirect 0[%n](%y) : (i64) -> i64
    %w = contract.call @g(%z) : (i64) -> i64
    contract.return %w : i64
  }
  contract.func @g(%a: i64) -> i64 frame 80 {
    contract.cost #contract.costs<branch 1>
    %low = arith.trunci %a : i64 to i32
    cf.switch %low : i32, [default: ^other, 0: ^zero, 1: ^trap]
  ^zero:
    contract.cost #contract.costs<call 1>
    contract.return_call @g(%a) : (i64) -> i64
  ^trap:
    contract.trap unreachable
  ^other:
    contract.return %a : i64
  }
)";

/// As the loader of an artifact takes it.
static bool isAccepted(std::span<const uint8_t> bytes) {
  ByteReader reader(bytes);
  auto info = readModuleInfo(reader);
  auto charges = readCharges(reader);
  if (!info)
    return false;
  auto code = interp::readCode(reader, {*info, charges.size()});
  return code && reader.isDone();
}

TEST_CASE("bytecode that was written is the same for the same program") {
  CHECK(InterpModule(program).bytes == InterpModule(program).bytes);
}

TEST_CASE("bytecode that ends too early is refused, wherever that is") {
  InterpModule module(program);
  REQUIRE(module.error == "");
  REQUIRE(isAccepted(module.bytes));
  for (size_t size = 0; size < module.bytes.size(); ++size) {
    CAPTURE(size);
    // Of its own, so that a sanitizer sees what is read beyond the end.
    std::vector<uint8_t> part(module.bytes.begin(), module.bytes.begin() + long(size));
    REQUIRE_FALSE(isAccepted(part));
  }
}

TEST_CASE("bytecode with any byte changed is read or refused, and nothing else happens") {
  InterpModule module(program);
  size_t refused = 0, tried = 0;
  for (size_t at = 0; at < module.bytes.size(); ++at)
    for (uint8_t flip : {0x01, 0x02, 0x10, 0x80, 0xff}) {
      std::vector<uint8_t> bytes = module.bytes;
      bytes[at] ^= flip;
      ++tried;
      refused += !isAccepted(bytes);
    }
  // Names, constants and positions may be anything; most of the rest is found out.
  CHECK(refused > tried / 2);
}

TEST_CASE("code for another list of ops is refused") {
  InterpModule module(program);
  ByteWriter writer;
  interp::writeCode(writer, *module.code);
  writer.bytes[0] ^= 1;
  ByteReader reader(writer.bytes);
  ModuleInfo none;
  CHECK_FALSE(interp::readCode(reader, {none, 100}));
  CHECK(reader.failed());
}

TEST_CASE("code is refused for a module with other functions, globals or charges") {
  InterpModule module(program);
  ByteReader reader(module.bytes);
  auto info = readModuleInfo(reader);
  size_t charges = readCharges(reader).size();
  REQUIRE(info);
  auto fits = [&](const ModuleInfo &other, size_t numCharges) {
    ByteReader again = reader;
    return bool(interp::readCode(again, {other, numCharges}));
  };
  CHECK(fits(*info, charges));
  CHECK_FALSE(fits(*info, charges - 1));
  ModuleInfo fewer = *info;
  fewer.funcs.pop_back();
  CHECK_FALSE(fits(fewer, charges));
  ModuleInfo typed = *info;
  typed.funcs[0].type.params.pop_back();
  CHECK_FALSE(fits(typed, charges));
  ModuleInfo tableless = *info;
  tableless.tables.clear();
  CHECK_FALSE(fits(tableless, charges));
}
