//===- CompileApi.cpp - The compile side of writ.h ------------------------===//
#include "cache/CpuFeatures.h"
#include "frontend/wasm/ModuleFile.h"
#include "frontend/wasm/Wasm.h"
#include "jit/CachedArtifact.h"
#include "jit/CompileArtifact.h"
#include "jit/CompileWasm.h"
#include "jit/Engine.h"
#include "jit/Tiers.h"
#include "jit/WasmArtifact.h"
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

/// The artifact from the cache, made if it is not there. What this caller's policy or budget does
/// not let pass says nothing about the contract, and is not remembered.
static Result<std::vector<uint8_t>> makeCached(const capi::Engine &engine, const cache::Key &key,
                                               std::span<const uint8_t> bytes, const char *name) {
  std::optional<Error> refusal;
  auto refuse = [&](const Error &error) {
    refusal = error;
    return internalError(error.message);
  };
  auto artifact = engine.cache->findOrMake(key, [&]() -> Result<cache::Made> {
    if (auto read = wasm::readModule(bytes, engine.options.policy, name); !read)
      return refuse(read.error());
    auto made = makeArtifact(engine, bytes, name);
    if (!made && made.error().kind == ErrorKind::Limit && engine.options.llvmBudget != 0)
      return refuse(made.error());
    if (!made)
      return made.error();
    return cache::Made{std::move(*made), 0};
  });
  return refusal ? *refusal : std::move(artifact);
}

/// From the cache alone; null if there is none, or none that can be used.
static Result<Loaded> loadIfThere(const capi::Engine &engine, const cache::Key &key) {
  auto found = engine.cache->find(key);
  if (!found)
    return found.error();
  if (!*found)
    return Loaded();
  auto loaded = capi::load(engine.options, cache::makeByteSource(std::move(**found)), &key);
  if (!loaded && loaded.error().kind == ErrorKind::BadInput)
    return Loaded();
  return loaded;
}

/// Through the cache, made there if need be. What is there and is refused (damaged, of another
/// format, not signed) is replaced, once. Null if what comes then is refused, too.
static Result<Loaded> loadOrMake(const capi::Engine &engine, const cache::Key &key,
                                 std::span<const uint8_t> bytes, const char *name) {
  for (bool isSecond : {false, true}) {
    auto artifact = makeCached(engine, key, bytes, name);
    if (!artifact)
      return artifact.error();
    cache::Digest contents = cache::digestOf(*artifact);
    auto loaded = capi::load(engine.options, cache::makeByteSource(std::move(*artifact)), &key);
    if (loaded || loaded.error().kind == ErrorKind::Internal)
      return loaded;
    if (isSecond)
      break;
    if (auto discarded = engine.cache->discard(key, contents); !discarded)
      return discarded.error();
  }
  return Loaded();
}

static Result<Loaded> compileFresh(const capi::Engine &engine, std::span<const uint8_t> bytes,
                                   const char *name) {
  auto module = compileModule(bytes, compileOptions(engine, name));
  if (!module)
    return module.error();
  return Loaded{std::move(*module), nullptr};
}

static Result<Loaded> compileCached(const capi::Engine &engine, std::span<const uint8_t> bytes,
                                    const char *name) {
  cache::Key key = keyOf(engine.options, cache::digestOf(bytes));
  bool mayWrite = engine.options.cache.access == cache::Access::ReadWrite;
  // Code for a better processor is for others to use.
  bool canRun = !(*cache::cpuFeaturesOf(key.target) & ~cache::hostCpuFeatures());
  if (canRun) {
    auto loaded = mayWrite ? loadOrMake(engine, key, bytes, name) : loadIfThere(engine, key);
    if (!loaded || loaded->module)
      return loaded;
  }
  return compileFresh(engine, bytes, name);
}

writ_error_t *writ_compile(const writ_engine_t *engine, const uint8_t *bytes, size_t size,
                           const char *name, writ_module_t **module) {
  *module = nullptr;
  const capi::Engine &with = *engine->engine;
  name = name ? name : "module";
  bool isCached = with.cache && hasArtifacts(with.options);
  auto compiled =
      isCached ? compileCached(with, {bytes, size}, name) : compileFresh(with, {bytes, size}, name);
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
  return giveBytes(*made, artifact);
}

/// The module in an artifact that the cache gave.
static Result<std::vector<uint8_t>> moduleIn(std::vector<uint8_t> bytes, const cache::Key &key,
                                             const cache::MacKey *macKey) {
  cache::ArtifactDemand demand{key.code, key.tier, key.target, key.options, {}};
  if (macKey)
    demand.macKey = *macKey;
  auto artifact = cache::Artifact::open(cache::makeByteSource(std::move(bytes)), demand);
  return artifact ? wasmModuleOf(*artifact) : artifact.error();
}

/// As `compileCached`, but what is kept is not run.
static Result<std::vector<uint8_t>> emitCached(const capi::Engine &engine,
                                               const WasmArtifactRequest &request,
                                               std::span<const uint8_t> bytes) {
  cache::Key key = wasmArtifactKey(cache::digestOf(bytes), request);
  const WasmTargetOptions &options = request.options;
  // What only this policy refuses must not be remembered.
  if (auto read = wasm::readModule(bytes, options.policy, options.name); !read)
    return read.error();
  if (engine.options.cache.access == cache::Access::ReadWrite) {
    auto found = findOrMakeArtifact(
        *engine.cache, {key, request.macKey, [&] { return compileWasmArtifact(bytes, request); }});
    return found ? moduleIn(std::move(found->bytes), key, request.macKey) : found.error();
  }
  auto found = engine.cache->find(key);
  if (!found)
    return found.error();
  if (*found)
    if (auto module = moduleIn(std::move(**found), key, request.macKey))
      return module;
  return compileWasm(bytes, request.schedule, options);
}

static writ_error_t *giveWasm(const writ_engine_t *engine, std::span<const uint8_t> bytes,
                              const char *name, WasmTargetOptions options, writ_bytes_t *module) {
  const capi::Engine &with = *engine->engine;
  WasmArtifactRequest request;
  request.options = std::move(options);
  request.options.policy = with.options.policy;
  request.options.name = name ? name : "module";
  request.schedule = with.options.schedule;
  request.macKey = with.options.macKey ? &*with.options.macKey : nullptr;
  auto made = with.cache ? emitCached(with, request, bytes)
                         : compileWasm(bytes, request.schedule, request.options);
  if (!made)
    return toC(made.error());
  return giveBytes(*made, module);
}

writ_error_t *writ_compile_wasm_in_place(const writ_engine_t *engine, const uint8_t *bytes,
                                         size_t size, const char *name, writ_bytes_t *module) {
  *module = {};
  WasmTargetOptions options;
  options.meterOnly = true;
  return giveWasm(engine, {bytes, size}, name, options, module);
}

writ_error_t *writ_compile_wasm(const writ_engine_t *engine, const uint8_t *bytes, size_t size,
                                const char *name, const char *features, writ_bytes_t *module) {
  *module = {};
  auto wanted = parseTargetFeatures(features ? features : "");
  if (!wanted)
    return toC(wanted.error());
  WasmTargetOptions options;
  options.target.features = *wanted;
  return giveWasm(engine, {bytes, size}, name, options, module);
}

writ_error_t *writ_compile_file(const writ_engine_t *engine, const char *path,
                                writ_module_t **module) {
  *module = nullptr;
  auto bytes = wasm::readModuleFile(path, engine->engine->options.policy.limits.moduleBytes);
  if (!bytes)
    return toC(bytes.error());
  return writ_compile(engine, bytes->data(), bytes->size(), path, module);
}
