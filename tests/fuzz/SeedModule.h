//===- SeedModule.h - A small module to grow seeds from -------------------===//
#ifndef WRIT_TESTS_FUZZ_SEEDMODULE_H
#define WRIT_TESTS_FUZZ_SEEDMODULE_H

#include "tests/support/Encoder.h"

namespace writ::test {

/// Functions that may fault, divide, call one before them, through a table and, if it
/// `importsFunction`, the host, and loop.
inline Bytes makeSeedModule(uint32_t functions, bool importsFunction = false) {
  using wasm::Opcode;
  ModuleWriter writer;
  FuncType type{{ValueType::I32}, {ValueType::I32}};
  uint32_t typeIndex = writer.typeIndex(type), first = importsFunction;
  if (importsFunction) {
    writer.info.imports.push_back({ExternKind::Func, 0});
    writer.info.funcs.push_back({type, {}, ImportName{"env", "host"}});
  }
  writer.info.memories.push_back({{1, 2}, {}});
  writer.info.tables.push_back({ValueType::FuncRef, {2, 2}, {}});
  writer.info.globals.push_back({ValueType::I64, true, {}, {}});
  writer.info.globals.back().init.type = ValueType::I64;
  DataSegment data;
  data.mode = SegmentMode::Active;
  data.bytes = "data";
  writer.info.data.push_back(data);
  for (uint32_t i = 0; i < functions; ++i) {
    writer.info.funcs.push_back({type, {}, {}});
    writer.info.exports.push_back({std::string(1, char('a' + i)), ExternKind::Func, first + i});
    Code code;
    code.begin(Opcode::Loop);
    code.op(Opcode::LocalGet, 0).op(Opcode::I32Load, 2, 4).op(Opcode::LocalSet, 0);
    code.i32(8).op(Opcode::LocalGet, 0).op(Opcode::I32Store, 2, 0);
    code.op(Opcode::LocalGet, 0).op(Opcode::BrIf, 0).end();
    code.op(Opcode::LocalGet, 0).op(Opcode::Call, i / 2);
    code.i32(0).op(Opcode::CallIndirect, typeIndex, 0);
    code.op(Opcode::LocalGet, 0).op(Opcode::I32DivS).end();
    writer.bodies.push_back({{}, code.bytes});
  }
  return writer.encode();
}

} // namespace writ::test

#endif
