//===- CompiledModule.cpp - A module with the code of its tiers -----------===//
#include "jit/runtime/CompiledModule.h"

#include "jit/runtime/RuntimeCalls.h"
#include "jit/runtime/Signatures.h"

#include <algorithm>

using namespace writ;

/// Room for them is address space only until it is used.
static constexpr size_t mostAddedCharges = 1 << 15;

TierCode::~TierCode() = default;
ChargeSource::~ChargeSource() = default;

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

namespace {
/// Asks for the number of a type once in a while: modules have many functions of a few types.
class SignatureNumbers {
public:
  uint32_t of(const FuncType &type) {
    size_t mixed = type.params.size() * 31 + type.results.size();
    for (ValueType param : type.params)
      mixed = mixed * 7 + size_t(param);
    Entry &entry = entries[mixed % std::size(entries)];
    if (!entry.type || *entry.type != type)
      entry = {&type, internSignature(type)};
    return entry.number;
  }

private:
  struct Entry {
    const FuncType *type = nullptr;
    uint32_t number = 0;
  };
  Entry entries[64];
};
} // namespace

CompiledModule::CompiledModule(Parts given) : parts(std::move(given)) {
  SignatureNumbers numbers;
  funcSignatures.reserve(parts.info.funcs.size());
  for (const FuncDecl &func : parts.info.funcs) {
    funcSignatures.push_back(numbers.of(func.type));
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
  return areWanted ? numCharges() : 0;
}

const ExportDecl *CompiledModule::findExport(std::string_view name) const {
  auto found = exports.find(name);
  return found == exports.end() ? nullptr : found->second;
}

const Result<std::vector<CostCounts>> &CompiledModule::lazyCharges() const {
  std::call_once(chargesOnce, [this] { chargesRead = parts.chargeSource->read(); });
  return chargesRead;
}

std::span<const CostCounts> CompiledModule::charges() const {
  if (!parts.chargeSource)
    return parts.charges;
  const auto &read = lazyCharges();
  return read ? std::span<const CostCounts>(*read) : std::span<const CostCounts>();
}

/// Of the module's own charges.
Result<std::vector<uint64_t>> CompiledModule::fill(const ClassPrices &prices) const {
  if (parts.chargeSource) {
    auto known = parts.chargeSource->amounts(prices);
    if (!known || known->size() == numCharges())
      return known;
    if (!lazyCharges())
      return lazyCharges().error();
  }
  std::vector<uint64_t> filled;
  // Code holds on to where they are.
  if (mayAddCharges)
    filled.reserve(numCharges() + mostAddedCharges);
  filled.resize(numCharges());
  refill(filled, charges(), prices);
  return filled;
}

Result<std::shared_ptr<const std::vector<uint64_t>>>
CompiledModule::amounts(const ClassPrices &prices) const {
  std::lock_guard lock(amountsMutex);
  std::weak_ptr<std::vector<uint64_t>> &cached = amountsCache[prices];
  if (auto shared = cached.lock())
    return std::shared_ptr<const std::vector<uint64_t>>(shared);
  std::erase_if(amountsCache, [&](const auto &entry) {
    return entry.second.expired() && &entry.second != &cached;
  });
  auto own = fill(prices);
  if (!own)
    return own.error();
  auto filled = std::make_shared<std::vector<uint64_t>>(std::move(*own));
  for (const CostCounts &counts : addedCharges)
    filled->push_back(amount(counts, prices));
  cached = filled;
  return std::shared_ptr<const std::vector<uint64_t>>(filled);
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
