//===- AccessSites.cpp - Repeated accesses share the first one's site -----===//

#include "jit/orc/AccessSites.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

namespace {
/// An address as base + index + constant. The parts are compared as values: equal addresses
/// in other forms are taken for different ones.
struct Address {
  Value *base;
  Value *index;
  int64_t offset;
  auto operator<=>(const Address &) const = default;
};

struct FirstAccess {
  MDNode *site;
  uint64_t bytes;
};
} // namespace

static Address decompose(Value *pointer, const DataLayout &layout) {
  APInt offset(64, 0);
  Value *base =
      pointer->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true);
  auto *gep = dyn_cast<GEPOperator>(base);
  if (gep && gep->getNumIndices() == 1 && gep->getSourceElementType()->isIntegerTy(8)) {
    Value *inner =
        gep->getPointerOperand()->stripAndAccumulateConstantOffsets(layout, offset, true);
    return {inner, gep->getOperand(1), offset.getSExtValue()};
  }
  return {base, nullptr, offset.getSExtValue()};
}

PreservedAnalyses writ::orc::ShareAccessSites::run(Function &function, FunctionAnalysisManager &) {
  const DataLayout &layout = function.getDataLayout();
  DenseMap<std::tuple<Value *, Value *, int64_t>, FirstAccess> seen;
  for (BasicBlock &block : function) {
    seen.clear();
    for (Instruction &inst : block) {
      MDNode *site = inst.getMetadata(LLVMContext::MD_pcsections);
      Value *pointer = getLoadStorePointerOperand(&inst);
      if (!site || !pointer)
        continue;
      uint64_t bytes = layout.getTypeStoreSize(getLoadStoreType(&inst));
      Address address = decompose(pointer, layout);
      auto [it, isFirst] =
          seen.try_emplace({address.base, address.index, address.offset}, FirstAccess{site, bytes});
      if (isFirst)
        continue;
      if (it->second.bytes >= bytes)
        inst.setMetadata(LLVMContext::MD_pcsections, it->second.site);
      else
        it->second = {site, bytes};
    }
  }
  return PreservedAnalyses::all();
}
