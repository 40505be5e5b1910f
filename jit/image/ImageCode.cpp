//===- ImageCode.cpp - Loaded native code as a tier -----------------------===//

#include "jit/image/ImageCode.h"

#include "jit/interp/Interpreter.h"
#include "jit/runtime/Entry.h"
#include "jit/runtime/RuntimeCalls.h"
#include "jit/runtime/Signatures.h"

#include <algorithm>
#include <fmt/format.h>

using namespace writ;

CodeEntry ImageCode::entry(uint32_t func) const {
  uint32_t index = func - image.firstFunction;
  const ImageFunction &function = image.functions[index];
  uint32_t native = image.jumps.empty() ? function.begin : image.jumps[index];
  return {nativeArrayCall, codeAt(native), codeAt(function.thunk)};
}

/// Cheaper than the fault that it saves; if it fails, that says why.
void ImageCode::expectCall(uint32_t func) const {
  if (pager)
    (void)pager->fetch(image.functions[func - image.firstFunction].begin);
}

std::span<const uint8_t> ImageCode::machineCode() const {
  if (pager && pager->fetchAll())
    return {};
  return {pages().at(0), pages().codeBytes()};
}

std::vector<CodeSymbol> ImageCode::symbols() const {
  std::vector<CodeSymbol> made;
  for (size_t i = 0; i < image.functions.size(); ++i)
    made.push_back({uint32_t(image.firstFunction + i), codeAt(image.functions[i].begin),
                    image.functions[i].bytes});
  return made;
}

std::span<const TrapSite> ImageCode::trapSites() const {
  CodeTables tables{image.faults, image.sites};
  if (pager && pager->fetchTables(tables))
    return {};
  return tables.sites;
}

void ImageCode::attach(const CompiledModule *module) const {
  if (coldSource)
    coldSource->attach(module);
}

const RuntimeCalls *ImageCode::runtimeCalls() const {
  static const RuntimeCalls forSinglepass = [] {
    RuntimeCalls calls = standardRuntimeCalls();
    calls.coldWithRegisters = runCold;
    return calls;
  }();
  static const RuntimeCalls forLLVM = [] {
    RuntimeCalls calls = standardRuntimeCalls();
    calls.cold = interp::runCold;
    return calls;
  }();
  static const RuntimeCalls forLLVMArtifacts = [] {
    RuntimeCalls calls = standardRuntimeCalls();
    calls.cold = runColdFrame;
    return calls;
  }();
  if (image.tier == NativeTier::Singlepass)
    return &forSinglepass;
  return coldSource ? &forLLVMArtifacts : &forLLVM;
}

ImageCode::RegionPlace ImageCode::findRegion(uint32_t region) const {
  // Functions without regions have the same number as the next one: the last that has it.
  auto after = std::ranges::upper_bound(image.functions, region, {}, &ImageFunction::firstRegion);
  auto index = uint32_t(after - image.functions.begin()) - 1;
  return {image.firstFunction + index, region - image.functions[index].firstRegion};
}

/// Calls go to the functions as they are here until something better is there.
void ImageCode::fillEntries() {
  for (size_t i = 0; i < image.jumps.size(); ++i)
    loaded.words()[i] = codeAt(image.functions[i].begin);
}

Result<void> ImageCode::registerPages() {
  for (const FuncType &type : image.callTypes)
    signatures.push_back(internSignature(type));
  if (pages().codeBytes() == 0)
    return {};
  auto made = registerCode({pages().at(0), pages().codeBytes(), image.faults, image.sites,
                            gasAtFaults(image.tier), pager.get()});
  if (!made)
    return made.error();
  registration.emplace(std::move(*made));
  return {};
}

/// Of code that was made for the processor that we run on.
static cache::CpuFeatures neededFeatures(NativeTier tier) {
  return tier == NativeTier::Singlepass ? *cache::cpuFeaturesOf(singlepassTarget) : 0;
}

Result<std::shared_ptr<const ImageCode>> ImageCode::create(NativeImage image,
                                                           std::unique_ptr<ColdSource> cold) {
  cache::CpuFeatures missing = neededFeatures(image.tier) & ~cache::hostCpuFeatures();
  if (missing)
    return internalError(fmt::format("{}: it needs a processor with {}", tierName(image.tier),
                                     cache::toString(missing)));
  auto pages = ImagePages::load(image.code, image.constants, image.jumps.size());
  if (!pages)
    return pages.error();
  image.code = {};
  image.constants = {};
  std::shared_ptr<ImageCode> made(new ImageCode(std::move(image), std::move(cold)));
  made->loaded = std::move(*pages);
  made->fillEntries();
  if (Result<void> done = made->registerPages(); !done)
    return done.error();
  return std::shared_ptr<const ImageCode>(std::move(made));
}

/// Where thunks begin: what functions share is behind all of them. ~0 if there are none.
size_t ImageCode::firstThunk() const {
  size_t first = ~size_t(0);
  for (const ImageFunction &function : image.functions)
    first = std::min<size_t>(first, function.thunk);
  return first;
}

Result<std::shared_ptr<const ImageCode>>
ImageCode::open(std::shared_ptr<const cache::Artifact> artifact, NativeImage image,
                const TableLimits &limits, std::unique_ptr<ColdSource> cold) {
  std::shared_ptr<ImageCode> made(new ImageCode(std::move(image), std::move(cold)));
  auto pager = ArtifactPager::create(std::move(artifact), limits, made->firstThunk());
  if (!pager)
    return pager.error();
  made->pager = std::move(*pager);
  if (Result<void> done = made->registerPages(); !done)
    return done.error();
  return std::shared_ptr<const ImageCode>(std::move(made));
}
