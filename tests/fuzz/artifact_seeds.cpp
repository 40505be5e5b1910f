//===- artifact_seeds.cpp - The seed corpus of fuzz_artifact --------------===//
//
// artifact_seeds DIRECTORY
//   writes artifacts of small modules, of both native tiers
//
//===----------------------------------------------------------------------===//
#include "jit/CompileArtifact.h"
#include "tests/support/Encoder.h"
#include "tests/support/Files.h"

#include <filesystem>

using namespace writ;
using namespace writ::test;
using wasm::Opcode;

/// A function that may fault, divides, calls the one before it and through a table, and loops.
static Bytes makeModule(uint32_t functions) {
  ModuleWriter writer;
  FuncType type{{ValueType::I32}, {ValueType::I32}};
  uint32_t typeIndex = writer.typeIndex(type);
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
    writer.info.exports.push_back({std::string(1, char('a' + i)), ExternKind::Func, i});
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

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  for (uint32_t functions : {0, 1, 5})
    for (NativeTier tier : {NativeTier::Singlepass, NativeTier::LLVM}) {
      ArtifactRequest request;
      request.tier = tier;
      request.target = "x86-64-v2";
      auto artifact = compileArtifact(makeModule(functions), {}, request);
      std::string name = std::string(tierName(tier)) + std::to_string(functions);
      if (!artifact || !writeFile((folder / name).string(), *artifact))
        return 1;
    }
  return 0;
}
