//===- OrcTest.cpp - Gas, traps, control flow and limits of native code ---===//
#include "tests/unit/OrcHarness.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>

using namespace writ;
using namespace writ::test;

static const char *const loopWithStores = R"(
  contract.memory 1
  contract.global mutable i32 = 0 : i32
  contract.export "f" func 0
  contract.func @f(%n: i32) -> i32 locals [i32] frame 100 {
    %four = arith.constant 4 : i32
    %one = arith.constant 1 : i32
    %zero = arith.constant 0 : i32
    contract.cost #contract.costs<loop 1>
    cf.br ^head
  ^head:
    %i = contract.local_get 1 : i32
    contract.cost #contract.costs<local 2, integer 1, branch 1>
    %more = arith.cmpi ult, %i, %n : i32
    cf.cond_br %more, ^body, ^done
  ^body:
    %a = arith.muli %i, %four : i32
    contract.cost #contract.costs<local 3, integer_mul 1, load 1>
    %x = contract.load 32 %a + 0 : i32
    %odd = arith.andi %x, %one : i32
    %isOdd = arith.cmpi ne, %odd, %zero : i32
    contract.cost #contract.costs<branch 1>
    cf.cond_br %isOdd, ^skip, ^both
  ^both:
    contract.cost #contract.costs<store 1, local 1>
    contract.store 32 %i, %a + 4 : i32
    contract.cost #contract.costs<global 1>
    contract.global_set 0, %a : i32
    contract.cost #contract.costs<store 1, marker 1>
    contract.store 8 %a, %i + 65530 : i32
    contract.cost #contract.costs<marker 2>
    cf.br ^skip
  ^skip:
    %next = arith.addi %i, %one : i32
    contract.local_set 1, %next : i32
    contract.cost #contract.costs<local 2, integer 1, branch 1>
    cf.br ^head
  ^done:
    contract.cost #contract.costs<marker 1>
    contract.return %i : i32
  })";

TEST_CASE("a loop with effects and traps costs the same at every gas limit") {
  BothTiers m(loopWithStores);
  m.callAtEveryGasLimit("f", {5});
  m.callAtEveryGasLimit("f", {9}); // Its seventh round stores past the end.
}

TEST_CASE("a trap after the gas has run out is out_of_gas") {
  BothTiers m(R"(
    contract.memory 1
    contract.export "f" func 0
    contract.func @f(%p: i32, %q: i32) -> i32 frame 100 {
      contract.cost #contract.costs<branch 5>
      %c = arith.cmpi ult, %p, %q : i32
      cf.cond_br %c, ^a, ^b
    ^a:
      contract.cost #contract.costs<integer_div 7>
      %d = contract.div_u %p, %q : i32
      contract.cost #contract.costs<load 3>
      %x = contract.load 32 %d + 65536 : i32
      contract.return %x : i32
    ^b:
      contract.cost #contract.costs<integer_div 7>
      %e = contract.div_u %p, %q : i32
      contract.cost #contract.costs<marker 1>
      contract.return %e : i32
    })");
  m.callAtEveryGasLimit("f", {1, 2});
  m.callAtEveryGasLimit("f", {1, 0});
  CHECK(m.call("f", {1, 0}, 11) == "trap out_of_gas, 11 gas");
  CHECK(m.call("f", {1, 0}, 12) == "trap integer_divide_by_zero, 12 gas");
}

