//===- CanonicalNaNs.cpp - Make NaNs canonical where bits can be seen -----===//

#include "lowering/CanonicalNaNs.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

static bool isPlaceholder(const Instruction &inst) {
  auto *call = dyn_cast<CallInst>(&inst);
  Function *callee = call ? call->getCalledFunction() : nullptr;
  return callee && callee->getName().starts_with("writ.canonical.");
}

/// Whether a NaN result may have bits of any NaN.
static bool isArithmetic(const Value *value) {
  auto *inst = dyn_cast<Instruction>(value);
  if (!inst)
    return false;
  switch (inst->getOpcode()) {
  case Instruction::FAdd:
  case Instruction::FSub:
  case Instruction::FMul:
  case Instruction::FDiv:
  case Instruction::FPExt:
  case Instruction::FPTrunc:
    return true;
  case Instruction::Call:
    break;
  default:
    return false;
  }
  switch (cast<CallInst>(inst)->getIntrinsicID()) {
  case Intrinsic::arithmetic_fence: // Of a square root, a minimum or a maximum.
  case Intrinsic::ceil:
  case Intrinsic::floor:
  case Intrinsic::trunc:
  case Intrinsic::roundeven:
    return true;
  default:
    return false;
  }
}

/// Never a NaN other than the canonical one: as good an input for `lazy` as for `exact`.
static bool isNeutral(const Value *value) {
  if (isa<SIToFPInst, UIToFPInst, UndefValue>(value))
    return true;
  auto *constant = dyn_cast<ConstantFP>(value);
  return constant && (!constant->isNaN() || constant->getValue().bitwiseIsEqual(APFloat::getNaN(
                                                constant->getType()->getFltSemantics())));
}

static bool isMerge(const Value *value) { return isa<PHINode, SelectInst>(value); }

namespace {
class Resolver {
public:
  void resolve(ArrayRef<CallInst *> placeholders) {
    for (CallInst *placeholder : placeholders)
      demand(placeholder->getArgOperand(0));
    spreadExactness();
    for (Instruction *merge : exactMerges)
      fixInputs(merge);
    for (CallInst *placeholder : placeholders)
      replace(placeholder);
  }

private:
  template <typename Visit>
  static void forInputs(Instruction *merge, Visit visit) {
    unsigned first = isa<SelectInst>(merge) ? 1 : 0;
    for (unsigned index = first; index < merge->getNumOperands(); ++index)
      visit(merge->getOperandUse(index));
  }

  /// Gathers the merges that `value` comes from, and the ways along which exactness spreads.
  void demand(Value *value) {
    SmallVector<Value *> work{value};
    while (!work.empty()) {
      auto *merge = dyn_cast<Instruction>(work.pop_back_val());
      if (!merge || !isMerge(merge) || !seen.insert(merge).second)
        continue;
      forInputs(merge, [&](Use &input) {
        if (isMerge(input)) {
          users[cast<Instruction>(input)].push_back(merge);
          work.push_back(input);
        } else if (!isArithmetic(input) && !isNeutral(input)) {
          makeExact(merge);
        }
      });
    }
  }

  void makeExact(Instruction *merge) {
    if (isExact.insert(merge).second)
      exactMerges.push_back(merge);
  }

  /// A merge with an exact input is exact as a whole.
  void spreadExactness() {
    for (size_t index = 0; index < exactMerges.size(); ++index) {
      auto found = users.find(exactMerges[index]);
      if (found == users.end())
        continue;
      for (Instruction *user : found->second)
        makeExact(user);
    }
  }

  bool isLazy(Value *value) {
    if (isMerge(value))
      return !isExact.contains(cast<Instruction>(value));
    return isArithmetic(value);
  }

  void fixInputs(Instruction *merge) {
    DenseMap<Instruction *, Value *> fixed; // A phi has one value for each predecessor.
    forInputs(merge, [&](Use &input) {
      if (!isLazy(input))
        return;
      auto *phi = dyn_cast<PHINode>(merge);
      if (!phi) {
        input.set(canonical(merge, input));
        return;
      }
      Instruction *edge = phi->getIncomingBlock(input)->getTerminator();
      Value *&value = fixed[edge];
      if (!value)
        value = canonical(edge, input);
      input.set(value);
    });
  }

