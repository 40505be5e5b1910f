//===- CacheGet.cpp - Write what is kept of a contract to a file -----------===//
#include "jit/WasmArtifact.h"
#include "tools/writ/Output.h"
#include "tools/writ/cache/CacheActions.h"

#include <algorithm>
#include <fmt/format.h>

namespace writ::cli {

using namespace cache;

/// Whether all of `words` say something of `key`.
static bool fits(const Key &key, std::span<const std::string> words) {
  return std::ranges::all_of(words, [&](const std::string &word) {
    return word == key.tier || word == key.target || word == key.compiler ||
           (" " + key.options + " ").find(" " + word + " ") != std::string::npos;
  });
}

/// The one entry of the contract that fits.
static Entry findEntry(Store &store, const CacheRequest &request) {
  Digest code = findCode(store, request.words[0], request.cache.file());
  std::span words = std::span(request.words).subspan(2);
  std::vector<Entry> entries = orFatal(store.entries());
  std::erase_if(entries, [&](const Entry &entry) {
    return entry.key.code != code || !fits(entry.key, words);
  });
  if (entries.size() == 1)
    return entries.front();
  if (entries.empty())
    throw Fatal(ExitCode::BadInput, fmt::format("{}: nothing like that of contract {}",
                                                request.cache.file(), request.words[0]));
  std::string found;
  for (const Entry &entry : entries)
    found += fmt::format("{}{} {}{}{}", found.empty() ? "" : "; ", entry.key.tier, entry.key.target,
                         entry.key.options.empty() ? "" : " ", entry.key.options);
  throw Fatal(ExitCode::BadInput, fmt::format("{}: has {} of contract {}: {}", request.cache.file(),
                                              entries.size(), request.words[0], found));
}

ExitCode getArtifact(const CacheRequest &request) {
  auto store = request.cache.open(Access::ReadOnly);
  Entry entry = findEntry(*store, request);
  auto bytes = orFatal(store->find(entry.key));
  if (!bytes)
    throw Fatal(ExitCode::BadInput,
                fmt::format("{}: what is there is not what was stored", request.cache.file()));
  const Key &key = entry.key;
  ArtifactDemand demand{key.code, key.tier, key.target, key.options, {}};
  auto artifact = orFatal(Artifact::inspect(makeByteSource(*bytes), demand));
  Bytes contents = isWasmArtifact(artifact) ? orFatal(wasmModuleOf(artifact)) : std::move(*bytes);
  deliver(request.words[1], contents, fmt::format("{} for {}", key.tier, key.target));
  return ExitCode::Ok;
}

} // namespace writ::cli
