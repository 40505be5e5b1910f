//===- Parts.cpp - Parts of modules that two forms have alike -------------===//
#include "lowering/wasm/Parts.h"

#include "lowering/wasm/Instructions.h"

#include <algorithm>
#include <map>
#include <utility>

using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

void wasmgen::writeExpression(Encoder &out, const ConstExpr &expr, const Numbering &numbers) {
  switch (expr.kind) {
  case ConstExpr::Kind::GlobalGet:
    out.byte(globalGetCode);
    out.number(numbers.globalIndex(expr.index));
    break;
  case ConstExpr::Kind::RefFunc:
    out.byte(refFuncCode);
    out.number(numbers.functionIndex(expr.index));
    break;
  case ConstExpr::Kind::RefNull:
    out.byte(refNullCode);
    out.byte(typeCode(expr.type));
    break;
  case ConstExpr::Kind::Value:
    out.byte(i32ConstCode + uint8_t(expr.type));
    if (expr.type == ValueType::I32)
      out.signedNumber(int32_t(expr.bits));
    else if (expr.type == ValueType::I64)
      out.signedNumber(int64_t(expr.bits));
    else
      out.fixed(expr.bits, expr.type == ValueType::F64 ? 8 : 4);
    break;
  }
  out.byte(endCode);
}

void wasmgen::writeElement(Encoder &out, const ElemSegment &segment, const Numbering &numbers) {
  bool isPlain = segment.type == ValueType::FuncRef &&
                 std::ranges::all_of(segment.items, [](const ConstExpr &item) {
                   return item.kind == ConstExpr::Kind::RefFunc;
                 });
  bool isActive = segment.mode == SegmentMode::Active;
  bool isShort = isActive && segment.table == 0 && segment.type == ValueType::FuncRef;
  unsigned flags = isPlain ? 0 : 4;
  if (!isActive)
    flags |= segment.mode == SegmentMode::Declarative ? 3 : 1;
  else if (!isShort)
    flags |= 2;
  out.number(flags);
  if (isActive && !isShort)
    out.number(segment.table);
  if (isActive)
    writeExpression(out, segment.offset, numbers);
  if (flags & 3)
    out.byte(isPlain ? 0 : typeCode(segment.type));
  out.number(segment.items.size());
  for (const ConstExpr &item : segment.items)
    isPlain ? out.number(numbers.functionIndex(item.index)) : writeExpression(out, item, numbers);
}

void wasmgen::writeFuncType(Encoder &out, const FuncType &type) {
  out.byte(0x60);
  for (const std::vector<ValueType> *values : {&type.params, &type.results}) {
    out.number(values->size());
    for (ValueType value : *values)
      out.byte(typeCode(value));
  }
}

//===----------------------------------------------------------------------===//
// Globals, and what is exported
//===----------------------------------------------------------------------===//

void wasmgen::writeMeterImports(Encoder &out) {
  for (const MeterGlobalRow &global : meterGlobals) {
    out.text("writ");
    out.text(global.name);
    out.byte(uint8_t(ExternKind::Global));
    out.byte(typeCode(global.type));
    out.byte(global.isMutable);
  }
}

void GlobalList::add(ValueType type, bool isMutable, const ConstExpr &init) {
  out.byte(typeCode(type));
  out.byte(isMutable);
  writeExpression(out, init, numbers);
  ++count;
}

void GlobalList::addOwnOf(const ModuleInfo &info) {
  for (const GlobalDecl &global : info.globals)
    if (!global.import)
      add(global.type, global.isMutable, global.init);
}

void GlobalList::addMeter() {
  for (size_t number = 0; number < numOwnMeterGlobals; ++number) {
    bool isFault = MeterGlobal(number) == MeterGlobal::Fault;
    add(meterGlobals[number].type, /*isMutable=*/true, isFault ? faultInMemory : 0);
  }
}

void GlobalList::addPrices(const std::vector<uint32_t> &amounts, const ModuleState &module) {
  for (uint32_t amount : amounts)
    add(ValueType::I64, /*isMutable=*/false, module.priceOf(amount));
}

void ExportList::add(std::string_view name, ExternKind kind, uint32_t index) {
  out.text(name);
  out.byte(uint8_t(kind));
  out.number(index);
  ++count;
}

void ExportList::addOf(const ModuleInfo &info) {
  for (const ExportDecl &decl : info.exports) {
    uint32_t index = decl.index;
    if (decl.kind == ExternKind::Func && !info.funcs[index].import)
      index = numbers.functionIndex(index);
    else if (decl.kind == ExternKind::Global)
      index = numbers.globalIndex(index);
    add(decl.name, decl.kind, index);
  }
}

void ExportList::addMeter(const ModuleInfo &info, MeterOwner owner) {
  bool isOwn = owner == MeterOwner::Module;
  for (size_t number = 0; isOwn && number < numOwnMeterGlobals; ++number)
    if (meterGlobals[number].isExported)
      add("writ." + std::string(meterGlobals[number].name), ExternKind::Global,
          numbers.meterIndex(MeterGlobal(number)));
  add("writ.settle", ExternKind::Func, numbers.helperIndex(Helper::Settle));
  if (isOwn && info.start)
    add("writ.start", ExternKind::Func, numbers.functionIndex(*info.start));
}

