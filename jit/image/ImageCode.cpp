//===- ImageCode.cpp - Loaded native code as a tier -----------------------===//

#include "jit/image/ImageCode.h"

#include "jit/interp/Interpreter.h"
#include "jit/runtime/Entry.h"
#include "jit/runtime/RuntimeCalls.h"
#include "jit/runtime/Signatures.h"

#include <algorithm>

using namespace writ;

CodeEntry ImageCode::entry(uint32_t func) const {
  uint32_t index = func - image.firstFunction;
  const ImageFunction &function = image.functions[index];
  uint32_t native = image.jumps.empty() ? function.begin : image.jumps[index];
  return {nativeArrayCall, codeAt(native), codeAt(function.thunk)};
}

std::span<const uint8_t> ImageCode::machineCode() const { return {pages.at(0), pages.codeBytes()}; }

std::vector<CodeSymbol> ImageCode::symbols() const {
  std::vector<CodeSymbol> made;
  for (size_t i = 0; i < image.functions.size(); ++i)
    made.push_back({uint32_t(image.firstFunction + i), codeAt(image.functions[i].begin),
                    image.functions[i].bytes});
  return made;
}

std::span<const TrapSite> ImageCode::trapSites() const { return image.sites; }

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
  return image.tier == NativeTier::Singlepass ? &forSinglepass : &forLLVM;
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
    pages.words()[i] = codeAt(image.functions[i].begin);
}

Result<void> ImageCode::registerPages() {
  for (const FuncType &type : image.callTypes)
    signatures.push_back(internSignature(type));
  if (pages.codeBytes() == 0)
    return {};
  auto made = registerCode(
      {pages.at(0), pages.codeBytes(), image.faults, image.sites, gasAtFaults(image.tier)});
  if (!made)
    return made.error();
  registration.emplace(std::move(*made));
  return {};
}

Result<std::shared_ptr<const ImageCode>> ImageCode::create(NativeImage image,
                                                           std::unique_ptr<ColdSource> cold) {
  auto pages = ImagePages::load(image.code, image.constants, image.jumps.size());
  if (!pages)
    return pages.error();
  image.code = {};
  image.constants = {};
  std::shared_ptr<ImageCode> made(new ImageCode(std::move(image), std::move(cold)));
  made->pages = std::move(*pages);
  made->fillEntries();
  if (Result<void> done = made->registerPages(); !done)
    return done.error();
  return std::shared_ptr<const ImageCode>(std::move(made));
}
