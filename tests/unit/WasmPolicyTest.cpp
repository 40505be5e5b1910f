//===- WasmPolicyTest.cpp - Features switched off, and limits -------------===//
#include "frontend/wasm/Policy.h"
#include "tests/unit/WasmBytes.h"

#include <doctest/doctest.h>

using namespace writ;
using namespace writ::test;
using wasm::Feature;
using wasm::Limits;
using wasm::Policy;

static Policy without(Feature feature) {
  Policy policy;
  policy.features.set(feature, false);
  return policy;
}

static Policy limited(uint32_t Limits::*limit, uint32_t value) {
  Policy policy;
  policy.limits.*limit = value;
  return policy;
}

TEST_CASE("presets are found by name") {
  CHECK(wasm::policyPreset("default"));
  CHECK_FALSE(wasm::policyPreset("nearly"));
  Policy near = *wasm::policyPreset("near");
  CHECK(near.limits.functions == 10'000);
  CHECK(near.limits.moduleLocals == 1'000'000);
  CHECK(near.limits.memoryMaximumPages == 2'048);
  CHECK_FALSE(near.features.has(Feature::MultiValue));
  CHECK(near.features.has(Feature::SignExtension));
  for (std::string_view name : wasm::policyPresetNames())
    CHECK(wasm::policyPreset(name));
}

TEST_CASE("features and limits are found by name") {
  CHECK(wasm::parseFeature("tail-call") == Feature::TailCall);
  CHECK(wasm::featureName(Feature::BulkMemory) == "bulk-memory");
  CHECK_FALSE(wasm::parseFeature("simd"));
  Policy policy;
  REQUIRE(wasm::findLimit(policy.limits, "functions"));
  *wasm::findLimit(policy.limits, "functions") = 5;
  CHECK(policy.limits.functions == 5);
  CHECK(wasm::findLimit(policy.limits, "ducks") == nullptr);
}

TEST_CASE("the MVP cannot be switched off") {
  Policy policy = without(Feature::Mvp);
  CHECK(policy.features.has(Feature::Mvp));
}

TEST_CASE("an op of a feature that is off is refused by name") {
  struct Row {
    Feature feature;
    Bytes code;
    std::string_view op;
  };
  Row rows[] = {
      {Feature::SignExtension, {0x41, 0, 0xc0, 0x1a}, "i32.extend8_s"},
      {Feature::SaturatingFloatToInt, {0x43, 0, 0, 0, 0, 0xfc, 0, 0x1a}, "i32.trunc_sat_f32_s"},
      {Feature::BulkMemory, {0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 11, 0}, "memory.fill"},
      {Feature::ReferenceTypes, {0xd0, 0x70, 0x1a}, "ref.null"},
      {Feature::ReferenceTypes, {0x41, 0, 0x41, 0, 0x41, 0, 0x1c, 1, 0x7f, 0x1a}, "select"},
      {Feature::TailCall, {0x12, 0}, "return_call"},
  };
  for (const Row &row : rows) {
    CHECK(bodyVerdict(row.code) == "ok");
    CHECK(bodyVerdict(row.code, noType, without(row.feature)) ==
          std::string(row.op) + " needs the feature " +
              std::string(wasm::featureName(row.feature)) + ", which is switched off");
  }
}

TEST_CASE("what a feature allows in the sections is refused without it") {
  std::string off = ", which is switched off";
  Bytes twoResults = module({section(1, {1, 0x60, 0, 2, 0x7f, 0x7f})});
  CHECK(verdict(twoResults) == "ok");
  CHECK(verdict(twoResults, without(Feature::MultiValue)) ==
        "more than one result needs the feature multi-value" + off);
  CHECK(bodyVerdict({0x02, 0, 0x0b}, noType, without(Feature::MultiValue)) ==
        "block with a type index needs the feature multi-value" + off);
  Bytes mutableImport = module({section(2, {1, 0, 0, 3, 0x7f, 1})});
  CHECK(verdict(mutableImport) == "ok");
  CHECK(verdict(mutableImport, without(Feature::MutableGlobals)) ==
        "import of a mutable global needs the feature mutable-globals" + off);
  Bytes mutableExport =
      module({section(6, {1, 0x7f, 1, 0x41, 0, 0x0b}), section(7, {1, 1, 'g', 3, 0})});
  CHECK(verdict(mutableExport, without(Feature::MutableGlobals)) ==
        "export of a mutable global needs the feature mutable-globals" + off);
  Bytes twoTables = module({section(4, {2, 0x70, 0, 0, 0x70, 0, 0})});
  CHECK(verdict(twoTables) == "ok");
  CHECK(verdict(twoTables, without(Feature::ReferenceTypes)) ==
        "more than one table needs the feature reference-types" + off);
  CHECK(bodyVerdict({0x41, 0, 0x11, 0, 0x80, 0}) == "ok");
  CHECK(bodyVerdict({0x41, 0, 0x11, 0, 0x80, 0}, noType, without(Feature::ReferenceTypes)) ==
        "a table index needs the feature reference-types" + off);
  CHECK(verdict(module({section(12, {0})}), without(Feature::BulkMemory)) ==
        "data count section needs the feature bulk-memory" + off);
  CHECK(verdict(module({section(11, {1, 1, 0})}), without(Feature::BulkMemory)) ==
        "data segment with flags needs the feature bulk-memory" + off);
}

TEST_CASE("each limit of the sections is enforced and named") {
  Bytes bytes = module({section(1, {2, 0x60, 1, 0x7f, 0, 0x60, 0, 1, 0x7f}),
                        section(2, {1, 1, 'e', 1, 'f', 0, 0}), section(3, {1, 1}),
                        section(4, {1, 0x70, 0, 3}), section(5, {1, 1, 2, 3}),
                        section(6, {1, 0x7f, 0, 0x41, 0, 0x0b}), section(7, {1, 1, 'x', 0, 1}),
                        section(9, {1, 1, 0, 2, 0, 0}),
                        section(10, {1, 6, 1, 4, 0x7f, 0x41, 0, 0x0b}), section(11, {1, 1, 0})});
  REQUIRE(verdict(bytes) == "ok");
  struct Row {
    uint32_t Limits::*limit;
    uint32_t enough;
    std::string_view text;
  };
  Row rows[] = {{&Limits::moduleBytes, uint32_t(bytes.size()), "module size in bytes"},
                {&Limits::types, 2, "number of types"},
                {&Limits::params, 1, "number of parameters"},
                {&Limits::results, 1, "number of results"},
                {&Limits::imports, 1, "number of imports"},
                {&Limits::functions, 2, "number of functions"},
                {&Limits::signatureValues, 2, "sum of parameters and results of all functions"},
                {&Limits::tables, 1, "number of tables"},
                {&Limits::tableElements, 3, "initial table size"},
                {&Limits::memoryPages, 2, "initial memory size in pages"},
                {&Limits::memoryMaximumPages, 3, "maximum memory size in pages"},
                {&Limits::globals, 1, "number of globals"},
                {&Limits::exports, 1, "number of exports"},
                {&Limits::elemSegments, 1, "number of element segments"},
                {&Limits::elemItems, 2, "sum of the elements of all segments"},
                {&Limits::dataSegments, 1, "number of data segments"},
                {&Limits::nameBytes, 1, "name length in bytes"},
                {&Limits::bodyBytes, 6, "function body size in bytes"},
                {&Limits::locals, 4, "number of locals"},
                {&Limits::moduleLocals, 4, "number of locals of all functions"}};
  for (const Row &row : rows) {
    CHECK(verdict(bytes, limited(row.limit, row.enough)) == "ok");
    std::string text = verdict(bytes, limited(row.limit, row.enough - 1));
    INFO(text);
    CHECK(text.find(std::string(row.text) + " " + std::to_string(row.enough) +
                    " exceeds the limit of " + std::to_string(row.enough - 1)) !=
          std::string::npos);
  }
}

TEST_CASE("each limit of function bodies is enforced and named") {
  Bytes nested = {0x02, 0x40, 0x02, 0x40, 0x0b, 0x0b};
  CHECK(bodyVerdict(nested, noType, limited(&Limits::nesting, 2)) == "ok");
  CHECK(bodyVerdict(nested, noType, limited(&Limits::nesting, 1)) ==
        "block nesting depth 2 exceeds the limit of 1");
  Bytes table = {0x41, 0, 0x0e, 2, 0, 0, 0};
  CHECK(bodyVerdict(table, noType, limited(&Limits::brTableTargets, 2)) == "ok");
  CHECK(bodyVerdict(table, noType, limited(&Limits::brTableTargets, 1)) ==
        "number of br_table targets 2 exceeds the limit of 1");
  Bytes deep = {0x41, 0, 0x41, 0, 0x41, 0, 0x1a, 0x1a, 0x1a};
  CHECK(bodyVerdict(deep, noType, limited(&Limits::operands, 3)) == "ok");
  CHECK(bodyVerdict(deep, noType, limited(&Limits::operands, 2)) ==
        "operand stack height 3 exceeds the limit of 2");
}

TEST_CASE("the parameters of all functions are counted, imports excepted") {
  Bytes bytes =
      module({section(1, {1, 0x60, 2, 0x7f, 0x7f, 0}), section(2, {1, 1, 'e', 1, 'f', 0, 0}),
              section(3, {1, 0}), section(10, {1, 2, 0, 0x0b})});
  CHECK(verdict(bytes, limited(&Limits::moduleParams, 2)) == "ok");
  CHECK(verdict(bytes, limited(&Limits::moduleParams, 1)) ==
        "number of parameters of all functions 2 exceeds the limit of 1");
}

TEST_CASE("a limit error is told apart from a bad module") {
  Bytes bytes = module({section(1, {1, 0x60, 0, 0})});
  Result<wasm::Module> result = wasm::readModule(bytes, limited(&Limits::types, 0), "m");
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::Limit);
}

TEST_CASE("no policy allows more than a thousand parameters") {
  Bytes wide = module({section(1, join({{1, 0x60}, leb(1001), Bytes(1001, 0x7f), {0}}))});
  CHECK(verdict(wide) == "number of parameters 1001 exceeds the limit of 1000");
  CHECK(verdict(wide, limited(&Limits::params, 2000)) ==
        "1001 values in a signature; at most 1000 are supported");
}

TEST_CASE("the operands that branches pass are bounded by the size of the body") {
  // A loop with 1000 parameters, and a br_table with many labels for it.
  Bytes type = join({leb(1000), Bytes(1000, 0x7f), leb(0)});
  auto code = [](size_t labels) {
    Bytes pushes;
    for (int i = 0; i < 1000; ++i)
      pushes.insert(pushes.end(), {0x41, 0});
    return join(
        {pushes, {0x03, 0, 0x41, 0, 0x0e}, leb(uint32_t(labels)), Bytes(labels + 1, 0), {0x0b}});
  };
  CHECK(bodyVerdict(code(60), type) == "ok");
  std::string text = bodyVerdict(code(5000), type);
  CHECK(text == "branches, calls and blocks up to here pass 122000 operands; a body of this size "
                "may pass 121624");
}
