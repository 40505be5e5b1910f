//===- Choices.cpp - The words that options take --------------------------===//
#include "tools/writ/Choices.h"

#include "frontend/wasm/Policy.h"
#include "hostabi/Schedule.h"
#include "tools/writ/Tiers.h"

namespace writ::cli {

std::vector<std::string> choices(std::string_view option) {
  if (option == "--tier") {
    std::vector<std::string> names;
    for (const TierChoice &tier : tierChoices())
      names.emplace_back(tier.name);
    return names;
  }
  if (option == "--emit")
    return {"contract", "metered", "bytecode", "llvm", "llvm-opt", "asm"};
  if (option == "--time")
    return {"cpu", "wall"};
  if (option == "SHELL")
    return {"bash", "zsh", "fish"};
  if (option == "--schedule") {
    auto names = shippedScheduleNames();
    return {names.begin(), names.end()};
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
