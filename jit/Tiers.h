//===- Tiers.h - The tiers, by the names that users give ------------------===//
#ifndef WRIT_JIT_TIERS_H
#define WRIT_JIT_TIERS_H

#include "jit/Engine.h"

#include <span>
#include <string_view>

namespace writ {

/// One row a tier: the one place that knows what a name means to the engine.
struct TierChoice {
  std::string_view name;
  void (*select)(CompileOptions &options);
};

/// In the order in which they are listed and measured.
std::span<const TierChoice> tierChoices();

/// Asks for the code of the tier called `name`, which must be one of `tierChoices()`.
void selectTier(CompileOptions &options, std::string_view name);

} // namespace writ

#endif
