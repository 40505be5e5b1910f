//===- ImageTest.cpp - Declarations that were written and read ------------===//
#include "jit/image/ModuleInfoFormat.h"

#include <doctest/doctest.h>

using namespace writ;

static ConstExpr number(ValueType type, uint64_t bits) {
  return {ConstExpr::Kind::Value, type, bits, 0};
}
static ConstExpr reference(ConstExpr::Kind kind, uint32_t index = 0) {
  return {kind, ValueType::FuncRef, 0, index};
}

/// One with something of everything.
static ModuleInfo everything() {
  using Kind = ConstExpr::Kind;
  ModuleInfo info;
  info.name = "m";
  info.imports = {{ExternKind::Global, 0},
                  {ExternKind::Func, 0},
                  {ExternKind::Memory, 0},
                  {ExternKind::Table, 0}};
  FuncType none, some{{ValueType::I32, ValueType::F64}, {ValueType::I64}};
  info.funcs = {{some, "read", ImportName{"env", "read"}}, {none, "", {}}, {some, "f", {}}};
  info.tables = {{ValueType::FuncRef, {1, 5}, ImportName{"env", "t"}},
                 {ValueType::ExternRef, {0, {}}, {}}};
  info.memories = {{{1, 65536}, ImportName{"env", "m"}}};
  info.globals = {{ValueType::I32, false, ImportName{"env", "base"}, {}},
                  {ValueType::F64, true, {}, number(ValueType::F64, ~uint64_t(0))},
                  {ValueType::FuncRef, true, {}, reference(Kind::RefFunc, 2)},
                  {ValueType::I32, false, {}, {Kind::GlobalGet, ValueType::I32, 0, 0}}};
  info.exports = {{"run", ExternKind::Func, 2}, {"", ExternKind::Memory, 0}};
  info.data = {{SegmentMode::Active, 0, number(ValueType::I32, 8), std::string("a\0b", 3)},
               {SegmentMode::Passive, 0, {}, ""}};
  info.elems = {{SegmentMode::Active,
                 ValueType::FuncRef,
                 0,
                 number(ValueType::I32, 1),
                 {reference(Kind::RefFunc, 1), reference(Kind::RefNull)}},
                {SegmentMode::Declarative, ValueType::FuncRef, 0, {}, {}}};
  info.start = 1;
  return info;
}

static std::vector<uint8_t> written(const ModuleInfo &info) {
  ByteWriter writer;
  writeModuleInfo(writer, info);
  return writer.bytes;
}

static Result<ModuleInfo> read(std::span<const uint8_t> bytes) {
  ByteReader reader(bytes);
  auto info = readModuleInfo(reader);
  if (info && !reader.isDone())
    return badInput("there is more");
  return info;
}

TEST_CASE("declarations are read as they were written") {
  std::vector<uint8_t> bytes = written(everything());
  Result<ModuleInfo> info = read(bytes);
  REQUIRE(info);
  CHECK(written(*info) == bytes);
  CHECK(info->imports[2].kind == ExternKind::Memory);
  CHECK(importName(*info, info->imports[1]).name == "read");
  CHECK((info->funcs[2].type == everything().funcs[2].type));
  CHECK(info->memories[0].limits == SizeLimits{1, 65536});
  CHECK(info->data[0].bytes == std::string("a\0b", 3));
  CHECK(info->elems[0].items[0].index == 1);
  CHECK(info->start == 1);
}

TEST_CASE("declarations that end too early are refused, wherever that is") {
  std::vector<uint8_t> bytes = written(everything());
  for (size_t size = 0; size < bytes.size(); ++size)
    REQUIRE_FALSE(read(std::vector<uint8_t>(bytes.begin(), bytes.begin() + long(size))));
}

TEST_CASE("declarations with any byte changed are refused, or can be written again") {
  std::vector<uint8_t> bytes = written(everything());
  for (size_t at = 0; at < bytes.size(); ++at)
    for (uint8_t flip : {0x01, 0x02, 0x04, 0x80, 0xff}) {
      std::vector<uint8_t> changed = bytes;
      changed[at] ^= flip;
      if (Result<ModuleInfo> info = read(changed))
        REQUIRE(written(*info).size() <= changed.size());
    }
}

TEST_CASE("declarations that nothing could be made of are refused") {
  auto isRefused = [](auto change) {
    ModuleInfo info = everything();
    change(info);
    return !read(written(info));
  };
  CHECK_FALSE(isRefused([](ModuleInfo &) {}));
  CHECK(isRefused([](ModuleInfo &m) { m.start = 3; }));
  CHECK(isRefused([](ModuleInfo &m) { m.start = 2; })); // It takes values.
  CHECK(isRefused([](ModuleInfo &m) { m.exports[0].index = 3; }));
  CHECK(isRefused([](ModuleInfo &m) { m.exports[1].name = "run"; }));
  CHECK(isRefused([](ModuleInfo &m) { m.memories[0].limits = {2, 1}; }));
  CHECK(isRefused([](ModuleInfo &m) { m.memories[0].limits.min = 65537; }));
  CHECK(isRefused([](ModuleInfo &m) { m.tables[0].element = ValueType::I32; }));
  CHECK(isRefused([](ModuleInfo &m) { m.globals[3].init.index = 1; })); // Not imported.
  CHECK(isRefused([](ModuleInfo &m) { m.globals[2].init.index = 3; }));
  CHECK(isRefused([](ModuleInfo &m) { m.elems[0].table = 1; })); // Of another type.
  CHECK(isRefused([](ModuleInfo &m) { m.elems[0].type = ValueType::I64; }));
  CHECK(isRefused([](ModuleInfo &m) { m.imports.push_back({ExternKind::Memory, 1}); }));
  CHECK(isRefused([](ModuleInfo &m) {
    m.memories.clear();
    m.imports.erase(m.imports.begin() + 2);
  })); // Exported, and written to.
}

TEST_CASE("a type that many functions share does not become a lot of memory") {
  ModuleInfo info;
  info.funcs.resize(20'000);
  FuncType wide;
  wide.params.resize(1000, ValueType::I64);
  for (FuncDecl &func : info.funcs)
    func.type = wide;
  CHECK_FALSE(read(written(info)));
}

TEST_CASE("charge tables are read as they were written, and only sorted ones") {
  auto readBack = [](const std::vector<CostCounts> &charges) {
    ByteWriter writer;
    writeCharges(writer, charges);
    ByteReader reader(writer.bytes);
    auto read = readCharges(reader);
    return reader.isDone() ? read : std::vector<CostCounts>(100);
  };
  std::vector<CostCounts> charges = {{{CostClass::Loop, 1}, {CostClass::Load, 7}},
                                     {},
                                     {{CostClass::Loop, 8}, {CostClass::Load, 70'000}}};
  CHECK(readBack(charges) == charges);
  CHECK(readBack({{{CostClass::Load, 1}, {CostClass::Loop, 1}}}).size() == 100);
  CHECK(readBack({{{CostClass::Load, 1}, {CostClass::Load, 1}}}).size() == 100);
  CHECK(readBack({{{CostClass::Load, 0}}}).size() == 100);
  CHECK(readBack({{{CostClass(numCostClasses), 1}}}).size() == 100);
}
