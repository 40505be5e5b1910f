//===- Choices.cpp - The words that options take --------------------------===//
#include "tools/writ/Choices.h"

#include "frontend/wasm/Policy.h"
#include "hostabi/Schedule.h"
#include "jit/Tiers.h"
#include "tools/writ/bench/Peers.h"
#include "tools/writ/cache/CacheActions.h"

namespace writ::cli {

std::vector<std::string> choices(std::string_view option) {
  if (option == "--tier" || option == "--tiers") {
    std::vector<std::string> names;
    for (const TierChoice &tier : tierChoices())
      names.emplace_back(tier.name);
    return names;
  }
  if (option == "--emit")
    return {"contract", "metered", "bytecode", "singlepass", "llvm", "llvm-opt", "asm"};
  if (option == "ACTION")
    return cacheActions();
  if (option == "--perf")
    return {"map", "jitdump"};
  if (option == "--profile-unit")
    return {"gas", "time", "calls"};
  if (option == "--time")
    return {"cpu", "wall"};
  if (option == "SHELL")
    return {"bash", "zsh", "fish"};
  if (option == "--schedule" || option == "--schedules") {
    auto names = shippedScheduleNames();
    return {names.begin(), names.end()};
  }
  if (option == "--peers") {
    std::vector<std::string> names = {"all", "none"};
    for (const bench::Peer &peer : bench::peers())
      names.push_back(peer.name);
    return names;
  }
  if (option == "--features")
    return {
#define WRIT_FEATURE(Name, Mnemonic, Default, Near) Mnemonic,
#include "frontend/wasm/Policy.def"
    };
  if (option == "--limits") {
    auto names = wasm::policyPresetNames();
    return {names.begin(), names.end()};
  }
  return {};
}

} // namespace writ::cli
