//===- CompileArtifact.cpp - From module bytes to an artifact -------------===//

#include "jit/CompileArtifact.h"

#include "cache/Artifact.h"
#include "jit/ColdMaker.h"
#include "jit/image/ColdFormat.h"
#include "jit/image/LoadArtifact.h"
#include "jit/interp/Translator.h"
#include "jit/orc/Orc.h"
#include "lowering/ChargeTable.h"

#include <fmt/format.h>
#include <set>

using namespace writ;
using cache::ArtifactHead;
using cache::Key;

static std::string_view meteringName(Metering metering) {
  switch (metering) {
  case Metering::EachAlone:
    return "each-alone";
  case Metering::None:
    return "none";
  default:
    return "merged";
  }
}

/// Those that shape code and are not at their defaults, sorted. What a policy refuses makes no
/// code, and what it lets pass makes the same.
static std::string optionsText(const CompileOptions &options, NativeTier tier) {
  const CompileOptions standard;
  std::set<std::string> texts;
  if (options.metering != standard.metering)
    texts.insert(fmt::format("metering={}", meteringName(options.metering)));
  if (options.profile)
    texts.insert("profile");
  if (tier == NativeTier::LLVM) {
    if (options.explicitBounds)
      texts.insert("explicit-bounds");
    if (options.optLevel != standard.optLevel)
      texts.insert(fmt::format("opt-level={}", options.optLevel));
  }
  return fmt::format("{}", fmt::join(texts, " "));
}

/// The same backwards, for one of them. False if there is no such option.
static bool setOption(std::string_view text, CompileOptions &options) {
  if (text == "profile")
    return options.profile = true;
  if (text == "explicit-bounds")
    return options.explicitBounds = true;
  for (Metering metering : {Metering::Merged, Metering::EachAlone, Metering::None})
    if (text == fmt::format("metering={}", meteringName(metering)))
      return options.metering = metering, true;
  for (unsigned level = 0; level <= 3; ++level)
    if (text == fmt::format("opt-level={}", level))
      return options.optLevel = level, true;
  return false;
}

Result<void> writ::useKey(const Key &key, CompileOptions &options, ArtifactRequest &request) {
  bool isSinglepass = key.tier == tierName(NativeTier::Singlepass);
  if (!isSinglepass && key.tier != tierName(NativeTier::LLVM))
    return badInput(fmt::format("no tier '{}' makes artifacts", key.tier));
  request.tier = isSinglepass ? NativeTier::Singlepass : NativeTier::LLVM;
  request.target = key.target;
  for (std::string_view rest = key.options; !rest.empty();) {
    std::string_view text = rest.substr(0, rest.find(' '));
    if (!setOption(text, options))
      return badInput(fmt::format("there is no option '{}'", text));
    rest.remove_prefix(std::min(text.size() + 1, rest.size()));
  }
  return {};
}

Result<Key> writ::artifactKey(const cache::Digest &code, const CompileOptions &options,
                              const ArtifactRequest &request) {
  bool isSinglepass = request.tier == NativeTier::Singlepass;
  std::string target = isSinglepass ? std::string(singlepassTarget) : request.target;
  if (!cache::cpuFeaturesOf(target))
    return badInput(fmt::format("no target '{}'; there are x86-64-v2 and x86-64-v3", target));
  Key key;
  key.code = code;
  key.compiler = cache::thisCompiler();
  key.tier = tierName(request.tier);
  key.target = std::move(target);
  key.options = optionsText(options, request.tier);
  return key;
}

static FunctionOptions functionOptions(const CompileOptions &options) {
  return {options.metering, options.profile, options.name};
}

/// Both give parts that refer to what they fill in `made`.
namespace {
struct Compiled {
  NativeImage image;
  std::vector<CostCounts> charges;
  ModuleInfo info;
  std::vector<std::vector<uint8_t>> cold; ///< Of each own function.
};
} // namespace

static Result<Compiled> compileSinglepass(std::span<const uint8_t> bytes,
                                          const CompileOptions &options) {
  auto source =
      ModuleSource::read(bytes, options.policy, functionOptions(options), options.threads);
  if (!source)
    return source.error();
  auto built = buildSinglepass(*source, options.threads, options.times);
  if (!built)
    return built.error();
  auto cold = makeAllCold(**source, built->charges, options.threads);
  if (!cold)
    return cold.error();
  return Compiled{std::move(built->image), std::move(built->charges), std::move(built->info),
                  std::move(*cold)};
}

/// Numbers are those of `code`, the code of the whole module; it also has regions that native code
/// never asks for.
static std::vector<std::vector<uint8_t>> makeCold(const interp::Code &code, const RegionMap &wanted,
                                                  NativeImage &image) {
  std::vector<std::vector<ColdRegion>> regions(code.functions.size());
  std::vector<bool> isWanted(code.regions.size());
  for (const auto &[charge, region] : wanted)
    isWanted[region.region] = true;
  uint32_t number = 0;
  for (uint32_t own = 0; own < code.functions.size(); ++own) {
    uint32_t first = image.functions[own].firstRegion = number;
    for (; number < code.regions.size() && code.regions[number].function == own; ++number)
      if (isWanted[number])
        regions[own].push_back({number - first, number, false, {}});
  }
  std::vector<std::vector<uint8_t>> made;
  for (uint32_t own = 0; own < code.functions.size(); ++own) {
    ByteWriter writer;
    writeColdFunction(writer, code, code.functions[own], regions[own], NativeTier::LLVM);
    made.push_back(std::move(writer.bytes));
  }
  return made;
}

static Result<Compiled> compileLLVM(std::span<const uint8_t> bytes, const CompileOptions &options,
                                    const std::string &target) {
  auto prepared = prepareModule(bytes, options);
  if (!prepared)
    return prepared.error();
  ChargeTable charges;
  RegionMap regions;
  auto code = interp::translate(*prepared->ir, charges, &regions);
  if (!code)
    return code.error();
  OrcOptions orcOptions;
  orcOptions.optLevel = options.optLevel;
  orcOptions.explicitBounds = options.explicitBounds;
  orcOptions.budget = options.llvmBudget;
  orcOptions.hostFeatures = false;
  orcOptions.target = target;
  auto image = compileOrcImage(*prepared->ir, charges, regions, orcOptions);
  if (!image)
    return image.error();
  auto cold = makeCold(**code, regions, *image);
  return Compiled{std::move(*image), charges.counts(), std::move(prepared->info), std::move(cold)};
}

Result<std::vector<uint8_t>> writ::compileArtifact(std::span<const uint8_t> bytes,
                                                   const CompileOptions &options,
                                                   const ArtifactRequest &request) {
  auto key = artifactKey(cache::digestOf(bytes), options, request);
  if (!key)
    return key.error();
  auto compiled = request.tier == NativeTier::Singlepass ? compileSinglepass(bytes, options)
                                                         : compileLLVM(bytes, options, key->target);
  if (!compiled)
    return compiled.error();
  ArtifactParts parts;
  parts.head.cpuFeatures = *cache::cpuFeaturesOf(key->target);
  parts.head.key = std::move(*key);
  parts.head.work = compiled->image.work;
  parts.info = &compiled->info;
  parts.charges = &compiled->charges;
  parts.image = &compiled->image;
  parts.cold = std::move(compiled->cold);
  return makeArtifact(std::move(parts), request.macKey);
}
