//===- OrcOpsTest.cpp - Every op gives the same on both tiers -------------===//
#include "tests/unit/OrcHarness.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

static const std::vector<uint64_t> edges32 = {
    0, 1, 2, 31, 32, 33, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 0x12345678};
static const std::vector<uint64_t> edges64 = {0,
                                              1,
                                              63,
                                              64,
                                              65,
                                              0x7fffffffffffffff,
                                              0x8000000000000000,
                                              0xffffffffffffffff,
                                              0xffffffff,
                                              0x123456789abcdef0};
// Zeros, ones, limits of integers, infinities, quiet and signalling NaNs of both signs.
static const std::vector<uint64_t> floats32 = {
    0,          0x80000000, 0x3f800000, 0xbf800000, 0x3f000000, 0xbf400000, 0x4f000000, 0xcf000000,
    0xcf000001, 0x4f7fffff, 0x4f800000, 0x5f000000, 0xdf000000, 0x5f800000, 0x7f800000, 0xff800000,
    0x7fc00000, 0xffc00000, 0x7fa00001, 0xffa12345, 0x00000001, 0x80000001, 0x7f7fffff, 0x40200000};
static const std::vector<uint64_t> floats64 = {0,
                                               0x8000000000000000,
                                               0x3ff0000000000000,
                                               0xbff0000000000000,
                                               0xbfefffffffffffff,
                                               0x3fe0000000000000,
                                               0x41dfffffffc00000,
                                               0x41e0000000000000,
                                               0xc1e0000000000000,
                                               0xc1e0000000100000,
                                               0xc1e0000000200000,
                                               0x41efffffffe00000,
                                               0x41f0000000000000,
                                               0x43e0000000000000,
                                               0xc3e0000000000000,
                                               0x43f0000000000000,
                                               0x7ff0000000000000,
                                               0xfff0000000000000,
                                               0x7ff8000000000000,
                                               0xfff8000000000000,
                                               0x7ff4000000000001,
                                               0xfff4000000012345,
                                               0x0000000000000001,
                                               0x7fefffffffffffff,
                                               0x4004000000000000};

static const std::vector<uint64_t> &edgesOf(const std::string &type) {
  if (type == "i32")
    return edges32;
  if (type == "i64")
    return edges64;
  return type == "f32" ? floats32 : floats64;
}

/// Calls `op` on every pair of edge values.
static void checkBinary(const std::string &op, const std::string &type) {
  BothTiers m(fmt::format(R"(
    contract.export "f" func 0
    contract.func @f(%p: {1}, %q: {1}) -> {1} frame 100 {{
      contract.cost #contract.costs<integer 2>
      %r = {0} %p, %q : {1}
      contract.cost #contract.costs<local 3>
      contract.return %r : {1}
    }})",
                          op, type));
  for (uint64_t p : edgesOf(type))
    for (uint64_t q : edgesOf(type))
      m.call("f", {p, q});
}

static void checkUnary(const std::string &line, const std::string &from, const std::string &to) {
  CAPTURE(line);
  BothTiers m(fmt::format(R"(
    contract.export "f" func 0
    contract.func @f(%p: {1}) -> {2} frame 100 {{
      contract.cost #contract.costs<convert 2>
      {0}
      contract.cost #contract.costs<local 3>
      contract.return %r : {2}
    }})",
                          line, from, to));
  for (uint64_t p : edgesOf(from))
    m.call("f", {p});
}

TEST_CASE("integer ops agree on edge values") {
  for (std::string type : {"i32", "i64"}) {
    for (std::string op :
         {"div_s", "div_u", "rem_s", "rem_u", "shl", "shr_s", "shr_u", "rotl", "rotr"})
      checkBinary("contract." + op, type);
    for (std::string op : {"addi", "subi", "muli", "andi", "ori", "xori"})
      checkBinary("arith." + op, type);
    for (std::string op : {"clz", "ctz", "popcnt"})
      checkUnary(fmt::format("%r = contract.{} %p : {}", op, type), type, type);
  }
}

