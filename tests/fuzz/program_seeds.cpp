//===- program_seeds.cpp - Inputs for fuzz_differential to start from -----===//
#include "tests/differential/ByteSource.h"
#include "tests/support/Files.h"

#include <filesystem>

#include <fmt/format.h>

using namespace writ::test;

int main(int argc, char **argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: program_seeds DIR\n");
    return 2;
  }
  std::string folder = argv[1];
  std::filesystem::create_directories(folder);
  for (unsigned seed = 0; seed < 64; ++seed) {
    std::vector<uint8_t> bytes = seededBytes(seed, 100 + seed * 20);
    if (!writeFile(fmt::format("{}/seed-{}", folder, seed), bytes))
      return 1;
  }
  return 0;
}
