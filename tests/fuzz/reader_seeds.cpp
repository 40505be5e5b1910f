//===- reader_seeds.cpp - The seed corpus of fuzz_reader ------------------===//
//
// reader_seeds DIRECTORY
//   writes one body for each opcode, some control flow, and one module with every section
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Opcodes.h"
#include "tests/unit/WasmBytes.h"

#include <filesystem>
#include <fstream>

using namespace writ;
using namespace writ::test;

static void write(const std::filesystem::path &path, const Bytes &bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char *>(bytes.data()), std::streamsize(bytes.size()));
}

static Bytes encoding(const wasm::OpInfo &info) {
  if (info.encoding < 0x100)
    return {uint8_t(info.encoding)};
  return {uint8_t(info.encoding >> 8), uint8_t(info.encoding)};
}

/// The op in dead code, where it need not find operands, with immediates that fit often.
static Bytes bodyOf(const wasm::OpInfo &info) {
  Bytes zeros(wasm::ImmediateKind::F64 == info.immediate    ? 8
              : wasm::ImmediateKind::F32 == info.immediate  ? 4
              : wasm::ImmediateKind::None == info.immediate ? 0
                                                            : 2,
              0);
  return join({{1, 0, 0x00}, encoding(info), zeros, {0x00, 0x0b}});
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  for (const wasm::OpInfo &info : wasm::opTable)
    write(folder / ("op-" + std::to_string(info.encoding)), bodyOf(info));
  // Blocks of each kind, branches, calls, and a local.
  write(folder / "control",
        {1, 1, 1,    0x7e, 0x02, 0x40, 0x03, 0x40, 0x20, 0, 0x0d, 1,    0x20, 0,    0x0e, 1,
         0, 1, 0x0b, 0x0b, 0x20, 0,    0x04, 0x7e, 0x42, 1, 0x05, 0x20, 2,    0x0b, 0x0b});
  write(folder / "calls",
        {1, 0, 0x20, 0, 0x10, 0, 0x1a, 0x1a, 0x20, 0, 0x20, 1, 0x41, 0, 0x11, 1, 0, 0x0b});
  write(folder / "module",
        join({{0},
              module({section(1, {1, 0x60, 0, 0}), section(3, {1, 0}), section(4, {1, 0x70, 0, 1}),
                      section(5, {1, 0, 1}), section(6, {1, 0x7f, 1, 0x41, 0, 0x0b}),
                      section(7, {1, 1, 'x', 0, 0}), section(8, {0}),
                      section(9, {1, 0, 0x41, 0, 0x0b, 1, 0}), section(12, {1}),
                      section(10, {1, 2, 0, 0x0b}), section(11, {1, 0, 0x41, 0, 0x0b, 1, 'x'}),
                      section(0, join({text("name"), {1, 4, 1, 0, 1, 'f'}}))})}));
  return 0;
}
