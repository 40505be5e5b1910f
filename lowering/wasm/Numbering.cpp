//===- Numbering.cpp - What gaps in code are filled with ------------------===//
#include "lowering/wasm/Numbering.h"

#include "lowering/wasm/Instructions.h"

#include <algorithm>

using namespace writ;
using namespace writ::wasmgen;

bool wasmgen::fillIndex(Encoder &out, const Gap &gap, const Numbering &numbers) {
  switch (gap.kind) {
  case GapKind::Func:
    return out.number(numbers.functionIndex(gap.index)), true;
  case GapKind::Helper:
    return out.number(numbers.helperIndex(Helper(gap.index))), true;
  case GapKind::Type:
    return out.number(gap.index), true;
  case GapKind::Global:
    return out.number(numbers.globalIndex(gap.index)), true;
  case GapKind::Meter:
    return out.number(numbers.meterIndex(MeterGlobal(gap.index))), true;
  case GapKind::Price:
    return out.number(numbers.priceIndex(gap.index)), true;
  default:
    return false;
  }
}

std::optional<Helper> wasmgen::helperOf(GapKind kind) {
  switch (kind) {
  case GapKind::Charge:
    return Helper::Charge;
  case GapKind::Enter:
    return Helper::Enter;
  case GapKind::EnterLeaf:
    return Helper::EnterLeaf;
  case GapKind::Leave:
    return Helper::Leave;
  default:
    return std::nullopt;
  }
}

void wasmgen::emitIndexed(Encoder &out, uint8_t code, uint32_t index) {
  out.byte(code);
  out.number(index);
}

void wasmgen::fillHelperCall(Encoder &out, const Gap &gap, const Numbering &numbers) {
  if (gap.kind == GapKind::Charge) {
    emitIndexed(out, globalGetCode, numbers.priceIndex(gap.index));
  } else {
    out.byte(i32ConstCode);
    out.signedNumber(int32_t(gap.index));
  }
  emitIndexed(out, callCode, numbers.helperIndex(*helperOf(gap.kind)));
}

Body wasmgen::makeVariant(ModuleState &module, GapKind kind, uint32_t index,
                          std::span<const uint32_t> parts) {
  Body body;
  body.type = module.typeNumber({});
  if (parts.empty())
    addGap(body.code, kind, index).isVariant = true;
  for (uint32_t part : parts)
    addGap(body.code, kind, part);
  body.code.bytes.push_back(endCode);
  return body;
}

std::vector<uint32_t> wasmgen::orderPrices(const llvm::DenseMap<uint32_t, uint64_t> &uses) {
  std::vector<uint32_t> prices;
  for (auto [amount, count] : uses)
    prices.push_back(amount);
  std::ranges::sort(prices, {},
                    [&](uint32_t amount) { return std::pair(~uses.lookup(amount), amount); });
  return prices;
}

uint32_t wasmgen::numMeterGlobals(const WasmOptions &options) {
  if (!options.metered)
    return 0;
  bool isShared = options.meterOwner == MeterOwner::Host;
  return uint32_t(isShared ? meterGlobals.size() : numOwnMeterGlobals);
}
