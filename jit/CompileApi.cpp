//===- CompileApi.cpp - The compile side of writ.h ------------------------===//
#include "frontend/wasm/ModuleFile.h"
#include "jit/CompileArtifact.h"
#include "jit/Engine.h"
#include "jit/Tiers.h"
#include "jit/capi/Handles.h"
#include "jit/tierup/CompileQueue.h"

#include <algorithm>
#include <cstdlib>

using namespace writ;
using namespace writ::capi;

static std::shared_ptr<CompileQueue> queueOf(const capi::Engine &engine) {
  std::lock_guard lock(engine.mutex);
  if (!engine.queue)
    engine.queue = std::make_shared<CompileQueue>(engine.options.threads);
  return engine.queue;
}

static CompileOptions compileOptions(const capi::Engine &engine, const char *name) {
  const EngineOptions &wanted = engine.options;
  CompileOptions options;
  options.policy = wanted.policy;
  options.name = name;
  options.explicitBounds = wanted.explicitBounds;
  options.optLevel = wanted.optLevel;
  options.llvmBudget = wanted.llvmBudget;
  options.threads = wanted.threads;
  selectTier(options, wanted.tier);
  if (options.tierUp)
    options.tierUp->queue = queueOf(engine);
  return options;
}

/// Tiers that change their code, or have none, are made anew each time.
static bool hasArtifacts(const EngineOptions &options) {
  return options.tier == "singlepass" || options.tier == "llvm";
}

static Result<std::vector<uint8_t>> makeArtifact(const capi::Engine &engine,
                                                 std::span<const uint8_t> bytes, const char *name) {
  ArtifactRequest request;
  bool isSinglepass = engine.options.tier == "singlepass";
  request.tier = isSinglepass ? NativeTier::Singlepass : NativeTier::LLVM;
  request.target = engine.options.target.empty() ? defaultTarget : engine.options.target;
  request.macKey = engine.options.macKey ? &*engine.options.macKey : nullptr;
  return compileArtifact(bytes, compileOptions(engine, name), request);
}

/// Through the cache. What is there and cannot be used is as good as not there.
static Result<std::shared_ptr<const CompiledModule>>
compileCached(const capi::Engine &engine, std::span<const uint8_t> bytes, const char *name) {
  cache::Key key = keyOf(engine.options, cache::digestOf(bytes));
  auto artifact = engine.cache->findOrMake(key, [&]() -> Result<cache::Made> {
    auto made = makeArtifact(engine, bytes, name);
    if (!made)
      return made.error();
    return cache::Made{std::move(*made), 0};
  });
  if (!artifact)
    return artifact.error();
  auto loaded = capi::load(engine.options, cache::makeByteSource(std::move(*artifact)), &key);
  if (loaded || loaded.error().kind == ErrorKind::Internal)
    return loaded;
  return compileModule(bytes, compileOptions(engine, name));
}

writ_error_t *writ_compile(const writ_engine_t *engine, const uint8_t *bytes, size_t size,
                           const char *name, writ_module_t **module) {
  *module = nullptr;
  const capi::Engine &with = *engine->engine;
  name = name ? name : "module";
  bool isCached = with.cache && hasArtifacts(with.options);
  auto compiled = isCached ? compileCached(with, {bytes, size}, name)
                           : compileModule({bytes, size}, compileOptions(with, name));
  if (!compiled)
    return toC(compiled.error());
  giveModule(std::move(*compiled), module);
  return nullptr;
}

writ_error_t *writ_compile_artifact(const writ_engine_t *engine, const uint8_t *bytes, size_t size,
                                    const char *name, writ_bytes_t *artifact) {
  *artifact = {};
  const capi::Engine &with = *engine->engine;
  if (!hasArtifacts(with.options))
    return toC(badInput("tier " + with.options.tier + " has no artifacts"));
  auto made = makeArtifact(with, {bytes, size}, name ? name : "module");
  if (!made)
    return toC(made.error());
  artifact->data = static_cast<uint8_t *>(std::malloc(made->size()));
  if (!artifact->data)
    return toC(internalError("no memory for an artifact"));
  artifact->size = made->size();
  std::copy(made->begin(), made->end(), artifact->data);
  return nullptr;
}

writ_error_t *writ_compile_file(const writ_engine_t *engine, const char *path,
                                writ_module_t **module) {
  *module = nullptr;
  auto bytes = wasm::readModuleFile(path, engine->engine->options.policy.limits.moduleBytes);
  if (!bytes)
    return toC(bytes.error());
  return writ_compile(engine, bytes->data(), bytes->size(), path, module);
}
