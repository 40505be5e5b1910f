//===- CacheList.cpp - What is in the cache -------------------------------===//
#include "cache/Artifact.h"
#include "tools/writ/Text.h"
#include "tools/writ/cache/CacheActions.h"

#include <ctime>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>

using Json = nlohmann::ordered_json;

namespace writ::cli {

using namespace cache;

static constexpr size_t shortDigits = 12;

/// "2026-11-20 12:00", here.
static std::string timeText(int64_t seconds) {
  std::time_t time = seconds;
  std::tm parts = {};
  char text[32];
  if (!localtime_r(&time, &parts) || !std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &parts))
    return "-";
  return text;
}

static std::string orDash(const std::string &text) { return text.empty() ? "-" : text; }

static Json keyJson(const Key &key) {
  return {{"code", key.code.hex()},
          {"tier", key.tier},
          {"target", key.target},
          {"compiler", key.compiler},
          {"options", key.options}};
}

static Json entryJson(const Entry &entry) {
  Json made = keyJson(entry.key);
  made.update({{"bytes", entry.size},
               {"work", entry.work},
               {"compile_s", double(entry.compileMicros) * 1e-6},
               {"made", entry.made},
               {"used", entry.used},
               {"hits", entry.hits}});
  return made;
}

static Json failureJson(const Failure &failure) {
  Json made = keyJson(failure.key);
  made.update({{"message", failure.message}, {"made", failure.made}});
  return made;
}

static std::string tableOf(const std::vector<Entry> &entries) {
  if (entries.empty())
    return "";
  Table table;
  table.add({"contract", "tier", "target", "options", "size", "compile", "hits", "last used",
             "compiler"});
  for (const Entry &entry : entries)
    table.add({entry.key.code.hex().substr(0, shortDigits), entry.key.tier, entry.key.target,
               orDash(entry.key.options), bytesText(double(entry.size)),
               secondsText(double(entry.compileMicros) * 1e-6), std::to_string(entry.hits),
               timeText(entry.used), entry.key.compiler});
  return table.text();
}

static std::string textOf(const std::vector<Failure> &failures) {
  std::string text;
  for (const Failure &failure : failures)
    text += fmt::format("{}  {}: {}\n", failure.key.code.hex().substr(0, shortDigits),
                        failure.key.tier, failure.message);
  return text.empty() ? "" : "Could not be compiled:\n" + text;
}

/// What an artifact consists of. Empty if it cannot be read.
static std::vector<Artifact::Section> sectionsOf(Store &store, const Entry &entry) {
  auto bytes = orFatal(store.find(entry.key));
  if (!bytes)
    return {};
  auto artifact = Artifact::inspect(makeByteSource(std::move(*bytes)));
  if (!artifact)
    return {};
  return {artifact->sections().begin(), artifact->sections().end()};
}

static std::string sectionsText(Store &store, const std::vector<Entry> &entries) {
  std::string text;
  for (const Entry &entry : entries) {
    text += fmt::format("{} {}:", entry.key.tier, entry.key.target);
    for (const Artifact::Section &section : sectionsOf(store, entry))
      text += fmt::format(" {} {}", sectionName(section.id), section.size);
    text += "\n";
  }
  return text;
}

static Json sectionsJson(Store &store, const Entry &entry) {
  Json made = Json::object();
  for (const Artifact::Section &section : sectionsOf(store, entry))
    made[std::string(sectionName(section.id))] = section.size;
  return made;
}

/// Prints both, of all contracts, or of one with what its artifacts consist of, if `store` is
/// given.
static void print(const std::vector<Entry> &entries, const std::vector<Failure> &failures,
                  bool asJson, Json about, Store *store = nullptr) {
  if (asJson) {
    about["artifacts"] = Json::array();
    for (const Entry &entry : entries) {
      about["artifacts"].push_back(entryJson(entry));
      if (store)
        about["artifacts"].back()["sections"] = sectionsJson(*store, entry);
    }
    about["failures"] = Json::array();
    for (const Failure &failure : failures)
      about["failures"].push_back(failureJson(failure));
    fmt::print("{}\n", about.dump(2));
    return;
  }
  fmt::print("{}{}{}", tableOf(entries), store ? sectionsText(*store, entries) : "",
             textOf(failures));
}

ExitCode listCache(const CacheRequest &request) {
  auto store = request.cache.open(Access::ReadOnly);
  print(orFatal(store->entries()), orFatal(store->failures()), request.json, Json::object());
  return ExitCode::Ok;
}

Digest findCode(Store &store, const std::string &digits, const std::string &file) {
  std::map<Digest, bool> found;
  auto look = [&](const Digest &code) {
    if (code.hex().starts_with(digits))
      found[code] = true;
  };
  for (const Digest &code : orFatal(store.contracts()))
    look(code);
  for (const Entry &entry : orFatal(store.entries()))
    look(entry.key.code);
  for (const Failure &failure : orFatal(store.failures()))
    look(failure.key.code);
  if (found.empty())
    throw Fatal(ExitCode::BadInput, fmt::format("{}: has no contract {}", file, digits));
  if (found.size() > 1)
    throw Fatal(ExitCode::BadInput,
                fmt::format("{}: has {} contracts that start with {}", file, found.size(), digits));
  return found.begin()->first;
}

ExitCode showContract(const CacheRequest &request) {
  auto store = request.cache.open(Access::ReadOnly);
  Digest code = findCode(*store, request.words[0], request.cache.file());
  std::vector<Entry> entries = orFatal(store->entries());
  std::erase_if(entries, [&](const Entry &entry) { return entry.key.code != code; });
  std::vector<Failure> failures = orFatal(store->failures());
  std::erase_if(failures, [&](const Failure &failure) { return failure.key.code != code; });
  std::optional<Contract> contract = orFatal(store->findContract(code));
  Json about = {{"code", code.hex()}};
  if (contract)
    about.update({{"kind", contract->kind}, {"bytes", contract->bytes.size()}});
  if (!request.json)
    fmt::print("contract {}: {}\n", code.hex(),
               contract ? fmt::format("{}, {} bytes", contract->kind, contract->bytes.size())
                        : "only its artifacts are here");
  print(entries, failures, request.json, std::move(about), store.get());
  return ExitCode::Ok;
}

ExitCode showTotals(const CacheRequest &request) {
  auto store = request.cache.open(Access::ReadOnly);
  Totals totals = orFatal(store->totals());
  double seconds = double(totals.compileMicros) * 1e-6;
  if (request.json) {
    Json made = {{"file", request.cache.file()},
                 {"contracts", totals.contracts},
                 {"contract_bytes", totals.contractBytes},
                 {"artifacts", totals.artifacts},
                 {"artifact_bytes", totals.artifactBytes},
                 {"failures", totals.failures},
                 {"hits", totals.hits},
                 {"compile_s", seconds}};
    fmt::print("{}\n", made.dump(2));
    return ExitCode::Ok;
  }
  fmt::print("{}\n"
             "contracts  {}, {}\n"
             "artifacts  {}, {}, compiled in {}, used {} times\n"
             "failures   {}\n",
             request.cache.file(), totals.contracts, bytesText(double(totals.contractBytes)),
             totals.artifacts, bytesText(double(totals.artifactBytes)), secondsText(seconds),
             totals.hits, totals.failures);
  return ExitCode::Ok;
}

} // namespace writ::cli
