//===- ControlOps.cpp - Branches, returns and traps -----------------------===//

#include "lowering/FunctionLowering.h"

using namespace llvm;
using namespace writ;
using namespace writ::contract;
using namespace writ::lowering;

namespace {
/// The edges out of one block. LLVM's phis have one value for each predecessor, while two
/// edges of ours to the same block may pass different values: those get a block of their own.
class Edges {
public:
  explicit Edges(FunctionLowering &f) : f(f) {}

  /// What to branch to in order to pass `args` to `to`.
  BasicBlock *add(mlir::Block *to, mlir::ValueRange args) {
    BasicBlock *target = f.block(to), *from = f.builder.GetInsertBlock();
    bool mustPay = f.mustPayOnTheWay(to);
    if (args.empty() && !mustPay)
      return target;
    SmallVectorImpl<Edge> &known = edges[target];
    for (Edge &edge : known) {
      if (edge.args != args)
        continue;
      if (edge.to == target) // A phi has its value once for each edge.
        pass(args, from, target);
      return edge.to;
    }
    if (known.empty() && !mustPay) {
      pass(args, from, target);
      return known.emplace_back(Edge{args, target}).to;
    }
    BasicBlock *between = f.payOnTheWay(target);
    pass(args, between, target);
    return known.emplace_back(Edge{args, between}).to;
  }

private:
  struct Edge {
    mlir::ValueRange args;
    BasicBlock *to;
  };

  void pass(mlir::ValueRange args, BasicBlock *from, BasicBlock *to) {
    for (auto [phi, arg] : zip(to->phis(), args))
      phi.addIncoming(f.value(arg), from);
  }

  FunctionLowering &f;
  SmallDenseMap<BasicBlock *, SmallVector<Edge, 1>, 4> edges;
};
} // namespace

static void lowerBranch(FunctionLowering &f, mlir::cf::BranchOp op) {
  f.builder.CreateBr(Edges(f).add(op.getDest(), op.getDestOperands()));
}

static void lowerCondBranch(FunctionLowering &f, mlir::cf::CondBranchOp op) {
  Edges edges(f);
  BasicBlock *ifTrue = edges.add(op.getTrueDest(), op.getTrueDestOperands());
  BasicBlock *ifFalse = edges.add(op.getFalseDest(), op.getFalseDestOperands());
  f.builder.CreateCondBr(f.value(op.getCondition()), ifTrue, ifFalse);
}

/// Walks the case operands by hand: the op's own accessor sums up segment sizes at each use.
static void lowerSwitch(FunctionLowering &f, mlir::cf::SwitchOp op) {
  Edges edges(f);
  BasicBlock *otherwise = edges.add(op.getDefaultDestination(), op.getDefaultOperands());
  mlir::OperandRange operands = op->getOperands().drop_front(1 + op.getDefaultOperands().size());
  ArrayRef<int32_t> segments = op.getCaseOperandSegments();
  auto *lowered = f.builder.CreateSwitch(f.value(op.getFlag()), otherwise, segments.size());
  if (!op.getCaseValues())
    return;
  for (auto [value, segment, to] :
       zip_equal(op.getCaseValues()->getValues<APInt>(), segments, op.getCaseDestinations())) {
    BasicBlock *target = edges.add(to, operands.take_front(segment));
    operands = operands.drop_front(segment);
    lowered->addCase(f.builder.getInt(value), target);
  }
}

static void lowerReturn(FunctionLowering &f, ReturnOp op) {
  SmallVector<Value *> results;
  for (mlir::Value value : op.getValues())
    results.push_back(f.exact(value));
  f.returnValues(results);
}

static void lowerTrap(FunctionLowering &f, TrapOp op) { f.trapNow(op, TrapKind(op.getKind())); }

void writ::lowering::addControlOps(OpTable &table) {
  table.add<mlir::cf::BranchOp, lowerBranch>();
  table.add<mlir::cf::CondBranchOp, lowerCondBranch>();
  table.add<mlir::cf::SwitchOp, lowerSwitch>();
  table.add<ReturnOp, lowerReturn>();
  table.add<TrapOp, lowerTrap>();
}
