//===- Assembly.cpp - Number functions and globals, fill gaps -------------===//
#include "lowering/wasm/Assembly.h"

#include "lowering/wasm/Instructions.h"
#include "lowering/wasm/Outline.h"
#include "lowering/wasm/SplitAmounts.h"

#include <algorithm>
#include <fmt/format.h>

using namespace writ;
using namespace writ::wasmgen;

Assembly::Assembly(ModuleState &module, HelperNeeds needs)
    : module(module), needs(std::move(needs)) {}

void Assembly::addFunction(uint32_t index, Body body, std::string name) {
  Definition &made = functions[index];
  made.body = std::move(body);
  made.name = std::move(name);
}

void Assembly::forEach(const std::function<void(Definition &)> &visit) {
  for (auto &[helper, definition] : helpers)
    visit(definition);
  for (auto &[key, definition] : variants)
    visit(definition);
  for (Definition &definition : shared)
    visit(definition);
  for (auto &[index, definition] : functions)
    if (!sameAs.contains(index))
      visit(definition);
}

//===----------------------------------------------------------------------===//
// Functions that are the same
//===----------------------------------------------------------------------===//

/// All that tells two bodies apart.
static std::string fingerprint(const Body &body) {
  std::vector<uint8_t> bytes;
  Encoder out(bytes);
  out.number(body.type);
  out.number(body.locals.size());
  for (LocalRun run : body.locals) {
    out.number(run.count);
    out.byte(uint8_t(run.type));
  }
  out.number(body.code.gaps.size());
  for (const Gap &gap : body.code.gaps)
    for (uint32_t word : {gap.at, uint32_t(gap.kind), gap.index})
      out.number(word);
  out.raw(body.code.bytes);
  return {bytes.begin(), bytes.end()};
}

/// A few rounds, since callees that became one make their callers the same.
void Assembly::mergeIdentical() {
  for (unsigned round = 0; round < 3; ++round) {
    std::map<std::string, uint32_t> known;
    bool hasChanged = false;
    for (auto &[index, definition] : functions) {
      if (sameAs.contains(index))
        continue;
      for (Gap &gap : definition.body.code.gaps)
        if (gap.kind == GapKind::Func && sameAs.contains(gap.index))
          gap.index = sameAs[gap.index];
      auto [found, isNew] = known.try_emplace(fingerprint(definition.body), index);
      if (isNew)
        continue;
      sameAs[index] = found->second;
      hasChanged = true;
    }
    for (auto &[from, to] : sameAs)
      if (auto next = sameAs.find(to); next != sameAs.end())
        to = next->second;
    if (!hasChanged)
      break;
  }
  for (auto &[index, definition] : functions)
    for (Gap &gap : definition.body.code.gaps)
      if (gap.kind == GapKind::Func && sameAs.contains(gap.index))
        gap.index = sameAs[gap.index];
}

//===----------------------------------------------------------------------===//
// What is used, and how often
//===----------------------------------------------------------------------===//

Definition &Assembly::helper(Helper helper) {
  auto [found, isNew] = helpers.try_emplace(helper);
  if (isNew) {
    found->second.body = makeHelper(helper, needs);
    found->second.name = helperName(helper);
    countBody(found->second.body);
  }
  return found->second;
}

void Assembly::countGap(const Gap &gap) {
  switch (gap.kind) {
  case GapKind::Func:
    if (auto found = functions.find(gap.index); found != functions.end())
      ++found->second.uses;
    return;
  case GapKind::Helper:
    ++helper(Helper(gap.index)).uses;
    return;
  case GapKind::Price:
    ++priceUses[gap.index];
    return;
  case GapKind::Shared:
    ++shared[gap.index].uses;
    return;
  case GapKind::Limit:
    usesLimit = true;
    return;
  case GapKind::Charge:
  case GapKind::Enter:
  case GapKind::EnterLeaf:
  case GapKind::Leave:
    break;
  default:
    return;
  }
  ++variantUses[{gap.kind, gap.index}];
}

