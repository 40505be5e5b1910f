//===- CompileApi.cpp - The compile side of writ.h ------------------------===//
#include "frontend/wasm/ModuleFile.h"
#include "jit/Engine.h"
#include "jit/Tiers.h"
#include "jit/capi/Handles.h"
#include "jit/tierup/CompileQueue.h"

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

writ_error_t *writ_compile(const writ_engine_t *engine, const uint8_t *bytes, size_t size,
                           const char *name, writ_module_t **module) {
  *module = nullptr;
  CompileOptions options = compileOptions(*engine->engine, name ? name : "module");
  auto compiled = compileModule({bytes, size}, options);
  if (!compiled)
    return toC(compiled.error());
  giveModule(std::move(*compiled), module);
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