//===----------------------------------------------------------------------===//
// Prices and positions
//===----------------------------------------------------------------------===//

/// For each class, a byte with the distance from the class before (from -1) and the count, four
/// bits each; 15 stands for more, which follows as a number. A zero byte ends it.
static void writeCounts(Encoder &out, const CostCounts &counts) {
  int before = -1;
  for (CostCount cost : counts) {
    unsigned distance = unsigned(int(cost.costClass) - before), most = 15;
    out.byte(uint8_t(std::min(distance, most) << 4 | std::min(cost.count, most)));
    if (distance >= most)
      out.number(distance - most);
    if (cost.count >= most)
      out.number(cost.count - most);
    before = int(cost.costClass);
  }
  out.byte(0);
}

/// What each price is made of, so that another schedule can be filled in (Reprice.h): amounts,
/// first those that globals hold; then where code holds some. Those of imports are a zero byte and
/// the import's index.
std::vector<uint8_t> wasmgen::chargesContents(const std::vector<uint32_t> &prices,
                                              const std::vector<PatchRow> &patches,
                                              const ModuleState &module) {
  std::vector<uint32_t> amounts = prices;
  std::map<uint32_t, uint32_t> numbers;
  for (uint32_t amount : amounts)
    numbers.try_emplace(amount, uint32_t(numbers.size()));
  for (PatchRow patch : patches)
    if (numbers.try_emplace(patch.amount, uint32_t(numbers.size())).second)
      amounts.push_back(patch.amount);
  std::vector<uint8_t> contents;
  Encoder out(contents);
  out.number(2); // Version.
  out.number(prices.size());
  out.number(amounts.size());
  for (uint32_t amount : amounts) {
    if (amount >= firstHostAmount) {
      out.number(0);
      out.number(amount - firstHostAmount);
      continue;
    }
    writeCounts(out, module.amounts.counts()[amount]);
  }
  out.number(patches.size());
  uint32_t before = 0;
  for (PatchRow patch : patches) {
    out.number(patch.at - std::exchange(before, patch.at));
    out.number(numbers[patch.amount]);
  }
  return contents;
}

/// Each row is two differences to the row before: of offsets in the code section's contents, which
/// grow, and of offsets in the module that was given.
std::vector<uint8_t> wasmgen::positionsContents(const std::vector<PlaceRow> &places) {
  std::vector<uint8_t> contents;
  Encoder out(contents);
  std::vector<PlaceRow> rows;
  std::ranges::copy_if(places, std::back_inserter(rows),
                       [](PlaceRow row) { return row.source != ~0u; });
  out.number(rows.size());
  PlaceRow before;
  for (PlaceRow row : rows) {
    out.number(row.at - before.at);
    out.signedNumber(int64_t(row.source) - int64_t(before.source));
    before = row;
  }
  return contents;
}

//===----------------------------------------------------------------------===//
// What code brings along
//===----------------------------------------------------------------------===//

/// Which elements of `table` segments set, if that can be told.
static std::vector<std::pair<uint32_t, uint32_t>> filledRanges(const ModuleInfo &info,
                                                               uint32_t table) {
  std::vector<std::pair<uint32_t, uint32_t>> ranges;
  for (const ElemSegment &segment : info.elems)
    if (segment.mode == SegmentMode::Active && segment.table == table &&
        segment.offset.kind == ConstExpr::Kind::Value && !segment.items.empty())
      ranges.push_back(
          {uint32_t(segment.offset.bits), uint32_t(segment.offset.bits + segment.items.size())});
  return ranges;
}

HelperNeeds wasmgen::helperNeeds(ModuleState &module) {
  const ModuleInfo &info = module.info;
  HelperNeeds needs;
  CostSum unit;
  unit.add(CostCount{CostClass::FrameUnit, 1});
  needs.frameUnit = module.amountOf(unit);
  needs.branch = module.amounts.indexOf(module.branchCost);
  needs.isShared = module.options.meterOwner == MeterOwner::Host;
  needs.hasReferences = module.options.features.referenceTypes;
  for (uint32_t index = 0; index < info.tables.size(); ++index)
    needs.tables.push_back({info.tables[index].element == ValueType::FuncRef,
                            info.tables[index].limits.min, filledRanges(info, index)});
  needs.type = [&module](const FuncType &type) { return module.typeNumber(type); };
  return needs;
}

Body wasmgen::chargingImport(ModuleState &module, uint32_t index) {
  Body body;
  const FuncType &type = module.info.funcs[index].type;
  body.type = module.typeNumber(type);
  addGap(body.code, GapKind::Charge, firstHostAmount + index);
  Encoder out(body.code.bytes);
  for (uint32_t param = 0; param < type.params.size(); ++param) {
    out.byte(localGetCode);
    out.number(param);
  }
  out.byte(callCode);
  out.number(index);
  out.byte(endCode);
  return body;
}