void Assembly::countBody(const Body &body) {
  for (const Gap &gap : body.code.gaps)
    countGap(gap);
}

void Assembly::count() {
  helpers.clear();
  variants.clear();
  variantUses.clear();
  priceUses.clear();
  usesLimit = false;
  for (auto &[index, definition] : functions)
    definition.uses = 0;
  for (Definition &definition : shared)
    definition.uses = 0;
  for (Definition &definition : shared)
    countBody(definition.body);
  for (auto &[index, definition] : functions)
    if (!sameAs.contains(index))
      countBody(definition.body);
  for (auto [index, uses] : rootUses)
    functions[sameAs.contains(index) ? sameAs[index] : index].uses += uses;
  for (size_t index = 0; index < numHelpers; ++index)
    if (rootHelpers[index] != 0)
      helper(Helper(index)).uses += rootHelpers[index];
}

void Assembly::makeVariants() {
  for (auto &[amount, parts] : madeOf) {
    Definition &made = variants[{GapKind::Charge, amount}];
    made.body = makeVariant(module, GapKind::Charge, amount, parts);
    made.name = fmt::format("writ.{}.{}", unsigned(GapKind::Charge), amount);
    made.uses = variantUses[{GapKind::Charge, amount}];
  }
  for (auto &[key, uses] : variantUses) {
    if (variants.contains(key) || uses == 0)
      continue;
    bool isFrequent = uses >= enoughUses;
    if (isFrequent) {
      Definition &made = variants[key];
      made.body = makeVariant(module, key.first, key.second);
      made.name = fmt::format("writ.{}.{}", unsigned(key.first), key.second);
      made.uses = uses;
    }
    if (key.first == GapKind::Charge)
      priceUses[key.second] += isFrequent ? 1 : uses;
    if (auto needed = helperOf(key.first))
      helper(*needed).uses += isFrequent ? 1 : uses;
  }
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

void Assembly::number() {
  std::vector<std::pair<uint64_t, Definition *>> all; // By rising number of those not used.
  forEach([&](Definition &definition) {
    definition.index = uint32_t(all.size());
    all.push_back({~definition.uses, &definition});
  });
  std::ranges::sort(all, {}, [](auto &row) { return std::pair(row.first, row.second->index); });
  uint32_t next = 0;
  for (const FuncDecl &decl : module.info.funcs)
    next += decl.import.has_value();
  theOrder.clear();
  for (auto [rank, definition] : all) {
    definition->index = next++;
    theOrder.push_back(definition);
  }
  thePrices = orderPrices(priceUses);
  priceNumbers.clear();
  for (size_t number = 0; number < thePrices.size(); ++number)
    priceNumbers[thePrices[number]] = uint32_t(number);
}

uint32_t Assembly::functionIndex(uint32_t original) const {
  auto same = sameAs.find(original);
  auto found = functions.find(same == sameAs.end() ? original : same->second);
  return found == functions.end() ? original : found->second.index;
}

uint32_t Assembly::helperIndex(Helper helper) const { return helpers.find(helper)->second.index; }

static uint32_t importedGlobals(const ModuleInfo &info) {
  uint32_t count = 0;
  for (const GlobalDecl &decl : info.globals)
    count += decl.import.has_value();
  return count;
}

/// Globals are: imports, as they were; those of the meter; those of the module; that of the
/// memory's size; prices.
uint32_t Assembly::globalIndex(uint32_t original) const {
  bool isImport = module.info.globals[original].import.has_value();
  return isImport ? original : original + numMeterGlobals(module.options);
}

uint32_t Assembly::meterIndex(MeterGlobal global) const {
  return importedGlobals(module.info) + uint32_t(global);
}

uint32_t Assembly::limitIndex() const {
  return uint32_t(module.info.globals.size()) + numMeterGlobals(module.options);
}

uint32_t Assembly::priceIndex(uint32_t amount) const {
  return limitIndex() + usesLimit + priceNumbers.find(amount)->second;
}

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

Definition *Assembly::findVariant(const Gap &gap) {
  auto found = variants.find({gap.kind, gap.index});
  return found == variants.end() ? nullptr : &found->second;
}

void Assembly::fill(Encoder &out, const Gap &gap) {
  if (fillIndex(out, gap, *this))
    return;
  if (gap.kind == GapKind::Limit)
    return out.number(limitIndex());
  if (gap.kind == GapKind::Patch && !module.options.charges)
    return out.signedNumber(int64_t(module.priceOf(gap.index)));
  if (gap.kind == GapKind::Patch) {
    thePatches.push_back({uint32_t(out.bytes.size()), gap.index});
    return out.patch(module.priceOf(gap.index));
  }
  if (gap.kind == GapKind::Shared)
    return emitIndexed(out, callCode, shared[gap.index].index);
  Definition *variant = findVariant(gap);
  if (variant && !gap.isVariant)
    return emitIndexed(out, callCode, variant->index);
  fillHelperCall(out, gap, *this);
}

void Assembly::write() {
  theCode.clear();
  thePlaces.clear();
  thePatches.clear();
  Encoder(theCode).number(theOrder.size());
  for (const Definition *definition : theOrder) {
    size_t patched = thePatches.size();
    uint32_t start = writeBody(theCode, thePlaces, definition->body,
                               [this](Encoder &out, const Gap &gap) { fill(out, gap); });
    for (; patched < thePatches.size(); ++patched)
      thePatches[patched].at += start;
  }
}

/// Charges of rare amounts become several of frequent ones.
void Assembly::splitRare() {
  std::map<uint32_t, uint64_t> uses;
  for (auto &[key, count] : variantUses)
    if (key.first == GapKind::Charge)
      uses[key.second] = count;
  for (uint32_t amount : module.basicAmounts())
    uses.try_emplace(amount, 0);
  auto split = splitAmounts(uses, inLoops, module.amounts.counts());
  for (auto &[amount, parts] : split)
    if (parts.isFunction)
      madeOf[amount] = parts.amounts;
  std::erase_if(split, [](auto &row) { return row.second.isFunction; });
  std::vector<Body *> bodies;
  for (auto &[index, definition] : functions)
    bodies.push_back(&definition.body);
  for (Definition &definition : shared)
    bodies.push_back(&definition.body);
  for (Body *body : bodies) {
    std::vector<Gap> &gaps = body->code.gaps;
    bool isMade = std::ranges::none_of(gaps, [&](const Gap &gap) {
      return gap.kind == GapKind::Charge && split.contains(gap.index);
    });
    if (isMade)
      continue;
    std::vector<Gap> made;
    std::vector<uint32_t> newNumber{0}; ///< By the number of gaps before.
    for (const Gap &gap : gaps) {
      auto parts = split.find(gap.index);
      if (gap.kind != GapKind::Charge || parts == split.end()) {
        made.push_back(gap);
      } else {
        for (uint32_t part : parts->second.amounts) {
          made.push_back(gap);
          made.back().index = part;
        }
      }
      newNumber.push_back(uint32_t(made.size()));
    }
    for (Place &place : body->code.places)
      place.gaps = newNumber[place.gaps];
    gaps = std::move(made);
  }
}

/// Code that recurs around charges gets functions.
void Assembly::shareCode() {
  std::vector<Body *> bodies;
  for (auto &[index, definition] : functions)
    if (!sameAs.contains(index))
      bodies.push_back(&definition.body);
  for (Body &body : outline(module, needs, bodies)) {
    Definition &made = shared.emplace_back();
    made.body = std::move(body);
    made.name = fmt::format("writ.shared.{}", shared.size() - 1);
  }
}

void Assembly::layOut() {
  for (auto &[index, definition] : functions)
    for (const Gap &gap : definition.body.code.gaps)
      if (gap.kind == GapKind::Charge && gap.heat != 0)
        inLoops.insert(gap.index);
  if (module.options.metered)
    shareCode();
  count();
  splitRare();
  count();
  for (auto &[amount, parts] : madeOf)
    for (uint32_t part : parts)
      ++variantUses[{GapKind::Charge, part}];
  makeVariants();
  number();
  write();
}