TEST_CASE("calls, recursion and tail calls agree at every gas limit and stack depth") {
  BothTiers m(R"(
    contract.table !contract.funcref 4
    contract.elem !contract.funcref in 0 at 0 : i32 [@sum, @pair, unit]
    contract.export "sum" func 0
    contract.export "indirect" func 2
    contract.export "count" func 3
    contract.func @sum(%n: i32) -> i32 frame 80 {
      %one = arith.constant 1 : i32
      %zero = arith.constant 0 : i32
      contract.cost #contract.costs<branch 2>
      %more = arith.cmpi ne, %n, %zero : i32
      cf.cond_br %more, ^again, ^done
    ^again:
      %m = arith.subi %n, %one : i32
      contract.cost #contract.costs<call 1>
      %r:2 = contract.call @pair(%m) : (i32) -> (i32, i64)
      %s = arith.addi %r#0, %n : i32
      contract.cost #contract.costs<integer 1>
      contract.return %s : i32
    ^done:
      contract.return %zero : i32
    }
    contract.func @pair(%n: i32) -> (i32, i64) frame 72 {
      contract.cost #contract.costs<call 1>
      %r = contract.call @sum(%n) : (i32) -> i32
      %wide = arith.extui %r : i32 to i64
      contract.cost #contract.costs<convert 1>
      contract.return %r, %wide : i32, i64
    }
    contract.func @indirect(%i: i32, %n: i32) -> i32 frame 80 {
      contract.cost #contract.costs<call_indirect 1>
      %r = contract.call_indirect 0[%i](%n) : (i32) -> i32
      contract.cost #contract.costs<marker 1>
      contract.return %r : i32
    }
    contract.func @count(%n: i32, %sum: i64) -> i64 frame 90 {
      %one = arith.constant 1 : i32
      %zero = arith.constant 0 : i32
      %m = arith.subi %n, %one : i32
      %wide = arith.extui %n : i32 to i64
      %more = arith.addi %sum, %wide : i64
      contract.cost #contract.costs<branch 2>
      %isLast = arith.cmpi eq, %n, %zero : i32
      cf.cond_br %isLast, ^done, ^again
    ^again:
      contract.cost #contract.costs<call 1>
      contract.return_call @count(%m, %more) : (i32, i64) -> i64
    ^done:
      contract.return %sum : i64
    })");
  m.callAtEveryGasLimit("sum", {4});
  CHECK(m.call("sum", {100000}, 100'000'000).starts_with("trap stack_exhausted"));
  for (uint64_t element : {0, 1, 2, 3, 4})
    m.callAtEveryGasLimit("indirect", {element, 3});
  CHECK(m.call("count", {100000, 0}, 100'000'000).starts_with("0x12a06b550"));
}

TEST_CASE("edges to one block may pass different values") {
  BothTiers m(R"(
    contract.export "f" func 0
    contract.func @f(%p: i32) -> i32 frame 100 {
      %a = arith.constant 10 : i32
      %b = arith.constant 20 : i32
      contract.cost #contract.costs<branch_table 1>
      cf.switch %p : i32, [ default: ^to(%a : i32), 0: ^to(%b : i32), 1: ^to(%a : i32),
                            2: ^to(%p : i32) ]
    ^to(%x: i32):
      %c = arith.cmpi eq, %x, %a : i32
      cf.cond_br %c, ^out(%x : i32), ^out(%b : i32)
    ^out(%y: i32):
      %s = arith.addi %x, %y : i32
      contract.return %s : i32
    })");
  for (uint64_t p : {0, 1, 2, 3})
    m.call("f", {p});
}

TEST_CASE("each access that may fault is listed with the machine code") {
  BothTiers m(loopWithStores);
  std::string ir = m.emit(OrcStage::LLVMAfter), assembly = m.emit(OrcStage::Assembly);
  auto count = [](const std::string &text, const char *pattern) {
    std::regex regex(pattern);
    return std::distance(std::sregex_iterator(text.begin(), text.end(), regex), {});
  };
  CHECK(count(ir, "!alias.scope") == 3);
  CHECK(count(assembly, "\\.long\\s+\\.Lpcsection") >= 3);
}

/// The assembly but its lists of trap sites: LLVM orders them by address, and the loader sorts
/// them.
static std::string instructions(BothTiers &m) {
  std::string text = m.emit(OrcStage::Assembly);
  for (size_t from; (from = text.find(".Lpcsection_base")) != std::string::npos;)
    text.erase(from, text.find(".text", from) - from);
  return text;
}

TEST_CASE("the same input gives the same machine code") {
  BothTiers first(loopWithStores), second(loopWithStores);
  CHECK(instructions(first) == instructions(second));
}

TEST_CASE("a function that needs more work than the budget is refused by name") {
  OrcOptions options;
  options.budget = 100;
  BothTiers m(loopWithStores, options);
  CHECK(m.error.starts_with("function 0 'f': optimizing it needs"));
}
