//===- CompiledModule.cpp - A module with the code of its tiers -----------===//
#include "jit/runtime/CompiledModule.h"

#include "jit/runtime/RuntimeCalls.h"
#include "jit/runtime/Signatures.h"

#include <algorithm>

using namespace writ;

TierCode::~TierCode() = default;

const RuntimeCalls *TierCode::runtimeCalls() const { return &standardRuntimeCalls(); }

std::shared_ptr<const CompiledModule> CompiledModule::create(Parts parts) {
  return std::shared_ptr<const CompiledModule>(new CompiledModule(std::move(parts)));
}

CompiledModule::CompiledModule(Parts given) : parts(std::move(given)) {
  funcSignatures.reserve(parts.info.funcs.size());
  for (const FuncDecl &func : parts.info.funcs) {
    funcSignatures.push_back(internSignature(func.type));
    extraResults = std::max(extraResults, func.type.results.size());
  }
  for (const ExportDecl &exported : parts.info.exports)
    exports.emplace(exported.name, &exported);
}

const TierCode *CompiledModule::tier(std::string_view name) const {
  if (name.empty())
    return parts.tiers.empty() ? nullptr : parts.tiers.back().get();
  for (const auto &tier : parts.tiers)
    if (tier->name() == name)
      return tier.get();
  return nullptr;
}

const ExportDecl *CompiledModule::findExport(std::string_view name) const {
  auto found = exports.find(name);
  return found == exports.end() ? nullptr : found->second;
}

std::shared_ptr<const std::vector<uint64_t>>
CompiledModule::amounts(const ClassPrices &prices) const {
  std::lock_guard lock(amountsMutex);
  std::weak_ptr<const std::vector<uint64_t>> &cached = amountsCache[prices];
  if (auto shared = cached.lock())
    return shared;
  std::erase_if(amountsCache, [&](const auto &entry) {
    return entry.second.expired() && &entry.second != &cached;
  });
  auto filled = std::make_shared<std::vector<uint64_t>>(parts.charges.size());
  refill(*filled, parts.charges, prices);
  cached = filled;
  return filled;
}
