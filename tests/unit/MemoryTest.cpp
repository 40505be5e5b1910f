//===- MemoryTest.cpp - Memories and tables: growth and limits ------------===//
#include "jit/runtime/Memory.h"
#include "jit/runtime/Table.h"

#include <algorithm>
#include <cstring>
#include <doctest/doctest.h>
#include <sys/mman.h>

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

/// Whether each of the pages that begin there has memory of the machine.
static std::vector<unsigned char> residentPages(uint8_t *start, size_t pages) {
  std::vector<unsigned char> resident(pages);
  REQUIRE(mincore(start, pages * 4096, resident.data()) == 0);
  for (unsigned char &page : resident)
    page &= 1;
  return resident;
}

TEST_CASE("pages that instances write when they are made stay, and read as zero") {
  constexpr uint64_t pageBytes = 4096;
  uint8_t *base;
  {
    Result<std::unique_ptr<Memory>> memory = Memory::create({3, {}});
    REQUIRE(memory);
    base = (*memory)->base();
    (*memory)->expectWrites(3 * pageBytes + 5, 2 * pageBytes);
    (*memory)->expectWrites(7 * pageBytes, 20 * pageBytes);
    std::memset(base, 0xff, (*memory)->bytes());
  }
  CHECK(residentPages(base, 48) == [] {
    std::vector<unsigned char> expected(48);
    std::fill(expected.begin() + 3, expected.begin() + 27, 1);
    return expected;
  }());
  // Another one that is smaller than what is kept, and expects something else.
  {
    Result<std::unique_ptr<Memory>> memory = Memory::create({1, {}});
    REQUIRE(memory);
    CHECK((*memory)->base() == base); // Else this shows nothing.
    CHECK(std::all_of(base, base + wasmPageBytes, [](uint8_t byte) { return byte == 0; }));
    (*memory)->expectWrites(0, 1);
    (*memory)->expectWrites(wasmPageBytes, 1);       // Not in the memory,
    (*memory)->expectWrites(wasmPageBytes - 1, 2);   // partly not in it,
    (*memory)->expectWrites(~uint64_t(0) - 3, 4096); // and nowhere.
    std::memset(base, 0xff, (*memory)->bytes());
  }
  CHECK(residentPages(base, 48) == [] {
    std::vector<unsigned char> expected(48);
    expected[0] = 1;
    return expected;
  }());
  Result<std::unique_ptr<Memory>> memory = Memory::create({3, {}});
  REQUIRE(memory);
  CHECK((*memory)->base() == base);
  CHECK(std::all_of(base, base + 3 * wasmPageBytes, [](uint8_t byte) { return byte == 0; }));
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
