//===- WasmCursorTest.cpp - LEB128 and UTF-8, at their edges --------------===//
#include "frontend/wasm/Cursor.h"

#include <doctest/doctest.h>
#include <limits>
#include <string>
#include <vector>

using namespace writ::wasm;
using Bytes = std::vector<uint8_t>;

template <typename Read>
static auto readAll(const Bytes &bytes, Read read, std::string *error = nullptr) {
  Failure failure;
  Cursor in(bytes, failure);
  auto value = read(in);
  if (error)
    *error = failure.message();
  else
    CHECK(failure.message() == "");
  if (!error)
    CHECK(in.atEnd());
  return value;
}

static uint32_t u32(const Bytes &bytes) {
  return readAll(bytes, [](Cursor &in) { return in.readU32(); });
}
static int32_t s32(const Bytes &bytes) {
  return readAll(bytes, [](Cursor &in) { return in.readS32(); });
}
static int64_t s33(const Bytes &bytes) {
  return readAll(bytes, [](Cursor &in) { return in.readS33(); });
}
static int64_t s64(const Bytes &bytes) {
  return readAll(bytes, [](Cursor &in) { return in.readS64(); });
}
template <typename Read>
static std::string errorOf(const Bytes &bytes, Read read) {
  std::string error;
  readAll(bytes, read, &error);
  return error;
}
static std::string u32Error(const Bytes &bytes) {
  return errorOf(bytes, [](Cursor &in) { return in.readU32(); });
}
static std::string s32Error(const Bytes &bytes) {
  return errorOf(bytes, [](Cursor &in) { return in.readS32(); });
}
static std::string s33Error(const Bytes &bytes) {
  return errorOf(bytes, [](Cursor &in) { return in.readS33(); });
}
static std::string s64Error(const Bytes &bytes) {
  return errorOf(bytes, [](Cursor &in) { return in.readS64(); });
}

TEST_CASE("unsigned numbers are read in any number of bytes up to the longest") {
  CHECK(u32({0x00}) == 0);
  CHECK(u32({0x7f}) == 127);
  CHECK(u32({0x80, 0x01}) == 128);
  CHECK(u32({0x80, 0x80, 0x80, 0x80, 0x00}) == 0);
  CHECK(u32({0xff, 0xff, 0xff, 0xff, 0x0f}) == 0xffffffff);
}

TEST_CASE("signed numbers are sign-extended from their last byte") {
  CHECK(s32({0x3f}) == 63);
  CHECK(s32({0x40}) == -64);
  CHECK(s32({0x7f}) == -1);
  CHECK(s32({0xff, 0x7f}) == -1);
  CHECK(s32({0xff, 0x00}) == 127);
  CHECK(s32({0x80, 0x80, 0x80, 0x80, 0x78}) == std::numeric_limits<int32_t>::min());
  CHECK(s32({0xff, 0xff, 0xff, 0xff, 0x07}) == std::numeric_limits<int32_t>::max());
  CHECK(s33({0xff, 0xff, 0xff, 0xff, 0x0f}) == 0xffffffff);
  CHECK(s33({0x80, 0x80, 0x80, 0x80, 0x70}) == -0x100000000);
  CHECK(s64({0x40}) == -64);
  CHECK(s64({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}) ==
        std::numeric_limits<int64_t>::min());
  CHECK(s64({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00}) ==
        std::numeric_limits<int64_t>::max());
}

TEST_CASE("a number with a byte too many is too long") {
  CHECK(u32Error({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}) == "integer representation too long");
  CHECK(s32Error({0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}) == "integer representation too long");
  CHECK(s33Error({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}) == "integer representation too long");
  CHECK(s64Error({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}) ==
        "integer representation too long");
}

TEST_CASE("a number with bits beyond its type is too large") {
  CHECK(u32Error({0xff, 0xff, 0xff, 0xff, 0x1f}) == "integer too large");
  CHECK(u32Error({0x80, 0x80, 0x80, 0x80, 0x70}) == "integer too large");
  CHECK(s32Error({0x80, 0x80, 0x80, 0x80, 0x08}) == "integer too large");
  CHECK(s32Error({0xff, 0xff, 0xff, 0xff, 0x4f}) == "integer too large");
  CHECK(s32Error({0x80, 0x80, 0x80, 0x80, 0x70}) == "integer too large");
  CHECK(s33Error({0x80, 0x80, 0x80, 0x80, 0x10}) == "integer too large");
  CHECK(s64Error({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}) ==
        "integer too large");
  CHECK(s64Error({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7e}) ==
        "integer too large");
}

TEST_CASE("a number that the input cuts short ends unexpectedly") {
  CHECK(u32Error({}) == "unexpected end");
  CHECK(u32Error({0x80}) == "unexpected end");
  CHECK(s32Error({0xff, 0xff}) == "unexpected end");
  CHECK(s64Error({}) == "unexpected end");
}

TEST_CASE("only the first failure is kept") {
  Failure failure;
  failure.report(3, "first");
  failure.report(1, "second");
  CHECK(failure.offset() == 3);
  CHECK(failure.message() == "first");
}

TEST_CASE("taking more bytes than there are fails and takes none") {
  Failure failure;
  Bytes bytes = {1, 2, 3};
  Cursor in(bytes, failure);
  CHECK(in.take(2).remaining() == 2);
  CHECK(in.offset() == 2);
  CHECK(in.take(0xffffffff).remaining() == 0);
  CHECK(failure.message() == "unexpected end: 4294967295 bytes expected, 1 left");
}

TEST_CASE("UTF-8 is checked as Unicode defines it") {
  CHECK(isUtf8({}));
  CHECK(isUtf8(Bytes{0x00, 0x7f}));
  CHECK(isUtf8(Bytes{0xc2, 0x80, 0xdf, 0xbf}));
  CHECK(isUtf8(Bytes{0xe0, 0xa0, 0x80, 0xed, 0x9f, 0xbf, 0xee, 0x80, 0x80}));
  CHECK(isUtf8(Bytes{0xf0, 0x90, 0x80, 0x80, 0xf4, 0x8f, 0xbf, 0xbf}));
  for (Bytes bad :
       {Bytes{0x80}, Bytes{0xc0, 0x80}, Bytes{0xc1, 0xbf}, Bytes{0xc2}, Bytes{0xe0, 0x9f, 0xbf},
        Bytes{0xed, 0xa0, 0x80}, Bytes{0xf0, 0x8f, 0xbf, 0xbf}, Bytes{0xf4, 0x90, 0x80, 0x80},
        Bytes{0xf5, 0x80, 0x80, 0x80}, Bytes{0xff}, Bytes{0xe2, 0x82}, Bytes{0xc2, 0x41}})
    CHECK_FALSE(isUtf8(bad));
}

TEST_CASE("names in messages stay on one line and short") {
  CHECK(printable("a\nb\x7f") == "a\\x0ab\\x7f");
  CHECK(printable(std::string(1000, 'x')).size() == 103);
}
