//===- SinglepassCode.cpp - Loaded code of this tier ----------------------===//

#include "jit/singlepass/SinglepassCode.h"

#include "jit/runtime/Entry.h"
#include "jit/runtime/RuntimeCalls.h"
#include "jit/runtime/Signatures.h"

#include <algorithm>

using namespace writ;
using namespace writ::singlepass;

CodeEntry SinglepassCode::entry(uint32_t func) const {
  uint32_t index = func - module.firstFunction;
  uint32_t native = module.jumps.empty() ? module.functions[index] : module.jumps[index];
  return {nativeArrayCall, codeAt(native), codeAt(module.thunks[index])};
}

std::vector<CodeSymbol> SinglepassCode::symbols() const {
  std::vector<CodeSymbol> made;
  for (size_t i = 0; i < module.functions.size(); ++i) {
    bool isLast = i + 1 == module.functions.size();
    uint32_t end = isLast ? module.functionsEnd : module.functions[i + 1];
    made.push_back({uint32_t(module.firstFunction + i), codeAt(module.functions[i]),
                    end - module.functions[i]});
  }
  return made;
}

const RuntimeCalls *SinglepassCode::runtimeCalls() const {
  static const RuntimeCalls calls = [] {
    RuntimeCalls calls = standardRuntimeCalls();
    calls.coldWithRegisters = runCold;
    return calls;
  }();
  return &calls;
}

SinglepassCode::RegionPlace SinglepassCode::findRegion(uint32_t region) const {
  // Functions without regions have the same number as the next one: the last that has it.
  auto after = std::upper_bound(module.firstRegions.begin(), module.firstRegions.end(), region);
  auto index = uint32_t(after - module.firstRegions.begin()) - 1;
  return {module.firstFunction + index, region - module.firstRegions[index]};
}

Result<std::shared_ptr<const SinglepassCode>>
SinglepassCode::create(LinkedModule linked, std::unique_ptr<ColdSource> cold) {
  std::shared_ptr<SinglepassCode> made(new SinglepassCode(std::move(linked), std::move(cold)));
  LinkedModule &module = made->module;
  for (const FuncType &type : module.callTypes)
    made->signatures.push_back(internSignature(type));
  Result<CodeRegistration> registration =
      registerCode({module.pages.begin(), module.pages.bytes(), std::move(module.faults),
                    module.sites, GasAt::Rsi});
  if (!registration)
    return registration.error();
  made->registration.emplace(std::move(*registration));
  return std::shared_ptr<const SinglepassCode>(std::move(made));
}