  /// A branch, not a select: so later values need not wait for the test.
  Value *canonical(Instruction *before, Value *value) {
    IRBuilder<> builder(before);
    BasicBlock *from = before->getParent();
    MDNode *weights = MDBuilder(value->getContext()).createUnlikelyBranchWeights();
    Value *isNaN = builder.CreateFCmpUNO(value, value);
    Instruction *then = SplitBlockAndInsertIfThen(isNaN, before, /*Unreachable=*/false, weights);
    builder.SetInsertPoint(before->getParent(), before->getParent()->begin());
    PHINode *result = builder.CreatePHI(value->getType(), 2);
    result->addIncoming(value, from);
    result->addIncoming(ConstantFP::getNaN(value->getType()), then->getParent());
    isExact.insert(result);
    return result;
  }

  /// The store that is the only user, or null.
  static StoreInst *onlyStore(CallInst *placeholder) {
    if (!placeholder->hasOneUse())
      return nullptr;
    auto *store = dyn_cast<StoreInst>(placeholder->user_back());
    return store && store->isVolatile() ? store : nullptr;
  }

  /// Stores `value` as it is, looks at its upper bits in memory, and stores again if they are
  /// those of a NaN or an infinity. This takes the test away from the float units, which
  /// tend to be busy, and is seen by nobody: the second access cannot fault.
  static void storeAndCorrect(StoreInst *store, Value *value) {
    store->setOperand(0, value);
    IRBuilder<> builder(store->getNextNode());
    unsigned bits = value->getType()->getPrimitiveSizeInBits();
    Value *pointer = store->getPointerOperand();
    if (bits == 64)
      pointer = builder.CreateConstGEP1_64(builder.getInt8Ty(), pointer, 4);
    LoadInst *upper = builder.CreateAlignedLoad(builder.getInt32Ty(), pointer, Align(1), true);
    upper->copyMetadata(*store);
    Value *exponent = builder.CreateAnd(upper, builder.getInt32(0x7fffffff));
    Value *allOnes = builder.getInt32(bits == 64 ? 0x7ff00000 : 0x7f800000);
    Value *isOdd = builder.CreateICmpUGE(exponent, allOnes);
    MDNode *weights = MDBuilder(value->getContext()).createUnlikelyBranchWeights();
    Instruction *then = SplitBlockAndInsertIfThen(isOdd, &*builder.GetInsertPoint(),
                                                  /*Unreachable=*/false, weights);
    builder.SetInsertPoint(then);
    Value *isNaN = builder.CreateFCmpUNO(value, value);
    auto *again = cast<StoreInst>(store->clone());
    again->setOperand(0, builder.CreateSelect(isNaN, ConstantFP::getNaN(value->getType()), value));
    again->insertBefore(then->getIterator());
  }

  void replace(CallInst *placeholder) {
    Value *value = placeholder->getArgOperand(0);
    StoreInst *store = onlyStore(placeholder);
    if (store && isLazy(value)) {
      storeAndCorrect(store, value);
      placeholder->eraseFromParent();
      return;
    }
    placeholder->replaceAllUsesWith(isLazy(value) ? canonical(placeholder, value) : value);
    placeholder->eraseFromParent();
  }

  DenseSet<Instruction *> seen, isExact;
  SmallVector<Instruction *> exactMerges;
  DenseMap<Instruction *, SmallVector<Instruction *, 2>> users;
};
} // namespace

PreservedAnalyses writ::CanonicalNaNs::run(Function &function, FunctionAnalysisManager &) {
  SmallVector<CallInst *> placeholders;
  for (Instruction &inst : instructions(function))
    if (isPlaceholder(inst))
      placeholders.push_back(cast<CallInst>(&inst));
  if (placeholders.empty())
    return PreservedAnalyses::all();
  Resolver().resolve(placeholders);
  return PreservedAnalyses::none();
}
