//===- Artifacts.cpp - Artifacts and the cache for C ----------------------===//
#include "cache/Artifact.h"
#include "jit/capi/Handles.h"
#include "jit/image/LoadArtifact.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

using namespace writ;
using namespace writ::capi;

void writ_bytes_free(writ_bytes_t *bytes) {
  std::free(bytes->data);
  *bytes = {};
}

void writ_code_hash(const uint8_t *bytes, size_t size, uint8_t hash[32]) {
  std::ranges::copy(cache::digestOf({bytes, size}).bytes, hash);
}

/// As the compile side's `artifactKey` has it, which needs the contract.
cache::Key writ::capi::keyOf(const EngineOptions &options, const cache::Digest &code) {
  cache::Key key;
  key.code = code;
  key.compiler = cache::thisCompiler();
  key.tier = options.tier;
  if (options.tier != "llvm") {
    key.target = singlepassTarget;
    return key;
  }
  key.target = options.target.empty() ? defaultTarget : options.target;
  const EngineOptions standard;
  if (options.explicitBounds)
    key.options = "explicit-bounds";
  if (options.optLevel != standard.optLevel)
    key.options += fmt::format("{}opt-level={}", key.options.empty() ? "" : " ", options.optLevel);
  return key;
}

Result<Loaded> writ::capi::load(const EngineOptions &options,
                                std::shared_ptr<const cache::ByteSource> source,
                                const cache::Key *key) {
  cache::ArtifactDemand demand;
  demand.macKey = options.macKey;
  if (key) {
    demand.code = key->code;
    demand.tier = key->tier;
    demand.target = key->target;
    demand.options = key->options;
  }
  auto module = loadArtifact(source, demand);
  if (!module)
    return module.error();
  return Loaded{std::move(*module), std::move(source)};
}

writ_error_t *writ::capi::giveBytes(std::span<const uint8_t> bytes, writ_bytes_t *place) {
  *place = {};
  place->data = static_cast<uint8_t *>(std::malloc(bytes.size()));
  if (!place->data)
    return toC(internalError("no memory for an artifact"));
  place->size = bytes.size();
  std::ranges::copy(bytes, place->data);
  return nullptr;
}

writ_error_t *writ_module_serialize(const writ_module_t *module, writ_bytes_t *artifact) {
  *artifact = {};
  if (!module->artifact)
    return toC(badInput("the module was compiled without a cache: writ_compile_artifact gives "
                        "artifacts"));
  std::vector<uint8_t> bytes(module->artifact->size());
  if (!module->artifact->read(0, bytes))
    return toC(badInput("artifact: it cannot be read any more"));
  auto opened = cache::Artifact::inspect(cache::makeByteSource(bytes));
  if (!opened)
    return toC(opened.error());
  if (Result<void> intact = opened->verifyAll(); !intact)
    return toC(intact);
  return giveBytes(bytes, artifact);
}

/// Loads it and gives the handle.
static writ_error_t *give(const writ_engine_t *engine,
                          std::shared_ptr<const cache::ByteSource> source, const cache::Key *key,
                          writ_module_t **module) {
  auto loaded = load(engine->engine->options, std::move(source), key);
  if (!loaded)
    return toC(loaded.error());
  giveModule(std::move(*loaded), module);
  return nullptr;
}

writ_error_t *writ_load(const writ_engine_t *engine, const uint8_t *bytes, size_t size,
                        writ_module_t **module) {
  *module = nullptr;
  return give(engine, cache::makeByteSource({bytes, bytes + size}), nullptr, module);
}

writ_error_t *writ_load_file(const writ_engine_t *engine, const char *path,
                             writ_module_t **module) {
  *module = nullptr;
  auto source = cache::openByteSource(path);
  if (!source)
    return toC(source.error());
  return give(engine, std::move(*source), nullptr, module);
}

writ_error_t *writ_load_cached(const writ_engine_t *engine, const uint8_t hash[32],
                               writ_module_t **module) {
  *module = nullptr;
  if (!engine->engine->cache)
    return toC(badInput("the engine has no cache (option cache)"));
  cache::Digest code;
  std::copy_n(hash, code.bytes.size(), code.bytes.begin());
  cache::Key key = keyOf(engine->engine->options, code);
  auto found = engine->engine->cache->find(key);
  if (!found)
    return toC(found.error());
  if (!*found)
    return nullptr;
  return give(engine, cache::makeByteSource(std::move(**found)), &key, module);
}
