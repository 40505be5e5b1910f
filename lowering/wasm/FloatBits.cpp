//===- FloatBits.cpp - Where NaNs must be made canonical ------------------===//
#include "lowering/wasm/FloatBits.h"

#include "lowering/wasm/ControlFlow.h"

#include <algorithm>

using namespace mlir;
using namespace writ::contract;
using namespace writ::wasmgen;

/// Gives any NaN where the canonical one is meant; nobody asks for the bits of its operands.
static bool isArithmetic(Operation *op) {
  return isa<FAddOp, FSubOp, FMulOp, FDivOp, FMinOp, FMaxOp, FSqrtOp, FCeilOp, FFloorOp, FTruncOp,
             FNearestOp, FExtOp, FDemoteOp>(op);
}

bool writ::wasmgen::readsNumbers(Operation *op) {
  return isArithmetic(op) || isa<arith::CmpFOp, FToSOp, FToUOp, FToSSatOp, FToUSatOp>(op);
}

/// Never another NaN than the canonical one.
static bool isNeutral(Operation *op) {
  if (isa<arith::SIToFPOp, arith::UIToFPOp>(op))
    return true;
  auto constant = dyn_cast<arith::ConstantOp>(op);
  if (!constant)
    return false;
  APFloat value = cast<FloatAttr>(constant.getValue()).getValue();
  return !value.isNaN() || value.bitwiseIsEqual(APFloat::getNaN(value.getSemantics()));
}

FloatBits::FloatBits(FuncOp func) {
  unsigned numSlots = func.getNumSlots();
  for (Block &block : func.getBody())
    for (Operation &op : block)
      hasFloats |= isArithmetic(&op);
  if (!hasFloats)
    return;
  isExact.assign(numSlots, false);
  for (unsigned slot = 0; slot < func.getFunctionType().getNumInputs(); ++slot)
    isExact[slot] = true;
  auto addNode = [&](Value value) {
    if (!isa<FloatType>(value.getType()))
      return;
    nodes.try_emplace(value, Node(isExact.size()));
    isExact.push_back(false);
  };
  for (Block &block : func.getBody()) {
    if (!block.isEntryBlock())
      for (BlockArgument argument : block.getArguments())
        addNode(argument);
    for (auto select : block.getOps<arith::SelectOp>())
      addNode(select);
  }
  for (Block &block : func.getBody()) {
    for (Operation &op : block) {
      if (auto set = dyn_cast<LocalSetOp>(op))
        flow(set.getValue(), Node(set.getSlot()));
      if (auto select = dyn_cast<arith::SelectOp>(op)) {
        flow(select.getTrueValue(), nodeOf(select));
        flow(select.getFalseValue(), nodeOf(select));
      }
    }
    Operation *end = block.getTerminator();
    for (auto [values, to] : llvm::zip(passedValues(end), end->getSuccessors()))
      for (auto [passed, argument] : llvm::zip_equal(values, to->getArguments()))
        flow(passed, nodeOf(argument));
  }
  spread();
}

FloatBits::Node FloatBits::nodeOf(Value value) const {
  if (auto get = value.getDefiningOp<LocalGetOp>())
    return Node(get.getSlot());
  auto found = nodes.find(value);
  return found == nodes.end() ? none : found->second;
}

void FloatBits::flow(Value from, Node to) {
  if (to == none || !isa<FloatType>(from.getType()))
    return;
  if (Node node = nodeOf(from); node != none) {
    ways.push_back({node, to});
    return;
  }
  Operation *op = from.getDefiningOp();
  if (!op || (!isArithmetic(op) && !isNeutral(op)))
    isExact[to] = true;
}

void FloatBits::spread() {
  std::sort(ways.begin(), ways.end());
  std::vector<Node> work;
  for (Node node = 0; node < isExact.size(); ++node)
    if (isExact[node])
      work.push_back(node);
  while (!work.empty()) {
    Node node = work.back();
    work.pop_back();
    for (auto way = std::lower_bound(ways.begin(), ways.end(), std::pair(node, Node(0)));
         way != ways.end() && way->first == node; ++way) {
      if (isExact[way->second])
        continue;
      isExact[way->second] = true;
      work.push_back(way->second);
    }
  }
}

bool FloatBits::isLazy(Value value) const {
  if (!hasFloats || !isa<FloatType>(value.getType()))
    return false;
  if (Node node = nodeOf(value); node != none)
    return !isExact[node];
  Operation *op = value.getDefiningOp();
  return op && isArithmetic(op);
}

bool FloatBits::mustFix(Operation *op, unsigned operand) const {
  if (!isLazy(op->getOperand(operand)) || readsNumbers(op))
    return false;
  if (auto set = dyn_cast<LocalSetOp>(op))
    return isExact[set.getSlot()];
  if (isa<arith::SelectOp>(op))
    return isExact[nodeOf(op->getResult(0))];
  return !isa<BranchOpInterface>(op); // Those ask for each argument.
}
