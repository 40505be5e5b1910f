//===- Variant.cpp - The ways to run a module that must agree -------------===//
#include "tests/support/Variant.h"

#include "jit/CompileArtifact.h"
#include "jit/image/LoadArtifact.h"

namespace writ::test {

std::span<const Variant> allVariants() {
  static constexpr Variant variants[] = {
      {"interp", Metering::Merged, "interp", false},
      {"singlepass", Metering::Merged, "singlepass", false},
      {"llvm", Metering::Merged, "llvm", false},
      {"auto", Metering::Merged, "auto", false},
      {"interp, each op alone", Metering::EachAlone, "interp", false},
      {"singlepass, each op alone", Metering::EachAlone, "singlepass", false},
      {"llvm, each op alone", Metering::EachAlone, "llvm", false},
      {"llvm, explicit bounds", Metering::Merged, "llvm", true},
      {"singlepass, artifact", Metering::Merged, "singlepass", false, true},
      {"llvm, artifact", Metering::Merged, "llvm", false, true},
  };
  return variants;
}

std::span<const Variant> tierVariants() { return allVariants().first(4); }

/// So that each function and each loop changes its code in the middle of what tests do, and
/// always at the same place.
static TierUpOptions changesSoon() {
  TierUpOptions options;
  options.hotTicks = 2;
  return options;
}

static bool sameCompile(const Variant &a, const Variant &b) {
  return a.metering == b.metering && a.explicitBounds == b.explicitBounds && !a.isArtifact &&
         !b.isArtifact;
}

/// Another variant whose compile, for all tiers, serves `variant` too.
static const VariantModule *findCompiled(std::span<const VariantModule> done,
                                         const Variant &variant) {
  for (const VariantModule &other : done)
    if (sameCompile(*other.variant, variant))
      return &other;
  return nullptr;
}

static Result<std::shared_ptr<const CompiledModule>> throughArtifact(std::span<const uint8_t> bytes,
                                                                     const CompileOptions &options,
                                                                     const Variant &variant) {
  ArtifactRequest request;
  request.tier = variant.tier == "llvm" ? NativeTier::LLVM : NativeTier::Singlepass;
  auto artifact = compileArtifact(bytes, options, request);
  if (!artifact)
    return artifact.error();
  cache::ArtifactDemand demand;
  demand.code = cache::digestOf(bytes);
  demand.tier = variant.tier;
  return loadArtifact(cache::makeByteSource(std::move(*artifact)), demand);
}

Result<std::vector<VariantModule>> compileVariants(std::span<const uint8_t> bytes,
                                                   std::span<const Variant> variants,
                                                   std::string_view name) {
  std::vector<VariantModule> modules;
  for (const Variant &variant : variants) {
    if (const VariantModule *other = findCompiled(modules, variant)) {
      modules.push_back({&variant, other->module, variant.tier});
      continue;
    }
    CompileOptions options;
    options.name = name;
    options.metering = variant.metering;
    options.explicitBounds = variant.explicitBounds;
    for (const Variant &other : variants) {
      options.singlepass |= other.tier == "singlepass" && sameCompile(other, variant);
      options.llvm |= other.tier == "llvm" && sameCompile(other, variant);
      if (other.tier == "auto" && sameCompile(other, variant))
        options.tierUp = changesSoon();
    }
    auto compiled = variant.isArtifact ? throughArtifact(bytes, options, variant)
                                       : compileModule(bytes, options);
    if (!compiled)
      return compiled.error();
    modules.push_back({&variant, *compiled, variant.tier});
  }
  return modules;
}

} // namespace writ::test
