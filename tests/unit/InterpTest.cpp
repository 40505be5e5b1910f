//===- InterpTest.cpp - The interpreter does what core ops say ------------===//
#include "tests/unit/InterpHarness.h"

#include <doctest/doctest.h>

using namespace writ;
using namespace writ::test;

static uint64_t only(const CallOutcome &outcome) {
  REQUIRE_FALSE(outcome.trapped());
  REQUIRE(outcome.values.size() == 1);
  return outcome.values[0];
}

/// `@f` on two operands of `type`, with `op` between them.
static InterpModule binary(std::string op, std::string type) {
  return InterpModule("contract.export \"f\" func 0\n"
                      "contract.func @f(%p: " +
                      type + ", %q: " + type + ") -> " + type +
                      " frame 100 {\n"
                      "  %r = " +
                      op + " %p, %q : " + type +
                      "\n"
                      "  contract.return %r : " +
                      type + "\n}\n");
}

TEST_CASE("the interpreter divides and reports what cannot be divided") {
  InterpModule s = binary("contract.div_s", "i32");
  CHECK(only(s.call("f", {uint32_t(-7), 2})) == uint32_t(-3));
  CHECK(s.call("f", {1, 0}).trap.kind == TrapKind::IntegerDivideByZero);
  CHECK(s.call("f", {0x80000000, 0xffffffff}).trap.kind == TrapKind::IntegerOverflow);
  InterpModule r = binary("contract.rem_s", "i64");
  CHECK(only(r.call("f", {uint64_t(1) << 63, ~uint64_t(0)})) == 0);
  CHECK(only(r.call("f", {uint64_t(-7), 4})) == uint64_t(-3));
  InterpModule u = binary("contract.div_u", "i64");
  CHECK(only(u.call("f", {~uint64_t(0), 2})) == ~uint64_t(0) >> 1);
}

TEST_CASE("32-bit results leave the upper half of their words clear") {
  CHECK(only(binary("arith.subi", "i32").call("f", {0, 1})) == 0xffffffff);
  CHECK(only(binary("contract.shr_s", "i32").call("f", {0x80000000, 31})) == 0xffffffff);
  CHECK(only(binary("contract.rotl", "i32").call("f", {0x80000001, 33})) == 3);
}

TEST_CASE("NaNs that arithmetic makes are canonical") {
  InterpModule add = binary("contract.fadd", "f32");
  CHECK(only(add.call("f", {0xffc12345, 0x3f800000})) == 0x7fc00000);
  CHECK(only(add.call("f", {0x7f800000, 0xff800000})) == 0x7fc00000);
  InterpModule min = binary("contract.fmin", "f64");
  CHECK(only(min.call("f", {uint64_t(1) << 63, 0})) == uint64_t(1) << 63);
  CHECK(only(min.call("f", {0, 0x7ff4000000000000})) == 0x7ff8000000000000);
  InterpModule sign = binary("contract.fcopysign", "f32");
  CHECK(only(sign.call("f", {0x7fa00001, 0x80000000})) == 0xffa00001);
}

TEST_CASE("a local is read as it was when its get ran") {
  // The get of slot 0 is used after slot 0 is written, so it needs a word of its own.
  InterpModule m(R"(
  contract.export "f" func 0
  contract.func @f(%p: i32) -> i32 frame 100 {
    %old = contract.local_get 0 : i32
    %one = arith.constant 1 : i32
    %new = arith.addi %old, %one : i32
    contract.local_set 0, %new : i32
    %now = contract.local_get 0 : i32
    %r = arith.muli %old, %now : i32
    contract.return %r : i32
  })");
  CHECK(only(m.call("f", {6})) == 42);
}

TEST_CASE("a value that is stored and used on is right after its slot is written again") {
  InterpModule m(R"(
  contract.export "f" func 0
  contract.func @f(%p: i32) -> i32 locals [i32] frame 100 {
    %x = contract.local_get 0 : i32
    %d = arith.addi %x, %x : i32
    contract.local_set 1, %d : i32
    %e = arith.addi %d, %x : i32
    contract.local_set 1, %e : i32
    %y = contract.local_get 1 : i32
    %s = arith.subi %y, %d : i32
    contract.return %s : i32
  })");
  CHECK(only(m.call("f", {9})) == 9);
}

