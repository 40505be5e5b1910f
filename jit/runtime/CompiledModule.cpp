//===- CompiledModule.cpp - A module with the code of its tiers -----------===//
#include "jit/runtime/CompiledModule.h"

#include "jit/runtime/RuntimeCalls.h"
#include "jit/runtime/Signatures.h"

#include <algorithm>

using namespace writ;

/// Room for them is address space only until it is used.
static constexpr size_t mostAddedCharges = 1 << 15;

TierCode::~TierCode() = default;

const RuntimeCalls *TierCode::runtimeCalls() const { return &standardRuntimeCalls(); }

std::shared_ptr<const CompiledModule> CompiledModule::create(Parts parts) {
  std::shared_ptr<const CompiledModule> module(new CompiledModule(std::move(parts)));
  for (const auto &tier : module->parts.tiers)
    tier->attach(module.get());
  return module;
}

CompiledModule::~CompiledModule() {
  for (const auto &tier : parts.tiers)
    tier->attach(nullptr);
}

CompiledModule::CompiledModule(Parts given) : parts(std::move(given)) {
  funcSignatures.reserve(parts.info.funcs.size());
  for (const FuncDecl &func : parts.info.funcs) {
    funcSignatures.push_back(internSignature(func.type));
    extraResults = std::max(extraResults, func.type.results.size());
  }
  for (const auto &tier : parts.tiers)
    mayAddCharges |= tier->entries() != nullptr;
  for (const ExportDecl &exported : parts.info.exports)
    exports.emplace(exported.name, &exported);
}

const TierCode *CompiledModule::tier(std::string_view name) const {
  if (name.empty())
    return parts.tiers.empty() ? nullptr : parts.tiers.back().get();
  for (const auto &tier : parts.tiers)
    if (tier->name() == name)
      return tier.get();
  return name == "interp" ? lazyInterp() : nullptr;
}

const TierCode *CompiledModule::lazyInterp() const {
  std::call_once(interpOnce, [this] {
    if (!parts.makeInterp)
      return;
    if (auto made = parts.makeInterp(*this))
      interpMade = std::move(*made);
  });
  return interpMade.get();
}

size_t CompiledModule::nearPrices() const {
  bool areWanted =
      std::ranges::any_of(parts.tiers, [](const auto &tier) { return tier->wantsNearPrices(); });
  return areWanted ? parts.charges.size() : 0;
}

const ExportDecl *CompiledModule::findExport(std::string_view name) const {
  auto found = exports.find(name);
  return found == exports.end() ? nullptr : found->second;
}

std::shared_ptr<const std::vector<uint64_t>>
CompiledModule::amounts(const ClassPrices &prices) const {
  std::lock_guard lock(amountsMutex);
  std::weak_ptr<std::vector<uint64_t>> &cached = amountsCache[prices];
  if (auto shared = cached.lock())
    return shared;
  std::erase_if(amountsCache, [&](const auto &entry) {
    return entry.second.expired() && &entry.second != &cached;
  });
  auto filled = std::make_shared<std::vector<uint64_t>>();
  // Code holds on to where they are.
  if (mayAddCharges)
    filled->reserve(parts.charges.size() + mostAddedCharges);
  filled->resize(parts.charges.size());
  refill(*filled, parts.charges, prices);
  for (const CostCounts &counts : addedCharges)
    filled->push_back(amount(counts, prices));
  cached = filled;
  return filled;
}

Result<void> CompiledModule::addCharges(std::span<const CostCounts> added) const {
  std::lock_guard lock(amountsMutex);
  if (added.size() > (mayAddCharges ? mostAddedCharges : 0))
    return Error{ErrorKind::Limit, "too many different charges in code that was added"};
  size_t known = std::min(added.size(), addedCharges.size());
  if (!std::equal(added.begin(), added.begin() + known, addedCharges.begin()))
    return internalError("code was added with another table of charges");
  for (const CostCounts &counts : added.subspan(known)) {
    addedCharges.push_back(counts);
    for (auto &[prices, amounts] : amountsCache)
      if (auto shared = amounts.lock())
        shared->push_back(amount(counts, prices));
  }
  return {};
}
