//===- reprice_seeds.cpp - The seed corpus of fuzz_reprice ----------------===//
//
// reprice_seeds DIRECTORY
//   writes metered forms of small modules, whole and as the four sections that repricing reads
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Cursor.h"
#include "jit/CompileWasm.h"
#include "tests/fuzz/SeedModule.h"
#include "tests/support/Files.h"

#include <filesystem>
#include <map>

using namespace writ;
using namespace writ::test;

/// The contents of sections, by id; of custom ones those of the last.
static std::map<uint8_t, Bytes> sectionsOf(const Bytes &module) {
  std::map<uint8_t, Bytes> sections;
  wasm::Failure failure;
  wasm::Cursor cursor(module, failure);
  cursor.take(8);
  while (!cursor.atEnd()) {
    uint8_t id = cursor.readByte();
    wasm::Cursor contents = cursor.take(cursor.readU32());
    sections[id].assign(contents.position(), contents.position() + contents.remaining());
  }
  return sections;
}

/// As fuzz_reprice takes them apart.
static Bytes joined(std::map<uint8_t, Bytes> sections) {
  size_t code = sections[10].size();
  Bytes made = {1, uint8_t(sections[2].size()), uint8_t(sections[6].size()), uint8_t(code),
                uint8_t(code >> 8)};
  for (uint8_t id : {2, 6, 10, 0})
    made.insert(made.end(), sections[id].begin(), sections[id].end());
  return made;
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  for (uint32_t functions : {0, 1, 5})
    for (auto [owner, percent] : {std::pair(MeterOwner::Module, 0u), // Prices are in globals,
                                  {MeterOwner::Host, 0u},
                                  {MeterOwner::Module, 2000u}}) { // and in code.
      WasmTargetOptions options;
      options.target.meterOwner = owner;
      options.sizePercent = percent;
      auto module = compileWasm(makeSeedModule(functions, /*importsFunction=*/true),
                                *shippedSchedule("flat"), options);
      if (!module)
        return 1;
      std::string name = std::to_string(functions) + (owner == MeterOwner::Host ? "i" : "e") +
                         (percent == 0 ? "" : "f");
      Bytes whole = {0};
      whole.insert(whole.end(), module->begin(), module->end());
      if (!writeFile((folder / name).string(), whole) ||
          !writeFile((folder / (name + "s")).string(), joined(sectionsOf(*module))))
        return 1;
    }
  return 0;
}
