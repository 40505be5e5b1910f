//===- LinkerTest.cpp - Import matching and its messages ------------------===//
#include "tests/unit/FakeTier.h"

#include <doctest/doctest.h>

using namespace writ;
using namespace writ::test;

static const FuncType voidType;
static const FuncType i32ToI64{{ValueType::I32}, {ValueType::I64}};

static uint32_t nothing(InstanceContext *, Activation *, uint64_t *) { return 0; }

static std::string linkError(Linker &linker, const ModuleInfo &info) {
  Result<Instantiation> made = linker.instantiate(compile(info));
  if (made)
    return "";
  CHECK(made.error().kind == ErrorKind::Unlinkable);
  return made.error().message;
}

TEST_CASE("an import that is not defined is named, with its type") {
  Store store;
  Linker linker(store);
  ModuleInfo info = InfoBuilder().importFunc("env", "log", i32ToI64).info;
  info.name = "token";
  CHECK(linkError(linker, info) == "unknown import: import \"env\" \"log\" of module 'token' "
                                   "(function (i32) -> (i64)) is not defined");
}

TEST_CASE("functions match only with the same type") {
  Store store;
  Linker linker(store);
  linker.defineFunction("env", "f", hostFunction(voidType, nullptr));
  CHECK(linkError(linker, InfoBuilder().importFunc("env", "f", voidType).info).empty());
  CHECK(linkError(linker, InfoBuilder().importFunc("env", "f", i32ToI64).info) ==
        "incompatible import type: import \"env\" \"f\" is function () -> (); expected "
        "function (i32) -> (i64)");
}

TEST_CASE("another kind of thing under the name does not match") {
  Store store;
  Linker linker(store);
  linker.define("env", "x", *store.createMemory({1, {}}));
  CHECK(linkError(linker, InfoBuilder().importFunc("env", "x", voidType).info) ==
        "incompatible import type: import \"env\" \"x\" is memory {min 1}; expected "
        "function () -> ()");
}

TEST_CASE("memories match if the given limits are within the wanted ones") {
  Store store;
  Linker linker(store);
  Memory *memory = *store.createMemory({1, 2});
  linker.define("env", "m", memory);
  auto wanting = [&](SizeLimits limits) {
    return linkError(linker, InfoBuilder().importMemory("env", "m", limits).info);
  };
  CHECK(wanting({0, {}}).empty());
  CHECK(wanting({1, 2}).empty());
  CHECK(wanting({1, 3}).empty());
  CHECK(wanting({1, 1}) == "incompatible import type: import \"env\" \"m\" is memory {min 1, max "
                           "2}; expected memory {min 1, max 1}");
  CHECK(!wanting({2, {}}).empty());
  REQUIRE(*memory->grow(1) == 1);
  CHECK(wanting({2, {}}).empty()); // What counts is the size now.
  linker.define("env", "m", *store.createMemory({1, {}}));
  CHECK(!wanting({1, 3}).empty());
}

TEST_CASE("tables match by element type and limits") {
  Store store;
  Linker linker(store);
  linker.define("env", "t", *store.createTable(ValueType::FuncRef, {10, 20}));
  auto wanting = [&](ValueType element, SizeLimits limits) {
    return linkError(linker, InfoBuilder().importTable("env", "t", element, limits).info);
  };
  CHECK(wanting(ValueType::FuncRef, {10, 20}).empty());
  CHECK(wanting(ValueType::FuncRef, {5, {}}).empty());
  CHECK(wanting(ValueType::ExternRef, {10, 20}) ==
        "incompatible import type: import \"env\" \"t\" is table of funcref {min 10, max 20}; "
        "expected table of externref {min 10, max 20}");
  CHECK(!wanting(ValueType::FuncRef, {11, 20}).empty());
  CHECK(!wanting(ValueType::FuncRef, {10, 19}).empty());
}

TEST_CASE("globals match by type and mutability") {
  Store store;
  Linker linker(store);
  linker.define("env", "g", store.createGlobal(ValueType::I32, false, 5));
  auto wanting = [&](ValueType type, bool isMutable) {
    return linkError(linker, InfoBuilder().importGlobal("env", "g", type, isMutable).info);
  };
  CHECK(wanting(ValueType::I32, false).empty());
  CHECK(wanting(ValueType::I32, true) ==
        "incompatible import type: import \"env\" \"g\" is immutable global of i32; expected "
        "mutable global of i32");
  CHECK(!wanting(ValueType::I64, false).empty());
}

TEST_CASE("exports of an instance are imports of the next") {
  Store store;
  Linker linker(store);
  ModuleInfo info = InfoBuilder()
                        .func("f", voidType)
                        .memory({1, {}}, "m")
                        .table(ValueType::ExternRef, {3, {}}, "t")
                        .global(ValueType::I64, true, {}, "g")
                        .info;
  Result<Instantiation> first = linker.instantiate(compile(info, {interpreted(nothing)}));
  REQUIRE(first);
  linker.defineInstance("first", *first->instance);
  ModuleInfo importing = InfoBuilder()
                             .importFunc("first", "f", voidType)
                             .importMemory("first", "m", {1, {}})
                             .importTable("first", "t", ValueType::ExternRef, {2, {}})
                             .importGlobal("first", "g", ValueType::I64, true)
                             .info;
  Result<Instantiation> second = linker.instantiate(compile(importing));
  REQUIRE(second);
  Instance &a = *first->instance, &b = *second->instance;
  CHECK(b.func(0) == a.func(0));
  CHECK(b.memory() == a.memory());
  CHECK(&b.table(0) == &a.table(0));
  a.global(0).set(77);
  CHECK(*b.context()->importedGlobals[0] == 77);
  CHECK(*b.memory()->grow(1) == 1);
  CHECK(a.context()->memoryBytes == 2 * wasmPageBytes);
}

TEST_CASE("an instance whose limits do not allow its memory is a limit error") {
  Store store;
  InstanceOptions options;
  options.limits.memoryPages = 1;
  Result<Instantiation> made =
      store.instantiate(compile(InfoBuilder().memory({2, {}}).info), {}, options);
  REQUIRE(!made);
  CHECK(made.error().kind == ErrorKind::Limit);
}