TEST_CASE("float ops agree on edge values, to the bits of their NaNs") {
  for (std::string type : {"f32", "f64"}) {
    for (std::string op : {"fadd", "fsub", "fmul", "fdiv", "fmin", "fmax", "fcopysign"})
      checkBinary("contract." + op, type);
    for (std::string op : {"fsqrt", "fceil", "ffloor", "ftrunc", "fnearest", "fabs", "fneg"})
      checkUnary(fmt::format("%r = contract.{} %p : {}", op, type), type, type);
  }
  checkUnary("%r = contract.fext %p", "f32", "f64");
  checkUnary("%r = contract.fdemote %p", "f64", "f32");
}

TEST_CASE("what looks at bits sees canonical NaNs of arithmetic, and others as they are") {
  for (std::string type : {"f32", "f64"}) {
    checkUnary(fmt::format("%s = contract.fadd %p, %p : {0}\n%r = contract.fneg %s : {0}", type),
               type, type);
    checkUnary(fmt::format("%s = contract.fsqrt %p : {0}\n%r = contract.fabs %s : {0}", type), type,
               type);
    checkUnary(fmt::format("%c = arith.cmpf olt, %p, %p : {0}\n%s = contract.fmul %p, %p : {0}\n"
                           "%r = arith.select %c, %p, %s : {0}",
                           type),
               type, type);
  }
  checkUnary("%s = contract.fsub %p, %p : f64\n%r = arith.bitcast %s : f64 to i64", "f64", "i64");
  checkUnary("%r = arith.bitcast %p : f32 to i32", "f32", "i32");
}

TEST_CASE("conversions between floats and integers agree on edge values") {
  for (std::string from : {"f32", "f64"})
    for (std::string to : {"i32", "i64"})
      for (std::string op : {"fto_s", "fto_u", "fto_s_sat", "fto_u_sat"})
        checkUnary(fmt::format("%r = contract.{} %p : {} to {}", op, from, to), from, to);
  for (std::string from : {"i32", "i64"})
    for (std::string to : {"f32", "f64"})
      for (std::string op : {"sitofp", "uitofp"})
        checkUnary(fmt::format("%r = arith.{} %p : {} to {}", op, from, to), from, to);
}

TEST_CASE("loads and stores agree around the end of the memory, with either kind of check") {
  for (bool explicitBounds : {false, true}) {
    OrcOptions options;
    options.explicitBounds = explicitBounds;
    BothTiers m(R"(
      contract.memory 1
      contract.data at 65528 : i32 "\81\82\83\84\85\86\87\88"
      contract.export "load" func 0
      contract.export "store" func 1
      contract.export "update" func 2
      contract.func @load(%a: i32) -> i64 frame 100 {
        contract.cost #contract.costs<load 1>
        %x = contract.load signed 16 %a + 3 : i64
        contract.cost #contract.costs<load 10>
        %y = contract.load 8 %a + 4294967295 : i64
        contract.cost #contract.costs<integer 100>
        %r = arith.addi %x, %y : i64
        contract.return %r : i64
      }
      contract.func @store(%a: i32) frame 100 {
        %x = contract.load 32 %a + 0 : f32
        contract.cost #contract.costs<store 1>
        contract.store 32 %x, %a + 4 : f32
        contract.cost #contract.costs<store 10>
        contract.store 32 %x, %a + 2 : f32
        contract.cost #contract.costs<local 100>
        contract.return
      }
      contract.func @update(%a: i32) frame 100 {
        %one = arith.constant 1 : i32
        contract.cost #contract.costs<load 1>
        %x = contract.load 32 %a + 8 : i32
        %y = arith.addi %x, %one : i32
        contract.cost #contract.costs<store 10>
        contract.store 32 %y, %a + 8 : i32
        contract.cost #contract.costs<local 100>
        contract.return
      })",
                options);
    for (uint32_t address : {0u, 1u, 65519u, 65524u, 65525u, 65526u, 65528u, 65531u, 65532u, 65533u,
                             65536u, 0x7fffffffu, 0xfffffff0u, 0xffffffffu})
      for (const char *name : {"load", "store", "update"})
        for (uint64_t gas : {1000, 30, 21, 20, 12, 11, 10})
          m.call(name, {address}, gas);
  }
}
