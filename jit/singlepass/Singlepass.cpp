//===- Singlepass.cpp - The linear-time native tier -----------------------===//

#include "jit/singlepass/Singlepass.h"

#include "jit/image/ImageCode.h"
#include "jit/singlepass/ModuleCompiler.h"

using namespace writ;
using namespace writ::singlepass;

struct SinglepassCompiler::State {
  State(mlir::ModuleOp module, bool isCounting) : compiler(module, isCounting) {}
  ModuleCompiler compiler;
};

SinglepassCompiler::SinglepassCompiler(mlir::ModuleOp module, bool isCounting)
    : state(std::make_unique<State>(module, isCounting)) {}

SinglepassCompiler::~SinglepassCompiler() = default;

void SinglepassCompiler::beginChunk(uint32_t firstFunction) {
  state->compiler.beginChunk(firstFunction);
}

Result<void> SinglepassCompiler::compile(uint32_t function) {
  return state->compiler.compile(function);
}

Result<EmittedChunk> SinglepassCompiler::endChunk() { return state->compiler.endChunk(); }

Result<std::vector<ColdRegion>> SinglepassCompiler::findWords(uint32_t function,
                                                              const RegionMap &regions) {
  return state->compiler.findWords(function, regions);
}

bool SinglepassCompiler::calleesPop() const { return state->compiler.calleePops; }

Result<SinglepassResult> writ::linkSinglepass(const std::vector<EmittedChunk> &chunks,
                                              const ModuleInfo &info, const LinkOptions &options,
                                              const MakeColdSource &makeCold) {
  Result<LinkedModule> linked = link(chunks, info, options);
  if (!linked)
    return linked.error();
  SinglepassResult result;
  result.charges = std::move(linked->charges);
  auto code = ImageCode::create(std::move(linked->image), makeCold(result.charges));
  if (!code)
    return code.error();
  result.code = *code;
  result.ticks = &(*code)->tickTable();
  result.entries = (*code)->entryTable();
  return result;
}
