//===- fuzz_reader.cpp - Any bytes into the reader and validator ----------===//
//
// The first byte says how the rest is used: as a module, or as the code of a function
// in a module that has everything code can refer to (so that mutations need not keep
// section sizes right to get far). What is accepted must decode again to its end.
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Decoder.h"
#include "frontend/wasm/Wasm.h"
#include "tests/fuzz/WrapBody.h"

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
  check(data[0] & 1 ? wrapBody(rest) : rest);
  return 0;
}
