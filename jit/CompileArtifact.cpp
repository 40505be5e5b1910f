//===- CompileArtifact.cpp - From module bytes to an artifact -------------===//

#include "jit/CompileArtifact.h"

#include "cache/Artifact.h"
#include "jit/ColdMaker.h"
#include "jit/image/LoadArtifact.h"
#include "jit/interp/CodeFormat.h"
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
  std::vector<std::vector<uint8_t>> cold;
  std::vector<uint8_t> interp;
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
  return Compiled{std::move(built->image),
                  std::move(built->charges),
                  std::move(built->info),
                  std::move(*cold),
                  {}};
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
  // Also for regions that native code never asks for: then no look-up needs a check.
  for (const interp::Region &region : (*code)->regions)
    image->coldFrameWords = std::max(image->coldFrameWords, region.liveWords);
  ByteWriter writer;
  interp::writeCode(writer, **code);
  return Compiled{
      std::move(*image), charges.counts(), std::move(prepared->info), {}, std::move(writer.bytes)};
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
  parts.interp = std::move(compiled->interp);
  return makeArtifact(std::move(parts), request.macKey);
}
