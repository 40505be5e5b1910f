//===- ThroughCache.cpp - What a command makes, kept in a cache ------------===//
#include "tools/writ/artifact/ThroughCache.h"

#include "frontend/wasm/Wasm.h"
#include "tools/writ/Cli.h"
#include "tools/writ/cache/CachePath.h"

namespace writ::cli {

FoundArtifact makeThroughCache(const CachedContract &contract, const ArtifactRecipe &recipe) {
  if (contract.cacheFile.empty())
    return {orFatal(recipe.make()), true};
  // What a policy refuses must not be remembered: another one may accept it.
  orFatal(wasm::readModule(contract.bytes, contract.policy, contract.name));
  CacheOption cache;
  cache.path = contract.cacheFile;
  auto store = cache.open(cache::Access::ReadWrite);
  orFatal(store->addContract("wasm", contract.bytes));
  return orFatal(findOrMakeArtifact(*store, recipe));
}

FoundArtifact emitThroughCache(const CachedContract &contract, const WasmArtifactRequest &request) {
  if (contract.cacheFile.empty())
    return {orFatal(compileWasm(contract.bytes, request.schedule, request.options)), true};
  ArtifactRecipe recipe{wasmArtifactKey(cache::digestOf(contract.bytes), request), request.macKey,
                        [&] { return compileWasmArtifact(contract.bytes, request); }};
  FoundArtifact found = makeThroughCache(contract, recipe);
  auto artifact = orFatal(cache::Artifact::inspect(cache::makeByteSource(std::move(found.bytes))));
  return {orFatal(wasmModuleOf(artifact)), found.isNew};
}

} // namespace writ::cli
