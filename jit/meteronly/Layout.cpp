//===- Layout.cpp - Number what metering adds, fill gaps ------------------===//
#include "jit/meteronly/Layout.h"

#include "lowering/wasm/Instructions.h"
#include "lowering/wasm/Parts.h"
#include "lowering/wasm/SplitAmounts.h"

#include <algorithm>

using namespace writ;
using namespace writ::meteronly;
using namespace writ::wasmgen;

Layout::Layout(ModuleState &state, const wasm::Module &module, HelperNeeds needs)
    : state(state), module(module), needs(std::move(needs)) {}

//===----------------------------------------------------------------------===//
// What is used, and how often
//===----------------------------------------------------------------------===//

void Layout::useHelperFrom(Helper helper) {
  auto [found, isNew] = added.try_emplace({Key::Helper, uint32_t(helper), 0});
  if (!isNew)
    return;
  found->second.body = makeHelper(helper, needs);
  countBody(found->second.body);
}

void Layout::useImport(uint32_t function) {
  auto [found, isNew] = added.try_emplace({Key::Import, function, 0});
  if (!isNew)
    return;
  found->second.body = chargingImport(state, function);
  countBody(found->second.body);
}

void Layout::countGap(const Gap &gap) {
  switch (gap.kind) {
  case GapKind::Func:
    inCode.push_back(gap.index);
    return useImport(gap.index);
  case GapKind::Helper:
    return useHelperFrom(Helper(gap.index));
  case GapKind::Price:
    ++priceUses[gap.index];
    return;
  default:
    break;
  }
  if (isInline(gap)) {
    useHelperFrom(Helper::OutOfGas);
    ++priceUses[gap.index];
  } else if (helperOf(gap.kind)) {
    ++wholeUses[{gap.kind, gap.index}];
  }
}

void Layout::countBody(const Body &body) {
  for (const Gap &gap : body.code.gaps)
    countGap(gap);
}

bool Layout::isInline(const Gap &gap) const {
  return gap.kind == GapKind::Charge && !gap.isVariant && gap.heat >= hotHeat;
}

/// Those in so many loops that there is room for all of them; those in none come last.
void Layout::chooseHot(uint64_t inlineBytes) {
  std::map<uint32_t, uint64_t, std::greater<>> bytes;
  for (const Body &body : bodies)
    for (const Gap &gap : body.code.gaps)
      if (gap.kind == GapKind::Charge)
        bytes[gap.heat] += gap.looks ? 16 : 6;
  for (auto [heat, needed] : bytes) {
    if (needed > inlineBytes)
      return;
    inlineBytes -= needed;
    hotHeat = heat;
  }
}

/// Charges of rare amounts become several of frequent ones.
void Layout::splitRare() {
  std::map<uint32_t, uint64_t> uses;
  for (auto &[key, count] : wholeUses)
    if (key.first == GapKind::Charge && key.second < firstHostAmount)
      uses[key.second] = count;
  std::set<uint32_t> inLoops;
  for (const Body &body : bodies)
    for (const Gap &gap : body.code.gaps)
      if (gap.kind == GapKind::Charge && gap.heat != 0)
        inLoops.insert(gap.index);
  for (uint32_t amount : state.basicAmounts())
    uses.try_emplace(amount, 0);
  split = splitAmounts(uses, inLoops, state.amounts.counts());
  for (auto &[amount, parts] : split) {
    uint64_t count = parts.isFunction ? 1 : wholeUses[{GapKind::Charge, amount}];
    if (!parts.isFunction)
      wholeUses.erase({GapKind::Charge, amount});
    for (uint32_t part : parts.amounts)
      wholeUses[{GapKind::Charge, part}] += count;
  }
}

