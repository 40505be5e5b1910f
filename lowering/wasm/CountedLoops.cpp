//===- CountedLoops.cpp - Pay for all rounds of a loop --------------------===//
#include "lowering/wasm/CountedLoops.h"

#include "hostabi/Traps.h"
#include "lowering/wasm/FunctionEmitter.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

/// The charge of a block that does all it does, whatever happens, once it is paid.
static ChargeOp onlyCharge(Block *block, const Inside &inside, ModuleState &module) {
  ChargeOp only;
  for (Operation &op : *block) {
    const OpRow row = module.rows[&op];
    bool mayStop = row.mayTrap && !inside.accesses.contains(&op) && !dividesSafely(&op);
    if (mayStop || op.hasTrait<ObservesGas>() || isa<MemoryGrowOp>(op))
      return nullptr;
    auto charge = dyn_cast<ChargeOp>(op);
    if (!charge)
      continue;
    if (only || &op != &block->front())
      return nullptr;
    only = charge;
  }
  return only;
}

/// None if it is too much to be said.
static CostsAttr times(CostsAttr costs, int64_t rounds) {
  CostCounts counts;
  for (CostCount cost : costs.getCounts()) {
    if (rounds > INT32_MAX / int64_t(cost.count))
      return {};
    counts.push_back({cost.costClass, uint32_t(cost.count * rounds)});
  }
  return CostsAttr::get(costs.getContext(), counts);
}

static Block *addBlock(Block *before) {
  auto *made = new Block();
  before->getParent()->getBlocks().insert(before->getIterator(), made);
  return made;
}

/// Takes each cost when it is due; in the end there is not enough.
static Block *makeTwin(FastPath &made, Block *loop, CostsAttr paid) {
  Block *start = addBlock(loop), *twin = addBlock(loop), *end = addBlock(loop);
  Location where = loop->front().getLoc();
  auto builder = OpBuilder::atBlockEnd(start);
  cf::BranchOp::create(builder, where, twin);
  FastPath::Start first;
  first.isTwin = first.leaves = first.looks = true;
  first.refund = paid;
  made.starts[start] = first;

  builder.setInsertionPointToEnd(twin);
  IRMapping values;
  values.map(loop, twin);
  for (Operation &op : *loop)
    if (!isa<ChargeOp>(op))
      builder.clone(op, values);
  for (BlockOperand &to : twin->getTerminator()->getBlockOperands())
    if (to.get() != twin)
      to.set(end);
  builder.setInsertionPointToEnd(end);
  TrapOp::create(builder, where, int32_t(TrapKind::OutOfGas));
  FastPath::Start onTheWay;
  onTheWay.isTwin = true;
  made.starts[twin] = made.starts[end] = onTheWay;
  return start;
}

static void payFor(FastPath &made, Block *loop, CostsAttr all) {
  SmallVector<BlockOperand *> ways;
  for (BlockOperand &way : loop->getUses())
    if (way.getOwner()->getBlock() != loop)
      ways.push_back(&way);
  Block *pay = addBlock(loop);
  for (BlockOperand *way : ways)
    way->set(pay);
  made.blocks.insert(pay);
  Location where = loop->front().getLoc();
  Block *twin = makeTwin(made, loop, all);
  auto builder = OpBuilder::atBlockEnd(pay);
  ChargeOp::create(builder, where, all);
  Type wide = builder.getI64Type();
  Value left = LocalGetOp::create(builder, where, wide, int32_t(made.gasSlot));
  Value none = arith::ConstantOp::create(builder, where, builder.getI64IntegerAttr(0));
  Value isShort = arith::CmpIOp::create(builder, where, arith::CmpIPredicate::slt, left, none);
  cf::CondBranchOp::create(builder, where, isShort, twin, loop);
  for (Operation &op : llvm::make_early_inc_range(*loop))
    if (isa<ChargeOp, CostOpInterface>(op))
      op.erase();
}

llvm::DenseSet<Block *> wasmgen::payForLoops(FastPath &made, FuncOp func, const Inside &inside,
                                             ModuleState &module) {
  llvm::DenseSet<Block *> paid;
  SmallVector<Block *> loops;
  for (Block &block : func.getBody())
    if (made.isFast(&block) && inside.counted.contains(&block) && block.getNumArguments() == 0)
      loops.push_back(&block);
  for (Block *loop : loops) {
    ChargeOp charge = onlyCharge(loop, inside, module);
    CostsAttr all = charge ? times(charge.getCosts(), inside.counted.lookup(loop)) : CostsAttr();
    if (!all)
      continue;
    payFor(made, loop, all);
    paid.insert(loop);
  }
  return paid;
}
