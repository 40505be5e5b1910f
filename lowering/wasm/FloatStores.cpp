//===- FloatStores.cpp - Stores whose NaNs are looked at together ---------===//
#include "lowering/wasm/FloatStores.h"

#include "lowering/wasm/FunctionEmitter.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

/// Of what a load reads or a store writes.
static Type accessedType(Operation *op) {
  if (auto load = dyn_cast<LoadOp>(op))
    return load.getType();
  if (auto store = dyn_cast<StoreOp>(op))
    return store.getValue().getType();
  return {};
}

void FloatStores::note(Operation *op, AddressKeys &addresses) {
  Type type = accessedType(op);
  if (!type || !isa<FloatType>(type))
    return;
  auto range = accessOf(op);
  uint32_t size = type.getIntOrFloatBitWidth() / 8;
  auto [base, constant] = splitAddress(addresses.resolve(range->address));
  places[op] = {addresses.keyOf(base), constant + uint32_t(range->end) - size, size};
}

/// Whether `op` reads or writes what is at `place`, or nothing of it.
bool FloatStores::isBesideOrSame(const Place &place, Operation *op) const {
  auto found = places.find(op);
  if (found == places.end() || found->second.base != place.base || found->second.size != place.size)
    return false;
  uint32_t apart = found->second.constant - place.constant;
  return apart == 0 || (apart >= place.size && apart <= 0u - place.size);
}

std::vector<StoreGroup> FloatStores::groups(ArrayRef<Operation *> ops, const FloatBits &floats,
                                            function_ref<bool(Operation *)> mayLeave) const {
  std::vector<StoreGroup> found;
  StoreGroup group;
  auto finish = [&](Operation *before) {
    group.before = before;
    if (group.stores.size() > 1)
      found.push_back(std::move(group));
    group = {};
  };
  for (Operation *op : ops) {
    if (mayLeave(op))
      finish(op);
    auto store = dyn_cast<StoreOp>(op);
    bool isLazy = store && isa<FloatType>(store.getValue().getType()) && floats.mustFix(op, 0);
    bool isBeside = llvm::all_of(
        group.stores, [&](StoreOp before) { return isBesideOrSame(places.lookup(before), op); });
    bool isNumber = isa<LoadOp>(op) && isBeside && llvm::all_of(op->getUsers(), readsNumbers);
    bool isHarmless = isa<LocalGetOp, LocalSetOp, CostOpInterface>(op) || isMemoryEffectFree(op);
    if (!isLazy && !op->hasTrait<OpTrait::IsTerminator>() && (isHarmless || isNumber))
      continue;
    constexpr size_t mostStores = 16; // All are kept until the group ends.
    if (!isLazy || !isBeside || group.stores.size() == mostStores)
      finish(op);
    if (isLazy)
      group.stores.push_back(store);
  }
  if (!ops.empty() && ops.back()->getNextNode())
    finish(ops.back()->getNextNode());
  return found;
}
