//===- WasmReaderTest.cpp - Sections, malformed and well-formed -----------===//
#include "tests/unit/WasmBytes.h"

#include <doctest/doctest.h>

using namespace writ;
using namespace writ::test;

static Result<wasm::Module> read(const Bytes &bytes) {
  return wasm::readModule(bytes, wasm::Policy(), "m.wasm");
}

TEST_CASE("the smallest module has nothing in it") {
  Bytes bytes = module({});
  Result<wasm::Module> result = read(bytes);
  REQUIRE(result);
  CHECK(result->info.funcs.empty());
  CHECK(result->bytes.size() == 8);
}

TEST_CASE("what is no module is named so") {
  CHECK(verdict({}) == "not a WebAssembly module: magic number \\0asm not found");
  CHECK(verdict({'E', 'L', 'F'}) == "not a WebAssembly module: magic number \\0asm not found");
  CHECK(verdict({0, 'a', 's'}) == "unexpected end");
  CHECK(verdict({0, 'a', 's', 'm', 1, 0}) == "unexpected end");
  CHECK(verdict({0, 'a', 's', 'm', 2, 0, 0, 0}) == "unknown binary version 2; expected 1");
  CHECK(verdict({0, 'a', 's', 'm', 13, 0, 1, 0}) ==
        "a WebAssembly component; expected a core module");
}

TEST_CASE("errors say file, offset, function and its name") {
  Bytes code = join({{1}, sized({0, 0x0c, 4, 0x0b})});
  Bytes names = join({text("name"), {1}, sized(join({{1, 0}, text("transfer")}))});
  Bytes named = module(
      {section(1, {1, 0x60, 0, 0}), section(3, {1, 0}), section(10, code), section(0, names)});
  Result<wasm::Module> result = read(named);
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::BadInput);
  CHECK(result.error().message ==
        "m.wasm:0x17: function 0 'transfer': branch depth 4 exceeds 0 enclosing blocks");

  Bytes exported = module({section(1, {1, 0x60, 0, 0}), section(3, {1, 0}),
                           section(7, join({{1}, text("go"), {0, 0}})), section(10, code)});
  CHECK(verdict(exported) == "function 0 'go': branch depth 4 exceeds 0 enclosing blocks");
  CHECK(verdict(module({section(13, {})})) == "malformed section id 13");
}

TEST_CASE("a bad name section costs names and nothing else") {
  auto withNames = [](const Bytes &contents) {
    return module({section(1, {1, 0x60, 0, 0}),
                   section(2, join({{1}, text("e"), text("f"), {0, 0}})),
                   section(0, join({text("name"), contents}))});
  };
  Bytes good = withNames(join({{0}, sized(text("mod")), {1}, sized(join({{1, 0}, text("f0")}))}));
  Result<wasm::Module> result = read(good);
  REQUIRE(result);
  CHECK(result->info.name == "mod");
  CHECK(result->info.funcs[0].name == "f0");
  for (Bytes bad : {Bytes{1, 100}, Bytes{1, 3, 1, 0, 9}, Bytes{1, 4, 1, 0, 1, 0xff},
                    Bytes{1, 4, 1, 7, 1, 'x'}, Bytes{0x80}, Bytes{99, 1, 1}}) {
    Bytes bytes = withNames(bad);
    Result<wasm::Module> module = read(bytes);
    REQUIRE(module);
    CHECK(module->info.funcs[0].name == "");
  }
}

TEST_CASE("sections stand in order, once, and fill their size") {
  CHECK(verdict(module({section(3, {0}), section(1, {0})})) ==
        "unexpected type section: out of order or a second one");
  CHECK(verdict(module({section(1, {0}), section(1, {0})})) ==
        "unexpected type section: out of order or a second one");
  CHECK(verdict(module({section(10, {0}), section(12, {0})})) ==
        "unexpected data count section: out of order or a second one");
  CHECK(verdict(module({section(12, {0}), section(10, {0}), section(11, {0})})) == "ok");
  CHECK(verdict(module({section(1, {0, 0})})) ==
        "section size mismatch: 1 bytes left in the type section");
  CHECK(verdict(module({section(1, {1, 0x60, 0})})) == "unexpected end: 1 entries in 2 bytes");
  CHECK(verdict(module({Bytes{1, 5, 0}})) == "unexpected end: 5 bytes expected, 1 left");
  CHECK(verdict(module({section(0, text("\xff"))})) == "malformed UTF-8 encoding");
  CHECK(verdict(module({section(0, {})})) == "unexpected end");
}

