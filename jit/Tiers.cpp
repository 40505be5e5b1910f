//===- Tiers.cpp - The tiers, by the names that users give ----------------===//
#include "jit/Tiers.h"

#include <algorithm>

namespace writ {

static constexpr TierChoice tiers[] = {
    {"interp", [](CompileOptions &) {}},
    {"singlepass", [](CompileOptions &options) { options.singlepass = true; }},
    {"llvm", [](CompileOptions &options) { options.llvm = true; }},
    {"auto", [](CompileOptions &options) { options.tierUp.emplace(); }},
};

std::span<const TierChoice> tierChoices() { return tiers; }

void selectTier(CompileOptions &options, std::string_view name) {
  std::ranges::find(tiers, name, &TierChoice::name)->select(options);
}

} // namespace writ
