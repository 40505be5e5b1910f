//===- Worker.cpp - The process that compiles into the cache --------------===//
#include "tools/writ/precompile/Worker.h"

#include "frontend/wasm/ModuleFile.h"
#include "frontend/wasm/Wasm.h"
#include "tools/writ/artifact/ArtifactOptions.h"

#include <chrono>
#include <fmt/format.h>
#include <iostream>
#include <sys/resource.h>

namespace writ::cli::precompile {

using namespace cache;

static uint64_t peakBytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return uint64_t(usage.ru_maxrss) * 1024;
}

static void say(const Json &line) {
  // Paths may be no UTF-8.
  fmt::print("{}\n", line.dump(-1, ' ', false, Json::error_handler_t::replace));
  std::fflush(stdout);
}

static Outcome fail(Outcome outcome, const Error &error) {
  outcome.status = error.kind == ErrorKind::Internal ? Status::Broken : Status::Failed;
  outcome.message = error.message;
  outcome.peakBytes = peakBytes();
  return outcome;
}

ArtifactRequest Recipe::request(const std::string &tier) const {
  ArtifactRequest request;
  request.tier = artifactTier(tier);
  request.target = target;
  request.macKey = macKey ? &*macKey : nullptr;
  return request;
}

Result<Key> Recipe::keyOf(const Digest &code, const std::string &tier) const {
  return wasm ? wasmArtifactKey(code, *wasm) : artifactKey(code, options, request(tier));
}

ArtifactRecipe Recipe::artifact(const Key &key, const Bytes &module,
                                const std::string &path) const {
  const MacKey *signing = macKey ? &*macKey : nullptr;
  if (wasm)
    return {key, signing, [=, this, &module] {
              WasmArtifactRequest named = *wasm;
              named.options.name = path;
              named.macKey = signing;
              return compileWasmArtifact(module, named);
            }};
  return {key, signing, [=, this, &module] {
            CompileOptions named = options;
            named.name = path;
            return compileArtifact(module, named, request(key.tier));
          }};
}

/// The artifact of one tier, from the cache or made now.
static Outcome compileTier(Store &store, const Recipe &recipe, const Bytes &module, Outcome about) {
  Result<Key> key = recipe.keyOf(*Digest::fromHex(about.code), about.tier);
  if (!key)
    return fail(about, key.error());
  if (recipe.retry)
    if (Result<bool> forgotten = store.forgetFailure(*key); !forgotten)
      return fail(about, forgotten.error());
  ArtifactRecipe timed = recipe.artifact(*key, module, about.path);
  timed.make = [&about, make = std::move(timed.make)] {
    auto start = std::chrono::steady_clock::now();
    Result<Bytes> made = make();
    about.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return made;
  };
  auto found = findOrMakeArtifact(store, timed);
  if (!found)
    return fail(about, found.error());
  about.status = found->isNew ? Status::Compiled : Status::Cached;
  about.artifactBytes = found->bytes.size();
  about.peakBytes = peakBytes();
  return about;
}

/// Reads and validates. What a policy refuses must not be remembered: another one may accept it.
static Result<Bytes> readContract(const std::string &path, const wasm::Policy &policy) {
  Result<Bytes> bytes = wasm::readModuleFile(path, policy.limits.moduleBytes);
  if (bytes)
    if (auto module = wasm::readModule(*bytes, policy, path); !module)
      return module.error();
  return bytes;
}

static void compileContract(Store &store, const Recipe &recipe, const std::string &path) {
  Outcome about;
  about.path = path;
  Result<Bytes> module = readContract(path, recipe.options.policy);
  if (!module)
    return say(toJson(fail(about, module.error())));
  about.moduleBytes = module->size();
  about.code = digestOf(*module).hex();
  if (auto added = store.addContract("wasm", *module); !added)
    return say(toJson(fail(about, added.error())));
  for (const std::string &tier : recipe.tiers) {
    about.tier = tier;
    say({{"begin", tier}, {"code", about.code}});
    say(toJson(compileTier(store, recipe, *module, about)));
  }
}

void runWorker(Store &store, const Recipe &recipe) {
  for (std::string path; std::getline(std::cin, path);) {
    compileContract(store, recipe, path);
    say({{"done", true}});
  }
}

} // namespace writ::cli::precompile