TEST_CASE("a count larger than the section can hold is refused before anything is made") {
  for (uint8_t id : {1, 2, 3, 4, 6, 7, 9}) {
    std::string text = verdict(module({section(id, join({leb(900'000), {0x60, 0, 0}}))}));
    CHECK(text.find("exceeds the limit") + text.find("unexpected end") != 2 * std::string::npos);
  }
  CHECK(verdict(module({section(1, join({leb(0xffffffff), {0x60}}))})) ==
        "number of types 4294967295 exceeds the limit of 1000000");
}

TEST_CASE("malformed entries are named by what they are") {
  Bytes type = section(1, {1, 0x60, 0, 0});
  CHECK(verdict(module({section(1, {1, 0x5e, 0, 0})})) == "0x5e is no function type");
  CHECK(verdict(module({section(1, {1, 0x60, 1, 0x7b, 0})})) ==
        "0x7b is no value type (SIMD is not supported)");
  CHECK(verdict(module({section(1, {1, 0x60, 1, 0x40, 0})})) == "0x40 is no value type");
  CHECK(verdict(module({section(2, {1, 0, 0, 4, 0})})) == "malformed import kind 0x04");
  CHECK(verdict(module({section(2, {1, 0, 0, 0, 0})})) == "unknown type 0; 0 declared");
  CHECK(verdict(module({section(4, {1, 0x7f, 0, 0})})) == "0x7f is no reference type");
  CHECK(verdict(module({section(4, {1, 0x70, 2, 0})})) == "malformed limits flags 0x02");
  CHECK(verdict(module({section(4, {1, 0x70, 1, 5, 4})})) ==
        "size minimum 5 is greater than maximum 4");
  CHECK(verdict(module({section(5, {2, 0, 0, 0, 0})})) == "multiple memories are not supported");
  CHECK(verdict(module({section(5, {1, 0, 0x81, 0x80, 4})})) ==
        "memory size must be at most 65536 pages (4 GiB)");
  CHECK(verdict(module({section(6, {1, 0x7f, 2, 0x41, 0, 0x0b})})) == "malformed mutability 0x02");
  CHECK(verdict(module({section(7, {1, 1, 'a', 9, 0})})) == "malformed export kind 0x09");
  CHECK(verdict(module({section(7, {1, 1, 'a', 0, 0})})) == "unknown function 0; 0 declared");
  CHECK(verdict(module({section(5, {1, 0, 0}), section(7, {2, 1, 'a', 2, 0, 1, 'a', 2, 0})})) ==
        "duplicate export name 'a'");
  CHECK(verdict(module({section(8, {3})})) == "unknown function 3; 0 declared");
  CHECK(verdict(module({section(9, {1, 8, 0})})) == "malformed element segment flags 8");
  CHECK(verdict(module({section(9, {1, 1, 1, 0})})) == "malformed element kind 0x01");
  CHECK(verdict(module({section(9, {1, 0, 0x41, 0, 0x0b, 0})})) == "unknown table 0; 0 declared");
  CHECK(verdict(module({section(11, {1, 3, 0})})) == "malformed data segment flags 3");
  CHECK(verdict(module({section(11, {1, 0, 0x41, 0, 0x0b, 0})})) == "unknown memory 0; 0 declared");
}

TEST_CASE("segments and start functions must fit what they refer to") {
  Bytes externTable = section(4, {1, 0x6f, 0, 1});
  CHECK(verdict(module({externTable, section(9, {1, 0, 0x41, 0, 0x0b, 0})})) ==
        "segment of funcref for table 0 of externref");
  CHECK(verdict(module({section(1, {1, 0x60, 0, 1, 0x7f}), section(2, {1, 1, 'e', 1, 'f', 0, 0}),
                        section(8, {0})})) ==
        "start function 0 has the type () -> (i32); expected () -> ()");
}

TEST_CASE("constant expressions are one constant of the right type") {
  auto global = [](const Bytes &init) { return module({section(6, join({{1, 0x7f, 0}, init}))}); };
  CHECK(verdict(global({0x41, 0x7f, 0x0b})) == "ok");
  CHECK(verdict(global({0x42, 0, 0x0b})) == "constant expression has type i64; expected i32");
  CHECK(verdict(global({0x0b, 0x0b, 0})) == "constant expression is empty; expected i32");
  CHECK(verdict(global({0x01, 0x0b, 0})) == "constant expression required, not nop");
  CHECK(verdict(global({0x41, 0, 0x41, 0, 0x0b})) ==
        "constant expression goes on with i32.const; expected end");
  CHECK(verdict(global({0x23, 0, 0x0b})) ==
        "unknown global 0; a constant expression sees the 0 imported ones");
  CHECK(verdict(global({0xd2, 0, 0x0b})) == "unknown function 0; 0 declared");
  CHECK(verdict(
            module({section(2, {1, 0, 0, 3, 0x7f, 1}), section(6, {1, 0x7f, 0, 0x23, 0, 0x0b})})) ==
        "constant expression required; global 0 is mutable");
}

TEST_CASE("counts that stand twice must agree") {
  CHECK(verdict(module({section(1, {1, 0x60, 0, 0}), section(3, {1, 0})})) ==
        "function and code section have inconsistent lengths: 0 bodies for 1 functions");
  CHECK(verdict(module({section(10, {1, 2, 0, 0x0b})})) ==
        "function and code section have inconsistent lengths: 1 bodies for 0 functions");
  CHECK(verdict(module({section(12, {1})})) ==
        "data count and data section have inconsistent lengths: 1 and 0 segments");
  CHECK(verdict(module({section(12, {1}), section(11, {2, 1, 0, 1, 0})})) ==
        "data count and data section have inconsistent lengths: 1 and 2 segments");
}

TEST_CASE("everything that the sections declare is found in the module") {
  Bytes bytes = module(
      {section(1, {2, 0x60, 0, 0, 0x60, 1, 0x7e, 1, 0x7d}),
       section(2,
               join({{2}, text("env"), text("f"), {0, 1}, text("env"), text("g"), {3, 0x7f, 0}})),
       section(3, {1, 0}), section(4, {1, 0x70, 1, 2, 3}), section(5, {1, 1, 1, 2}),
       section(6, {1, 0x7e, 1, 0x42, 0x7f, 0x0b}), section(7, {1, 1, 'x', 0, 1}), section(8, {1}),
       section(9, {2, 0, 0x23, 0, 0x0b, 1, 1, 7, 0x70, 1, 0xd2, 0, 0x0b}),
       section(10, {1, 4, 1, 3, 0x7f, 0x0b}), section(11, {1, 1, 2, 'h', 'i'})});
  Result<wasm::Module> result = read(bytes);
  REQUIRE(result);
  const ModuleInfo &info = result->info;
  CHECK(result->importedFuncs == 1);
  CHECK(result->importedGlobals == 1);
  CHECK(info.imports.size() == 2);
  CHECK(info.funcs[0].import->name == "f");
  CHECK(toString(info.funcs[0].type) == "(i64) -> (f32)");
  CHECK(result->funcTypes == std::vector<uint32_t>{1, 0});
  CHECK(info.tables[0].limits == SizeLimits{2, 3});
  CHECK(info.memories[0].limits == SizeLimits{1, 2});
  CHECK(info.globals[1].init.bits == ~uint64_t(0));
  CHECK(info.exports[0].index == 1);
  CHECK(info.start == 1u);
  CHECK(info.elems[0].offset.kind == ConstExpr::Kind::GlobalGet);
  CHECK(info.elems[0].items[0].index == 1);
  CHECK(info.elems[1].mode == SegmentMode::Declarative);
  CHECK(info.data[0].bytes == "hi");
  REQUIRE(result->bodies.size() == 1);
  CHECK(result->bodies[0].locals.size() == 1);
  CHECK(result->bodies[0].locals[0].count == 3);
  CHECK(result->bodies[0].code.size() == 1);
  CHECK(bytes[result->bodies[0].offset] == 0x0b);
}
