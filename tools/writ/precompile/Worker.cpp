//===- Worker.cpp - The process that compiles into the cache --------------===//
#include "tools/writ/precompile/Worker.h"

#include "cache/Artifact.h"
#include "frontend/wasm/ModuleFile.h"
#include "frontend/wasm/Wasm.h"
#include "hostabi/Context.h"
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

static Result<Made> make(const Bytes &module, const CompileOptions &options,
                         const ArtifactRequest &request) {
  Result<Bytes> bytes = compileArtifact(module, options, request);
  if (!bytes)
    return bytes.error();
  auto artifact = Artifact::inspect(makeByteSource(*bytes));
  if (!artifact)
    return artifact.error();
  return Made{std::move(*bytes), artifact->head().work};
}

/// Whether who asks for `key` could run it, on a machine that is good enough.
static bool isUsable(const Bytes &bytes, const Key &key, const ArtifactRequest &request) {
  ArtifactDemand demand{key.code, key.tier, key.target, key.options, {}};
  if (request.macKey)
    demand.macKey = *request.macKey;
  auto artifact = Artifact::inspect(makeByteSource(bytes), demand);
  return artifact && artifact->head().abi == abiVersion && artifact->verifyAll();
}

/// The artifact of one tier, from the cache or made now.
static Outcome compileTier(Store &store, const Recipe &recipe, const Bytes &module, Outcome about) {
  CompileOptions options = recipe.options;
  options.name = about.path;
  ArtifactRequest request = recipe.request(about.tier);
  Result<Key> key = artifactKey(*Digest::fromHex(about.code), options, request);
  if (!key)
    return fail(about, key.error());
  if (recipe.retry)
    if (Result<bool> forgotten = store.forgetFailure(*key); !forgotten)
      return fail(about, forgotten.error());
  about.status = Status::Cached;
  auto makeIt = [&]() -> Result<Made> {
    auto start = std::chrono::steady_clock::now();
    about.status = Status::Compiled;
    Result<Made> made = make(module, options, request);
    about.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return made;
  };
  Result<Bytes> artifact = store.findOrMake(*key, makeIt);
  if (artifact && about.status == Status::Cached && !isUsable(*artifact, *key, request)) {
    if (auto discarded = store.discard(*key, digestOf(*artifact)); !discarded)
      return fail(about, discarded.error());
    artifact = store.findOrMake(*key, makeIt);
  }
  if (!artifact)
    return fail(about, artifact.error());
  about.artifactBytes = artifact->size();
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
