//===- fuzz_reader.cpp - Any bytes into the reader and validator ----------===//
//
// The first byte says how the rest is used: as a module, or as the code of a function
// in a module that has everything code can refer to (so that mutations need not keep
// section sizes right to get far). What is accepted must decode again to its end.
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Decoder.h"
#include "frontend/wasm/Wasm.h"
#include "tests/unit/WasmBytes.h"

#include <cstdio>
#include <cstdlib>

using namespace writ;
using namespace writ::test;

static void require(bool condition, const char *what) {
  if (condition)
    return;
  std::fprintf(stderr, "fuzz_reader: %s\n", what);
  std::abort();
}

/// A module around `body` (local declarations and code) of a function (i32, i64) -> (i64).
static Bytes wrap(const Bytes &body) {
  Bytes types = {4, 0x60, 0, 0,    0x60, 2,    0x7f, 0x7e, 1, 0x7e, 0x60,
                 1, 0x7f, 2, 0x7d, 0x7c, 0x60, 1,    0x70, 1, 0x6f};
  return module(
      {section(1, types),
       section(2, join({{2}, text("e"), text("f"), {0, 2}, text("e"), text("g"), {3, 0x7e, 0}})),
       section(3, {2, 1, 3}), section(4, {2, 0x70, 0, 9, 0x6f, 0, 9}), section(5, {1, 0, 1}),
       section(6, {1, 0x7f, 1, 0x41, 0, 0x0b}),
       section(9, {2, 3, 0, 2, 0, 2, 5, 0x6f, 1, 0xd0, 0x6f, 0x0b}), section(12, {1}),
       section(10, join({{2}, sized(body), {4, 0, 0xd0, 0x6f, 0x0b}})),
       section(11, {1, 1, 1, 'x'})});
}

/// Walks a validated body as an importer does.
static void walk(const wasm::Module &module, const wasm::FuncBody &body) {
  wasm::Failure failure;
  wasm::Cursor in = wasm::codeCursor(module, body, failure);
  size_t depth = 1;
  while (!in.atEnd()) {
    require(depth > 0, "code goes on after its end");
    wasm::Op op;
    wasm::decodeOp(in, wasm::OpcodeMap::all(), op);
    require(!failure.isSet(), "validated code does not decode");
    if (wasm::opInfo(op.opcode).immediate == wasm::ImmediateKind::BlockType)
      ++depth;
    depth -= op.opcode == wasm::Opcode::End;
    if (op.opcode == wasm::Opcode::BrTable)
      for (wasm::LabelReader labels(in, op); !labels.atEnd();)
        labels.next();
  }
  require(depth == 0, "validated code lacks an end");
}

static void check(const Bytes &bytes) {
  static const wasm::Policy near = *wasm::policyPreset("near");
  Result<wasm::Module> module = wasm::readModule(bytes, wasm::Policy(), "fuzz");
  bool isAllowedNear = bool(wasm::readModule(bytes, near, "fuzz"));
  require(module || !isAllowedNear, "a stricter policy accepts more");
  if (!module) {
    require(module.error().message.starts_with("fuzz:0x"), "an error without a position");
    return;
  }
  for (const wasm::FuncBody &body : module->bodies)
    walk(*module, body);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  Bytes rest(data + 1, data + size);
  check(data[0] & 1 ? wrap(rest) : rest);
  return 0;
}
