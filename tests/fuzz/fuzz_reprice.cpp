//===- fuzz_reprice.cpp - Any bytes into `writ reprice` -------------------===//
//
// The last bit of the first byte says how the rest is used: 0, as a module; 1, as the contents of
// its sections of imports, globals, code and charges, the sizes of the first three in front, the
// code's in two bytes. What is repriced must be valid if it was before, and its prices those of the
// last schedule alone.
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Wasm.h"
#include "lowering/wasm/Reprice.h"
#include "tests/unit/WasmBytes.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

using namespace writ;
using namespace writ::test;

static void require(bool condition, const char *what) {
  if (condition)
    return;
  std::fprintf(stderr, "fuzz_reprice: %s\n", what);
  std::abort();
}

/// A module with the sections that repricing reads.
static Bytes wrapSections(const Bytes &bytes) {
  if (bytes.size() < 4)
    return {};
  auto at = bytes.begin() + 4;
  auto take = [&](size_t size) {
    auto from = at;
    at += std::min<ptrdiff_t>(ptrdiff_t(size), bytes.end() - at);
    return Bytes(from, at);
  };
  Bytes imports = take(bytes[0]), globals = take(bytes[1]);
  Bytes code = take(bytes[2] | size_t(bytes[3]) << 8), charges = take(bytes.size());
  return module({section(1, {2, 0x60, 0, 0, 0x60, 1, 0x7f, 1, 0x7f}), section(2, imports),
                 section(6, globals), section(10, code), section(0, charges)});
}

static bool isValid(const Bytes &bytes) { return bool(wasm::readModule(bytes, {}, "fuzz")); }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  Bytes rest(data + 1, data + size);
  if (data[0] & 1)
    rest = wrapSections(rest);
  const Schedule &near = *shippedSchedule("near"), &flat = *shippedSchedule("flat");
  auto once = reprice(rest, near, "fuzz");
  if (!once) {
    require(once.error().kind == ErrorKind::BadInput, "an error of another kind");
    return 0;
  }
  require(isValid(*once) || !isValid(rest), "what is repriced is not valid any more");
  auto there = reprice(*once, flat, "fuzz");
  require(bool(there), "what was repriced cannot be repriced");
  auto back = reprice(*there, near, "fuzz");
  require(back && *back == *once, "old prices have an effect");
  return 0;
}
