//===- artifact_seeds.cpp - The seed corpus of fuzz_artifact --------------===//
//
// artifact_seeds DIRECTORY
//   writes artifacts of small modules, of both native tiers
//
//===----------------------------------------------------------------------===//
#include "jit/CompileArtifact.h"
#include "tests/fuzz/SeedModule.h"
#include "tests/support/Files.h"

#include <filesystem>

using namespace writ;
using namespace writ::test;

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
      auto artifact = compileArtifact(makeSeedModule(functions), {}, request);
      std::string name = std::string(tierName(tier)) + std::to_string(functions);
      if (!artifact || !writeFile((folder / name).string(), *artifact))
        return 1;
    }
  return 0;
}
