//===- Configurations.cpp - What runs the workloads, and how --------------===//
#include "tools/writ/bench/Configurations.h"

#include "hostabi/Schedule.h"
#include "tools/writ/Choices.h"
#include "tools/writ/Cli.h"
#include "tools/writ/Suggest.h"
#include "tools/writ/bench/Peers.h"
#include "tools/writ/bench/Process.h"

#include <algorithm>
#include <fmt/format.h>

namespace writ::bench {

using cli::ExitCode;
using cli::Fatal;

/// Which of these is fastest depends on the kernel; the fastest one is "native".
static const struct {
  const char *name;
  std::vector<std::string> flags;
} nativeBuilds[] = {
    {"native O3", {"-O3"}},
    {"native O3-v3", {"-O3", "-march=x86-64-v3"}},
    {"native O2-novec", {"-O2", "-fno-vectorize", "-fno-slp-vectorize"}},
};

/// The first line that `program --version` prints.
static std::string versionOf(const std::string &program, const char *argument = "--version") {
  ProcessResult run = runProcess({program, argument}, 20);
  std::string text = run.output.empty() ? run.errors : run.output;
  return text.substr(0, text.find('\n'));
}

static void addNative(std::vector<Configuration> &all, const std::string &compiler) {
  if (compiler.empty())
    return;
  std::string version = versionOf(compiler);
  for (const auto &build : nativeBuilds) {
    Configuration made;
    made.name = build.name;
    made.kind = EngineKind::Native;
    made.version = version;
    made.compiler = compiler;
    made.flags = build.flags;
    all.push_back(std::move(made));
  }
}

static void addWrit(std::vector<Configuration> &all, const ConfigurationRequest &request) {
  for (const std::string &tier : request.tiers) {
    auto known = cli::choices("--tier");
    if (std::ranges::find(known, tier) == known.end())
      throw Fatal(ExitCode::BadInput,
                  fmt::format("no tier '{}'{} (there are: {})", tier, cli::suggestion(tier, known),
                              cli::listOf(known)));
    for (const std::string &schedule : request.schedules) {
      Configuration made;
      made.kind = EngineKind::Writ;
      made.tier = tier;
      made.schedule = schedule == "none" ? "" : schedule;
      bool first = schedule == *std::ranges::find_if(request.schedules,
                                                     [](const auto &s) { return s != "none"; });
      made.name = tier + (schedule == "none" ? " unmetered" : first ? "" : " " + schedule);
      made.version = WRIT_VERSION;
      all.push_back(std::move(made));
    }
  }
}

static void addPeers(std::vector<Configuration> &all, const std::vector<std::string> &names) {
  bool every = std::ranges::find(names, "all") != names.end();
  for (const Peer &peer : peers()) {
    bool named = std::ranges::find(names, peer.name) != names.end();
    if (!every && !named)
      continue;
    if (findProgram(peer.program).empty()) {
      if (named)
        throw Fatal(ExitCode::BadInput,
                    fmt::format("{} is not on PATH: no program '{}'", peer.name, peer.program));
      continue;
    }
    Configuration made;
    made.name = peer.name;
    made.kind = EngineKind::Peer;
    made.peer = &peer;
    made.version = versionOf(peer.program);
    all.push_back(std::move(made));
  }
}

static void checkNames(const ConfigurationRequest &request) {
  std::vector<std::string> known = cli::choices("--peers");
  for (const std::string &name : request.peers)
    if (std::ranges::find(known, name) == known.end())
      throw Fatal(ExitCode::BadInput,
                  fmt::format("no peer '{}'{} (there are: {})", name, cli::suggestion(name, known),
                              cli::listOf(known)));
  for (const std::string &schedule : request.schedules)
    if (schedule != "none")
      cli::orFatal(loadSchedule(schedule));
}

std::vector<Configuration> makeConfigurations(const ConfigurationRequest &request) {
  checkNames(request);
  std::vector<Configuration> all;
  addNative(all, request.compiler);
  addWrit(all, request);
  addPeers(all, request.peers);
  return all;
}

} // namespace writ::bench
