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
  auto [found, isNew] = added.try_emplace({Key::Helper, uint32_t(helper)});
  if (!isNew)
    return;
  found->second.body = makeHelper(helper, needs);
  countBody(found->second.body);
}

void Layout::useImport(uint32_t function) {
  auto [found, isNew] = added.try_emplace({Key::Import, function});
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
  case GapKind::Charge:
    if (!isInline(gap)) {
      ++wholeUses[{Key::Charge, gap.index}];
      return;
    }
    useHelperFrom(Helper::OutOfGas);
    ++priceUses[gap.index];
    return;
  case GapKind::Enter:
    ++wholeUses[{Key::Enter, gap.index}];
    return;
  case GapKind::EnterLeaf:
    ++wholeUses[{Key::EnterLeaf, gap.index}];
    return;
  case GapKind::Leave:
    ++wholeUses[{Key::Leave, gap.index}];
    return;
  default:
    return;
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
    if (key.kind == Key::Charge && key.index < firstHostAmount)
      uses[key.index] = count;
  split = splitAmounts(uses, state.amounts.counts());
  for (auto &[amount, parts] : split) {
    uint64_t count = wholeUses[{Key::Charge, amount}];
    wholeUses.erase({Key::Charge, amount});
    for (uint32_t part : parts)
      wholeUses[{Key::Charge, part}] += count;
  }
}

/// What is frequent becomes a function without parameters.
void Layout::makeVariants() {
  constexpr uint64_t enoughUses = 6;
  constexpr Helper helpers[] = {Helper::Charge, Helper::Enter, Helper::EnterLeaf, Helper::Leave};
  constexpr GapKind gaps[] = {GapKind::Charge, GapKind::Enter, GapKind::EnterLeaf, GapKind::Leave};
  for (auto &[key, uses] : std::map(wholeUses)) {
    size_t place = key.kind - Key::Charge;
    useHelperFrom(helpers[place]);
    bool isFrequent = uses >= enoughUses;
    if (key.kind == Key::Charge)
      priceUses[key.index] += isFrequent ? 1 : uses;
    if (!isFrequent)
      continue;
    Body &body = added[key].body;
    body.type = state.typeNumber({});
    Gap gap;
    gap.kind = gaps[place];
    gap.index = key.index;
    gap.isVariant = true;
    body.code.gaps.push_back(gap);
    body.code.bytes.push_back(endCode);
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
  for (auto [amount, uses] : priceUses)
    thePrices.push_back(amount);
  std::ranges::sort(thePrices, {},
                    [&](uint32_t amount) { return std::pair(~priceUses[amount], amount); });
  for (size_t number = 0; number < thePrices.size(); ++number)
    priceNumbers[thePrices[number]] = uint32_t(number);
}

uint32_t Layout::functionIndex(uint32_t original) const {
  auto found = added.find({Key::Import, original});
  return found == added.end() ? original : found->second.index;
}

uint32_t Layout::numMeterGlobals() const {
  return uint32_t(ownsMeter() ? numOwnMeterGlobals : meterGlobals.size());
}

uint32_t Layout::globalIndex(uint32_t original) const {
  return ownsMeter() || original < module.importedGlobals ? original : original + numMeterGlobals();
}

uint32_t Layout::meterIndex(MeterGlobal global) const {
  return uint32_t(global) +
         (ownsMeter() ? uint32_t(module.info.globals.size()) : module.importedGlobals);
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

static void emitIndexed(Encoder &out, uint8_t code, uint32_t index) {
  out.byte(code);
  out.number(index);
}

/// A charge in place. Whether gas has run out only matters if what comes next is seen afterwards.
void Layout::fillInline(Encoder &out, const Gap &gap) {
  uint32_t gasLeft = meterIndex(MeterGlobal::GasLeft);
  emitIndexed(out, globalGetCode, gasLeft);
  emitIndexed(out, globalGetCode,
              uint32_t(module.info.globals.size()) + numMeterGlobals() + priceNumbers[gap.index]);
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

/// A gap that is a whole instruction: a call of what does just that, or of its helper.
void Layout::fillWhole(Encoder &out, const Gap &gap, bool isVariant) {
  bool isCharge = gap.kind == GapKind::Charge;
  auto kind = Key::Kind(Key::Charge + unsigned(gap.kind) - unsigned(GapKind::Charge));
  if (auto variant = added.find({kind, gap.index}); variant != added.end() && !isVariant)
    return emitIndexed(out, callCode, variant->second.index);
  if (isCharge) {
    uint32_t price = uint32_t(module.info.globals.size()) + numMeterGlobals();
    emitIndexed(out, globalGetCode, price + priceNumbers[gap.index]);
  } else {
    out.byte(i32ConstCode);
    out.signedNumber(int32_t(gap.index));
  }
  constexpr Helper helpers[] = {Helper::Charge, Helper::Enter, Helper::EnterLeaf, Helper::Leave};
  emitIndexed(out, callCode, helperIndex(helpers[kind - Key::Charge]));
}

void Layout::fill(Encoder &out, const Gap &gap) {
  switch (gap.kind) {
  case GapKind::Func:
    return out.number(functionIndex(gap.index));
  case GapKind::Helper:
    return out.number(helperIndex(Helper(gap.index)));
  case GapKind::Type:
    return out.number(gap.index);
  case GapKind::Global:
    return out.number(globalIndex(gap.index));
  case GapKind::Meter:
    return out.number(meterIndex(MeterGlobal(gap.index)));
  case GapKind::Price:
    return out.number(uint32_t(module.info.globals.size()) + numMeterGlobals() +
                      priceNumbers[gap.index]);
  default:
    break;
  }
  if (isInline(gap))
    return fillInline(out, gap);
  auto parts = gap.kind == GapKind::Charge ? split.find(gap.index) : split.end();
  if (parts == split.end())
    return fillWhole(out, gap, gap.isVariant);
  for (uint32_t part : parts->second) {
    Gap one = gap;
    one.index = part;
    fillWhole(out, one, false);
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
