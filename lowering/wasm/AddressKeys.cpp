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

void AddressKeys::startRegion() {
  versionsAtStart = versions;
  region.clear();
}

void AddressKeys::visit(Operation *op) {
  region.insert(op);
  if (auto get = dyn_cast<LocalGetOp>(op))
    versionAt[op] = versions[uint32_t(get.getSlot())];
  if (auto set = dyn_cast<LocalSetOp>(op))
    versions[uint32_t(set.getSlot())] = ++lastVersion;
}

Operation *AddressKeys::maker(Value value) const {
  Operation *op = value.getDefiningOp();
  return op && region.contains(op) && !isa<arith::ConstantOp>(op) ? op : nullptr;
}

AddressKeys::Key AddressKeys::number(std::vector<uint64_t> what) {
  return keys.try_emplace(std::move(what), Key(keys.size())).first->second;
}

/// Of ops without effects, what they do; of reads of slots, which write they see; else the value.
AddressKeys::Key AddressKeys::keyOf(Value value) {
  SmallVector<Value> work{value};
  for (size_t next = 0; next < work.size() && work.size() <= mostOps; ++next)
    if (Operation *op = work[next].getDefiningOp(); op && !isa<LocalGetOp>(op))
      if (isMemoryEffectFree(op))
        llvm::append_range(work, op->getOperands());
  DenseMap<Value, Key> known;
  for (Value part : llvm::reverse(work)) {
    Operation *op = part.getDefiningOp();
    auto get = dyn_cast_or_null<LocalGetOp>(op);
    std::vector<uint64_t> what{word(part.getAsOpaquePointer())};
    if (get && versionAt.contains(op)) {
      what = {0, uint64_t(get.getSlot()), versionAt.lookup(op)};
    } else if (op && llvm::all_of(op->getOperands(), [&](Value v) { return known.contains(v); }) &&
               isMemoryEffectFree(op)) {
      what = {1, word(op->getName().getAsOpaquePointer()),
              word(op->getDiscardableAttrDictionary().getAsOpaquePointer()),
              word(op->getAttrDictionary().getAsOpaquePointer()),
              word(part.getType().getAsOpaquePointer())};
      if (auto constant = dyn_cast<arith::ConstantOp>(op))
        what = {2, word(constant.getValue().getAsOpaquePointer())};
      for (Value operand : op->getOperands())
        what.push_back(known.lookup(operand));
    }
    known[part] = number(std::move(what));
  }
  return known.lookup(value);
}

bool AddressKeys::isAvailable(Value value) const {
  SmallVector<Value> work{value};
  for (size_t next = 0; next < work.size(); ++next) {
    Operation *op = maker(work[next]);
    if (!op)
      continue;
    if (auto get = dyn_cast<LocalGetOp>(op)) {
      if (versionAt.lookup(op) != versionsAtStart.lookup(uint32_t(get.getSlot())))
        return false;
      continue;
    }
    llvm::append_range(work, op->getOperands());
    if (!isMemoryEffectFree(op) || op->getNumResults() != 1 || work.size() > mostOps)
      return false;
  }
  return true;
}

Value AddressKeys::cloneAt(OpBuilder &builder, Value value) const {
  SmallVector<Value> work{value};
  for (size_t next = 0; next < work.size(); ++next)
    if (Operation *op = maker(work[next]); op && !isa<LocalGetOp>(op))
      llvm::append_range(work, op->getOperands());
  IRMapping made;
  for (Value part : llvm::reverse(work))
    if (Operation *op = maker(part); op && !made.contains(part))
      builder.clone(*op, made);
  return made.lookupOrDefault(value);
}
