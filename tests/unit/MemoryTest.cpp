//===- MemoryTest.cpp - Memories and tables: growth and limits ------------===//
#include "jit/runtime/Memory.h"
#include "jit/runtime/Table.h"

#include <doctest/doctest.h>

using namespace writ;

TEST_CASE("a memory grows in place, with zero pages, and all views follow") {
  Result<std::unique_ptr<Memory>> memory = Memory::create({1, 4});
  REQUIRE(memory);
  InstanceContext first, second;
  (*memory)->addView(&first);
  (*memory)->addView(&second);
  uint8_t *base = (*memory)->base();
  base[wasmPageBytes - 1] = 7;
  CHECK(*(*memory)->grow(2) == 1);
  CHECK((*memory)->base() == base);
  CHECK(base[wasmPageBytes - 1] == 7);
  CHECK(base[3 * wasmPageBytes - 1] == 0);
  CHECK(first.memoryBase == base);
  CHECK(first.memoryBytes == 3 * wasmPageBytes);
  CHECK(second.memoryBytes == 3 * wasmPageBytes);
}

TEST_CASE("a memory never passes its declared maximum") {
  Result<std::unique_ptr<Memory>> memory = Memory::create({1, 2});
  REQUIRE(memory);
  CHECK(*(*memory)->grow(2) == ~0u);
  CHECK(*(*memory)->grow(~0u) == ~0u);
  CHECK(*(*memory)->grow(1) == 1);
  CHECK(*(*memory)->grow(1) == ~0u);
  CHECK(*(*memory)->grow(0) == 2);
  CHECK((*memory)->type() == SizeLimits{2, 2});
}

TEST_CASE("a memory never passes the limit of its instance") {
  Result<std::unique_ptr<Memory>> memory = Memory::create({1, 100}, 3);
  REQUIRE(memory);
  CHECK(*(*memory)->grow(3) == ~0u);
  CHECK(*(*memory)->grow(2) == 1);
  Result<std::unique_ptr<Memory>> tooLarge = Memory::create({4, {}}, 3);
  REQUIRE(!tooLarge);
  CHECK(tooLarge.error().kind == ErrorKind::Limit);
  CHECK(tooLarge.error().message == "a memory of 4 pages exceeds the limit of 3 pages");
}

TEST_CASE("a memory may have all 4 GiB and no more") {
  Result<std::unique_ptr<Memory>> memory = Memory::create({0, {}});
  REQUIRE(memory);
  CHECK(*(*memory)->grow(65536) == 0);
  CHECK((*memory)->bytes() == uint64_t(1) << 32);
  (*memory)->base()[(uint64_t(1) << 32) - 1] = 1;
  CHECK(*(*memory)->grow(1) == ~0u);
}

TEST_CASE("address space that is used again reads as zero") {
  uint8_t *base;
  {
    Result<std::unique_ptr<Memory>> memory = Memory::create({2, {}});
    REQUIRE(memory);
    base = (*memory)->base();
    base[0] = base[wasmPageBytes] = 1;
  }
  Result<std::unique_ptr<Memory>> memory = Memory::create({2, {}});
  REQUIRE(memory);
  CHECK((*memory)->base() == base); // Else this shows nothing.
  CHECK(base[0] == 0);
  CHECK(base[wasmPageBytes] == 0);
}

TEST_CASE("a table grows with the given value and within its limits") {
  Result<std::unique_ptr<Table>> table = Table::create(ValueType::ExternRef, {2, 5}, 9);
  REQUIRE(table);
  CHECK((*table)->get(1) == 9);
  CHECK(*(*table)->grow(3, 8) == 2);
  CHECK((*table)->get(1) == 9);
  CHECK((*table)->get(4) == 8);
  CHECK((*table)->viewForCode()->size == 5);
  CHECK(*(*table)->grow(1, 0) == ~0u);
  CHECK(*(*table)->grow(0, 0) == 5);
  Result<std::unique_ptr<Table>> tooLarge = Table::create(ValueType::FuncRef, {11, {}}, 0, 10);
  REQUIRE(!tooLarge);
  CHECK(tooLarge.error().kind == ErrorKind::Limit);
}

TEST_CASE("an empty table may have a maximum that no machine could hold") {
  Result<std::unique_ptr<Table>> table = Table::create(ValueType::FuncRef, {0, ~0u});
  REQUIRE(table);
  CHECK(*(*table)->grow(~0u, 0) == ~0u);
  CHECK((*table)->size() == 0);
}
