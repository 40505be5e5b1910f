//===- Cache.cpp - writ cache: look at it, check it, move it --------------===//
#include "tools/writ/Choices.h"
#include "tools/writ/Suggest.h"
#include "tools/writ/cache/CacheActions.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace writ::cli {

static constexpr const char *examples =
    R"(Compiled contracts are kept in one SQLite file, under the hash of the contract and all else that
shapes the code.

Actions:
  ls                 the artifacts, and what could not be compiled
  show CODE          one contract, by the first digits of its hash; its artifacts' sections
  get CODE FILE [WORD...]
                     write what is kept of one contract to FILE (- for standard output): the metered
                     module of the Wasm target, or the artifact. With words, the one with these as
                     its tier, target, compiler or among its options
  stats              sums
  verify             check every row and the file; --repair removes what is wrong
  gc --keep SIZE     remove artifacts until SIZE is left, the least recently used first
  export FILE [CODE...]
                     copy everything, or these contracts and what belongs to them, into another
                     cache file
  import FILE        add what another cache file has and this one has not
  sql "SELECT ..."   ask anything, without changing anything

Examples:
  writ cache ls
  writ cache get 3f2a token.metered.wasm wasm
  writ cache gc --keep 500M
  writ cache sql "SELECT tier, count(*), sum(size) FROM artifact GROUP BY tier"
)";

namespace {
/// An action, and what it may be given.
struct Action {
  const char *name;
  size_t leastWords, mostWords;
  const char *words; ///< What they are, for messages.
  ExitCode (*run)(const CacheRequest &);
  bool takesJson, takesRepair, takesKeep;
};
} // namespace

static constexpr Action actions[] = {
    {"ls", 0, 0, "", listCache, true, false, false},
    {"show", 1, 1, "a contract's hash, or its first digits", showContract, true, false, false},
    {"get", 2, ~size_t(0), "a contract's hash, a file, and words", getArtifact, false, false,
     false},
    {"stats", 0, 0, "", showTotals, true, false, false},
    {"verify", 0, 0, "", verifyCache, false, true, false},
    {"gc", 0, 0, "", collectGarbage, false, false, true},
    {"export", 1, ~size_t(0), "a file, and hashes of contracts", exportCache, false, false, false},
    {"import", 1, 1, "a file", importCache, false, false, false},
    {"sql", 1, 1, "a statement", runSql, true, false, false},
};

std::vector<std::string> cacheActions() {
  std::vector<std::string> names;
  for (const Action &action : actions)
    names.emplace_back(action.name);
  return names;
}

[[noreturn]] static void refuse(const std::string &why) {
  throw Fatal(ExitCode::BadInput, why + " (see 'writ cache --help')");
}

static ExitCode run(const CacheRequest &request) {
  const Action *action = std::ranges::find(actions, request.action, &Action::name);
  if (action == std::end(actions))
    refuse(fmt::format("unknown action '{}'{}", request.action,
                       suggestion(request.action, cacheActions())));
  if (request.words.size() > action->mostWords)
    refuse(fmt::format("unexpected argument '{}'", request.words[action->mostWords]));
  if (request.words.size() < action->leastWords)
    refuse(fmt::format("cache {} needs {}", action->name, action->words));
  if (request.json && !action->takesJson)
    refuse(fmt::format("cache {} takes no --json", action->name));
  if (request.repair && !action->takesRepair)
    refuse(fmt::format("cache {} takes no --repair", action->name));
  if (request.keep && !action->takesKeep)
    refuse(fmt::format("cache {} takes no --keep", action->name));
  return action->run(request);
}

void addCache(CLI::App &app, Command &chosen) {
  auto request = std::make_shared<CacheRequest>();
  CLI::App *sub = app.add_subcommand("cache", "Look at the cache, check it, copy it, shrink it");
  sub->footer(examples);
  sub->add_option("ACTION", request->action, listOf(cacheActions()))->required()->type_name("");
  sub->add_option("WORDS", request->words, "What the action is about")->type_name("");
  request->cache.addTo(*sub);
  sub->add_flag("--json", request->json, "ls, show, stats, sql: print as JSON");
  sub->add_flag("--repair", request->repair, "verify: remove the rows that are wrong");
  sub->add_option("--keep", request->keep, "gc: bytes of artifacts to keep, with k, M, G")
      ->type_name("SIZE");
  sub->callback([request, &chosen] { chosen = [request] { return run(*request); }; });
}

} // namespace writ::cli