/// What is frequent becomes a function without parameters.
void Layout::makeVariants() {
  for (auto &[gap, uses] : wholeUses) {
    auto parts = gap.first == GapKind::Charge ? split.find(gap.second) : split.end();
    if (parts != split.end()) {
      added[{Key::Variant, uint32_t(gap.first), gap.second}].body =
          makeVariant(state, gap.first, gap.second, parts->second.amounts);
      continue;
    }
    useHelperFrom(*helperOf(gap.first));
    bool isFrequent = uses >= enoughUses;
    if (gap.first == GapKind::Charge)
      priceUses[gap.second] += isFrequent ? 1 : uses;
    if (isFrequent)
      added[{Key::Variant, uint32_t(gap.first), gap.second}].body =
          makeVariant(state, gap.first, gap.second);
  }
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

void Layout::number() {
  auto next = uint32_t(module.info.funcs.size());
  for (auto &[key, definition] : added) {
    definition.index = next++;
    order.push_back(&definition);
  }
  thePrices = orderPrices(priceUses);
  for (size_t number = 0; number < thePrices.size(); ++number)
    priceNumbers[thePrices[number]] = uint32_t(number);
}

uint32_t Layout::functionIndex(uint32_t original) const {
  auto found = added.find({Key::Import, original, 0});
  return found == added.end() ? original : found->second.index;
}

uint32_t Layout::globalIndex(uint32_t original) const {
  return ownsMeter() || original < module.importedGlobals
             ? original
             : original + numMeterGlobals(state.options);
}

uint32_t Layout::meterIndex(MeterGlobal global) const {
  return uint32_t(global) +
         (ownsMeter() ? uint32_t(module.info.globals.size()) : module.importedGlobals);
}

uint32_t Layout::priceIndex(uint32_t amount) const {
  return uint32_t(module.info.globals.size()) + numMeterGlobals(state.options) +
         priceNumbers.find(amount)->second;
}

std::vector<uint32_t> Layout::addedTypes() const {
  std::vector<uint32_t> types;
  for (const Added *definition : order)
    types.push_back(definition->body.type);
  return types;
}

std::vector<uint32_t> Layout::referredImports() const {
  std::vector<uint32_t> imports = inCode;
  std::ranges::sort(imports);
  imports.erase(std::unique(imports.begin(), imports.end()), imports.end());
  return imports;
}

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

/// A charge in place. Whether gas has run out only matters if what comes next is seen afterwards.
void Layout::fillInline(Encoder &out, const Gap &gap) {
  uint32_t gasLeft = meterIndex(MeterGlobal::GasLeft);
  emitIndexed(out, globalGetCode, gasLeft);
  emitIndexed(out, globalGetCode, priceIndex(gap.index));
  out.byte(i64SubCode);
  emitIndexed(out, globalSetCode, gasLeft);
  if (!gap.looks)
    return;
  emitIndexed(out, globalGetCode, gasLeft);
  out.byte(i64ConstCode);
  out.signedNumber(0);
  for (uint8_t byte : {i64LtSCode, ifCode, emptyBlock})
    out.byte(byte);
  emitIndexed(out, callCode, helperIndex(Helper::OutOfGas));
  out.byte(endCode);
}

void Layout::fillWhole(Encoder &out, const Gap &gap) {
  auto variant = added.find({Key::Variant, uint32_t(gap.kind), gap.index});
  if (variant != added.end() && !gap.isVariant)
    return emitIndexed(out, callCode, variant->second.index);
  fillHelperCall(out, gap, *this);
}

void Layout::fill(Encoder &out, const Gap &gap) {
  if (fillIndex(out, gap, *this))
    return;
  if (isInline(gap))
    return fillInline(out, gap);
  auto parts = gap.kind == GapKind::Charge ? split.find(gap.index) : split.end();
  if (parts == split.end() || parts->second.isFunction)
    return fillWhole(out, gap);
  for (uint32_t part : parts->second.amounts) {
    Gap one = gap;
    one.index = part;
    fillWhole(out, one);
  }
}

void Layout::layOut(uint64_t inlineBytes) {
  chooseHot(inlineBytes);
  for (const Body &body : bodies)
    countBody(body);
  splitRare();
  makeVariants();
  number();
  Encoder(theCode).number(bodies.size() + order.size());
  auto write = [this](const Body &body) {
    writeBody(theCode, thePlaces, body, [this](Encoder &out, const Gap &gap) { fill(out, gap); });
  };
  for (const Body &body : bodies)
    write(body);
  for (const Added *definition : order)
    write(definition->body);
}
