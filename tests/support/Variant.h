//===- Variant.h - The ways to run a module that must agree ---------------===//
#ifndef WRIT_TESTS_SUPPORT_VARIANT_H
#define WRIT_TESTS_SUPPORT_VARIANT_H

#include "hostabi/Result.h"
#include "jit/Engine.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::test {

/// One way to compile a module and to run it.
struct Variant {
  std::string_view name;
  Metering metering = Metering::Merged;
  std::string_view tier = "interp";
  bool explicitBounds = false;
  bool isArtifact = false; ///< Code is made into an artifact, and loaded from that.
};

/// All tiers, as in production, and each with every op charged alone; the LLVM tier also with
/// explicit bounds checks; native tiers also from artifacts. The first is the one that others are
/// compared with.
std::span<const Variant> allVariants();

/// Just the tiers, as in production.
std::span<const Variant> tierVariants();

/// A module ready to be run as a variant says.
struct VariantModule {
  const Variant *variant = nullptr;
  std::shared_ptr<const CompiledModule> module;
  std::string_view tier; ///< For `InstanceOptions`.
};

/// Compiles `bytes` once for each set of options that `variants` need. The first error, if
/// there is one, is that of the whole.
Result<std::vector<VariantModule>> compileVariants(std::span<const uint8_t> bytes,
                                                   std::span<const Variant> variants,
                                                   std::string_view name);

} // namespace writ::test

#endif
