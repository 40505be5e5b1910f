//===- InterpFormatTest.cpp - Regions that were written and read ----------===//
//
// That regions which were read do what was translated is for all tests with artifacts to say
// (tests/support/Variant.h). Here they are damaged.
//
//===----------------------------------------------------------------------===//
#include "jit/interp/RegionFormat.h"
#include "tests/unit/InterpHarness.h"

#include <algorithm>
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
    contract.cost #contract.costs<store 1>
    contract.memory_init 1, %n, %n, %n
    contract.cost #contract.costs<load 2>
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

namespace {
/// The regions of the program's first own function, as artifacts have them.
struct Regions {
  explicit Regions(const InterpModule &module) {
    interp::RegionSlicer slicer(*module.code);
    std::vector<interp::RegionSlice> slices;
    for (const auto &[charge, region] : module.regions)
      if (module.code->regions[region.region].function == 0)
        slices.push_back(slicer.cut(region.region));
    std::ranges::sort(slices, {}, &interp::RegionSlice::region);
    count = slices.size();
    ByteWriter writer;
    writeRegions(writer, *module.code, module.code->functions[0], slices);
    bytes = std::move(writer.bytes);
  }
  /// As the loader of an artifact takes it.
  static bool isAccepted(std::span<const uint8_t> bytes, size_t count, const ModuleInfo &info,
                         size_t numCharges) {
    ByteReader reader(bytes);
    auto code = interp::readRegions(reader, 1, count, {info, numCharges});
    return code && reader.isDone();
  }
  bool isAccepted(const InterpModule &module, std::span<const uint8_t> changed) const {
    return isAccepted(changed, count, module.module().info(), module.module().numCharges());
  }

  std::vector<uint8_t> bytes;
  size_t count = 0;
};
} // namespace

TEST_CASE("regions that were written are the same for the same program") {
  InterpModule module(program);
  REQUIRE(module.error == "");
  Regions regions(module);
  CHECK(regions.count >= 2);
  CHECK(regions.bytes == Regions(InterpModule(program)).bytes);
}

TEST_CASE("regions that end too early are refused, wherever that is") {
  InterpModule module(program);
  Regions regions(module);
  REQUIRE(regions.isAccepted(module, regions.bytes));
  for (size_t size = 0; size < regions.bytes.size(); ++size) {
    CAPTURE(size);
    // Of its own, so that a sanitizer sees what is read beyond the end.
    std::vector<uint8_t> part(regions.bytes.begin(), regions.bytes.begin() + long(size));
    REQUIRE_FALSE(regions.isAccepted(module, part));
  }
}

TEST_CASE("regions with any byte changed are read or refused, and nothing else happens") {
  InterpModule module(program);
  Regions regions(module);
  size_t refused = 0;
  for (size_t at = 0; at < regions.bytes.size(); ++at)
    for (unsigned flip = 1; flip < 256; ++flip) {
      std::vector<uint8_t> bytes = regions.bytes;
      bytes[at] ^= uint8_t(flip);
      refused += !regions.isAccepted(module, bytes);
    }
  CHECK(refused > 0); // Constants, offsets and positions may be anything.
}

TEST_CASE("a slice has the ops whose running can be told, and those that these depend on") {
  InterpModule module(R"(
    contract.memory 1 max 2
    contract.export "f" func 0
    contract.func @f(%a: i32, %b: i32) -> i32 frame 128 {
      contract.cost #contract.costs<integer 2, load 1>
      %s = arith.addi %a, %b : i32
      %unused = arith.muli %a, %a : i32
      %v = contract.load 32 %s + 16 : i32
      contract.cost #contract.costs<integer 1>
      %w = arith.xori %v, %unused : i32
      contract.cost #contract.costs<load 1>
      %x = contract.load 32 %w + 0 : i32
      contract.return %x : i32
    }
  )");
  REQUIRE(module.error == "");
  REQUIRE(module.code->regions.size() == 1);
  interp::RegionSlice slice = interp::RegionSlicer(*module.code).cut(0);
  std::string ops;
  for (uint32_t at : slice.cells)
    ops += std::string(interp::opInfo(interp::opOf(module.code->cells[at].handler)).mnemonic) + " ";
  CHECK(ops == "enter mov mov i32.add load.u32 ");
  CHECK(slice.reads == std::vector<uint32_t>{0, 1});
}

TEST_CASE("regions are refused for a module with other globals, memories or charges") {
  InterpModule module(program);
  Regions regions(module);
  const ModuleInfo &info = module.module().info();
  size_t charges = module.module().numCharges();
  auto fits = [&](const ModuleInfo &other, size_t numCharges) {
    return Regions::isAccepted(regions.bytes, regions.count, other, numCharges);
  };
  CHECK(fits(info, charges));
  CHECK_FALSE(fits(info, 1));
  ModuleInfo other = info;
  other.globals.pop_back();
  CHECK_FALSE(fits(other, charges));
  other = info;
  other.data.pop_back();
  CHECK_FALSE(fits(other, charges));
}