TEST_CASE("block arguments are exchanged all at once") {
  InterpModule m(R"(
  contract.export "f" func 0
  contract.func @f(%p: i32) -> i32 locals [i32] frame 200 {
    %a = arith.constant 1 : i32
    %b = arith.constant 2 : i32
    %c = arith.constant 3 : i32
    %n = contract.local_get 0 : i32
    cf.br ^loop(%a, %b, %c, %n : i32, i32, i32, i32)
  ^loop(%x: i32, %y: i32, %z: i32, %left: i32):
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %rest = arith.subi %left, %one : i32
    %more = arith.cmpi ne, %left, %zero : i32
    cf.cond_br %more, ^loop(%y, %z, %x, %rest : i32, i32, i32, i32), ^done
  ^done:
    %ten = arith.constant 10 : i32
    %h = arith.muli %x, %ten : i32
    %i = arith.addi %h, %y : i32
    %j = arith.muli %i, %ten : i32
    %k = arith.addi %j, %z : i32
    contract.return %k : i32
  })");
  CHECK(only(m.call("f", {0})) == 123);
  CHECK(only(m.call("f", {1})) == 231);
  CHECK(only(m.call("f", {2})) == 312);
  CHECK(only(m.call("f", {300})) == 123);
}

TEST_CASE("a switch takes its default for whatever is not a case") {
  auto text = [](std::string cases) {
    return "contract.export \"f\" func 0\n"
           "contract.func @f(%p: i32) -> i32 frame 100 {\n"
           "  %a = arith.constant 10 : i32\n  %b = arith.constant 20 : i32\n"
           "  %d = arith.constant 30 : i32\n"
           "  cf.switch %p : i32, [default: ^to(%d : i32), " +
           cases +
           "]\n"
           "^to(%r: i32):\n  contract.return %r : i32\n}\n";
  };
  InterpModule dense(text("0: ^to(%a : i32), 1: ^to(%b : i32)"));
  InterpModule sparse(text("7: ^to(%a : i32), 100000: ^to(%b : i32)"));
  CHECK(only(dense.call("f", {0})) == 10);
  CHECK(only(dense.call("f", {1})) == 20);
  CHECK(only(dense.call("f", {2})) == 30);
  CHECK(only(dense.call("f", {0xffffffff})) == 30);
  CHECK(only(sparse.call("f", {7})) == 10);
  CHECK(only(sparse.call("f", {100000})) == 20);
  CHECK(only(sparse.call("f", {0})) == 30);
}

TEST_CASE("accesses that are not wholly inside the memory trap and change nothing") {
  InterpModule m(R"(
  contract.memory 1
  contract.export "f" func 0
  contract.func @f(%p: i32) -> i32 frame 100 {
    %v = arith.constant 305419896 : i32
    contract.store 32 %v, %p + 1 : i32
    %r = contract.load signed 8 %p + 2 : i32
    contract.return %r : i32
  })");
  CHECK(only(m.call("f", {8})) == 0x56);
  CHECK(only(m.call("f", {65531})) == 0x56);
  CHECK(m.memory(16) == std::string(16, '\0'));
  CallOutcome outcome = m.call("f", {65532});
  CHECK(outcome.trap.kind == TrapKind::MemoryOutOfBounds);
  CHECK(outcome.trap.func == 0);
  CHECK(outcome.trap.offset == 6); // The line of the store.
  CHECK(m.call("f", {0xffffffff}).trap.kind == TrapKind::MemoryOutOfBounds);
}

static const char *callsText = R"(
  contract.table !contract.funcref 4
  contract.elem !contract.funcref in 0 at 0 : i32 [@sum, @none, unit]
  contract.export "direct" func 2
  contract.export "indirect" func 3
  contract.export "count" func 4
  contract.export "deep" func 5
  contract.func @sum(%p: i32, %q: i32) -> (i32, i32) frame 100 {
  %r = arith.addi %p, %q : i32
  contract.return %q, %r : i32, i32
  }
  contract.func @none() frame 64 {
  contract.return
  }
  contract.func @direct(%p: i32) -> i32 frame 100 {
  %c = arith.constant 5 : i32
  %x:2 = contract.call @sum(%p, %c) : (i32, i32) -> (i32, i32)
  %y:2 = contract.call @sum(%x#1, %x#0) : (i32, i32) -> (i32, i32)
  %r = arith.subi %y#1, %y#0 : i32
  contract.return %r : i32
  }
  contract.func @indirect(%p: i32) -> i32 frame 100 {
  %c = arith.constant 5 : i32
  %x:2 = contract.call_indirect 0[%p](%c, %p) : (i32, i32) -> (i32, i32)
  contract.return %x#1 : i32
  }
  contract.func @count(%p: i64, %q: i64) -> i64 frame 100 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %done = arith.cmpi eq, %p, %zero : i64
  cf.cond_br %done, ^done, ^more
  ^done:
  contract.return %q : i64
  ^more:
  %left = arith.subi %p, %one : i64
  %next = arith.addi %q, %p : i64
  contract.return_call @count(%left, %next) : (i64, i64) -> i64
  }
  contract.func @deep(%p: i32) -> i32 frame 80 {
  %one = arith.constant 1 : i32
  %next = arith.addi %p, %one : i32
  %r = contract.call @deep(%next) : (i32) -> i32
  contract.return %r : i32
  }
)";

