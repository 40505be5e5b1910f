//===- AddressKeys.cpp - Which addresses are the same ---------------------===//
#include "lowering/wasm/AddressKeys.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

/// In an address that is to be computed twice, or compared.
static constexpr unsigned mostOps = 6;

static uint64_t word(const void *pointer) { return reinterpret_cast<uintptr_t>(pointer); }

std::pair<Value, uint32_t> wasmgen::splitAddress(Value address) {
  auto sum = address.getDefiningOp<arith::AddIOp>();
  auto constant = sum ? sum.getRhs().getDefiningOp<arith::ConstantOp>() : nullptr;
  if (!constant)
    return {address, 0};
  return {sum.getLhs(), uint32_t(cast<IntegerAttr>(constant.getValue()).getInt())};
}

void AddressKeys::startRegion() {
  startVersion = lastVersion;
  startOrder = uint32_t(order.size());
}

void AddressKeys::visit(Operation *op) {
  order.try_emplace(op, uint32_t(order.size()));
  if (auto get = dyn_cast<LocalGetOp>(op)) {
    versionAt[op] = versions[uint32_t(get.getSlot())];
    if (Value known = contents.lookup(uint32_t(get.getSlot())))
      sameAs[get] = known;
  }
  if (auto set = dyn_cast<LocalSetOp>(op)) {
    versions[uint32_t(set.getSlot())] = ++lastVersion;
    contents[uint32_t(set.getSlot())] = resolve(set.getValue());
  }
}

Value AddressKeys::resolve(Value value) const {
  Value known = sameAs.lookup(value);
  return known ? known : value;
}

Operation *AddressKeys::maker(Value value) const {
  Operation *op = value.getDefiningOp();
  if (!op || isa<arith::ConstantOp>(op))
    return nullptr;
  auto found = order.find(op);
  return found != order.end() && found->second >= startOrder ? op : nullptr;
}

AddressKeys::Key AddressKeys::number(std::vector<uint64_t> what) {
  return keys.try_emplace(std::move(what), Key(keys.size())).first->second;
}

/// Of ops without effects, what they do; of reads of slots, which write they see; else the value.
AddressKeys::Key AddressKeys::keyOf(Value value) {
  SmallVector<Value> work{resolve(value)};
  auto addOperands = [&](Operation *op) {
    for (Value operand : op->getOperands())
      work.push_back(resolve(operand));
  };
  for (size_t next = 0; next < work.size() && work.size() <= mostOps; ++next)
    if (Operation *op = work[next].getDefiningOp(); op && !isa<LocalGetOp>(op))
      if (isMemoryEffectFree(op))
        addOperands(op);
  DenseMap<Value, Key> known;
  for (Value part : llvm::reverse(work)) {
    Operation *op = part.getDefiningOp();
    auto get = dyn_cast_or_null<LocalGetOp>(op);
    std::vector<uint64_t> what{word(part.getAsOpaquePointer())};
    if (get && versionAt.contains(op)) {
      what = {0, uint64_t(get.getSlot()), versionAt.lookup(op)};
    } else if (op && isMemoryEffectFree(op) && llvm::all_of(op->getOperands(), [&](Value operand) {
                 return known.contains(resolve(operand));
               })) {
      what = {1, word(op->getName().getAsOpaquePointer()),
              word(op->getDiscardableAttrDictionary().getAsOpaquePointer()),
              word(op->getAttrDictionary().getAsOpaquePointer()),
              word(part.getType().getAsOpaquePointer())};
      if (auto constant = dyn_cast<arith::ConstantOp>(op))
        what = {2, word(constant.getValue().getAsOpaquePointer())};
      for (Value operand : op->getOperands())
        what.push_back(known.lookup(resolve(operand)));
    }
    known[part] = number(std::move(what));
  }
  return known.lookup(resolve(value));
}

bool AddressKeys::isAvailable(Value value) const {
  SmallVector<Value> work{resolve(value)};
  for (size_t next = 0; next < work.size(); ++next) {
    Operation *op = maker(work[next]);
    if (!op)
      continue;
    if (isa<LocalGetOp>(op)) {
      if (versionAt.lookup(op) > startVersion)
        return false;
      continue;
    }
    for (Value operand : op->getOperands())
      work.push_back(resolve(operand));
    if (!isMemoryEffectFree(op) || op->getNumResults() != 1 || work.size() > mostOps)
      return false;
  }
  return true;
}

Value AddressKeys::cloneAt(OpBuilder &builder, Value value) const {
  SmallVector<Value> work{resolve(value)};
  for (size_t next = 0; next < work.size(); ++next)
    if (Operation *op = maker(work[next]); op && !isa<LocalGetOp>(op))
      for (Value operand : op->getOperands())
        work.push_back(resolve(operand));
  IRMapping made;
  for (Value part : llvm::reverse(work)) {
    Operation *op = maker(part);
    if (!op || made.contains(part))
      continue;
    for (Value operand : op->getOperands())
      made.map(operand, made.lookupOrDefault(resolve(operand)));
    builder.clone(*op, made);
  }
  return made.lookupOrDefault(resolve(value));
}