TEST_CASE("calls pass arguments and several results") {
  InterpModule m(callsText);
  CHECK(only(m.call("direct", {7})) == 12);
}

TEST_CASE("indirect calls check the index, then for null, then the type") {
  InterpModule m(callsText);
  CHECK(only(m.call("indirect", {0})) == 5);
  CHECK(m.call("indirect", {1}).trap.kind == TrapKind::IndirectCallTypeMismatch);
  CHECK(m.call("indirect", {2}).trap.kind == TrapKind::UninitializedElement);
  CHECK(m.call("indirect", {3}).trap.kind == TrapKind::UninitializedElement);
  CHECK(m.call("indirect", {4}).trap.kind == TrapKind::UndefinedElement);
}

TEST_CASE("any number of tail calls takes no stack") {
  InterpModule m(callsText);
  CHECK(only(m.call("count", {100000, 0})) == 5000050000);
}

TEST_CASE("recursion ends at the metered limit, to the byte") {
  InterpModule m(callsText);
  CHECK(m.call("deep", {0}).trap.kind == TrapKind::StackExhausted);
  CallLimits limits;
  limits.stackBytes = 79;
  CHECK(m.call("deep", {0}, limits).trap.kind == TrapKind::StackExhausted);
  limits.stackBytes = 100;
  CHECK(only(m.call("direct", {7}, {})) == 12);
  CHECK(m.call("direct", {7}, limits).trap.kind == TrapKind::StackExhausted);
  limits.stackBytes = 200;
  CHECK(only(m.call("direct", {7}, limits)) == 12);
}

TEST_CASE("frames beyond 65536 words work") {
  // All of the values live until the end.
  constexpr unsigned count = 70000;
  std::string text = "contract.export \"f\" func 0\n"
                     "contract.func @f(%p: i32) -> i32 frame 600000 {\n";
  text += "  %v0 = arith.addi %p, %p : i32\n";
  for (unsigned i = 1; i < count; ++i)
    text +=
        "  %v" + std::to_string(i) + " = arith.addi %v" + std::to_string(i - 1) + ", %p : i32\n";
  text += "  %s0 = arith.addi %p, %v0 : i32\n";
  for (unsigned i = 1; i < count; ++i)
    text += "  %s" + std::to_string(i) + " = arith.addi %s" + std::to_string(i - 1) + ", %v" +
            std::to_string(i) + " : i32\n";
  text += "  contract.return %s" + std::to_string(count - 1) + " : i32\n}\n";
  InterpModule m(text);
  CallLimits limits;
  limits.stackBytes = 1 << 20;
  // 1 + 2 + 3 + … + (count + 1).
  CHECK(only(m.call("f", {1}, limits)) == uint32_t(uint64_t(count + 1) * (count + 2) / 2));
}

TEST_CASE("a frame that would pass its bound is refused") {
  std::string text = "contract.export \"f\" func 0\n"
                     "contract.func @f(%p: i64) -> i64 frame 72 {\n";
  for (unsigned i = 0; i < 20; ++i)
    text += "  %v" + std::to_string(i) + " = contract.rotl %p, %p : i64\n";
  for (unsigned i = 0; i < 20; ++i)
    text += "  %s" + std::to_string(i) + " = arith.addi %" +
            (i == 0 ? "p" : "s" + std::to_string(i - 1)) + ", %v" + std::to_string(i) + " : i64\n";
  InterpModule m(text + "  contract.return %s19 : i64\n}\n");
  CHECK(m.error.find("the metered frame of 72") != std::string::npos);
}
