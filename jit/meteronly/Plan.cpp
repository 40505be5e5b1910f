//===- Plan.cpp - What metering does at which instruction -----------------===//
#include "jit/meteronly/Plan.h"

#include "lowering/wasm/FunctionEmitter.h"
#include "mlir-dialect/IR/Position.h"

#include <algorithm>
#include <fmt/format.h>

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::meteronly;
using namespace writ::wasmgen;

const Step *FunctionPlan::find(uint32_t offset) const {
  auto found = std::ranges::lower_bound(steps, offset, {}, &Step::offset);
  return found != steps.end() && found->offset == offset ? &*found : nullptr;
}

namespace {
class Planner {
public:
  Planner(ModuleState &module, FuncOp func) : module(module), func(func) {}

  Result<FunctionPlan> run();

private:
  void visit(Operation *op);
  void visitOrdered(Operation *op, const OpRow &row);
  void takePending(Step &step);
  bool cannotTrap(Operation *op);
  bool goesBackOrOut(Operation *op) const;
  bool isInBounds(Value address, uint64_t end);
  Step &step(Operation *op);

  ModuleState &module;
  FuncOp func;
  FunctionPlan plan;
  CostSum pending;
  llvm::DenseMap<Block *, size_t> numbers; ///< Of blocks, in the order of the bytes.

  // What is known of addresses, in one block.
  using Base = std::pair<uint64_t, uint64_t>;
  uint64_t version = 0;                       ///< Counts writes of slots, and blocks.
  llvm::DenseMap<uint32_t, uint64_t> written; ///< By slot.
  llvm::DenseMap<Value, Base> slotReads;      ///< Slot and version.
  llvm::DenseMap<Base, uint64_t> reached;     ///< Base to end of accesses.
};
} // namespace

/// The step of the instruction that `op` is from. Several ops of one follow each other.
Step &Planner::step(Operation *op) {
  uint32_t offset = byteOffset(op);
  if (plan.steps.empty() || plan.steps.back().offset != offset) {
    plan.steps.push_back({});
    plan.steps.back().offset = offset;
  }
  return plan.steps.back();
}

void Planner::takePending(Step &step) {
  if (pending.isZero())
    return;
  step.charge = module.amountOf(pending);
  pending.clear();
}

/// Bytes from a constant address that even the smallest memory has.
static bool isInsideAlways(const ModuleInfo &info, Value address, uint64_t end) {
  auto constant = address.getDefiningOp<arith::ConstantOp>();
  if (!constant)
    return false;
  uint64_t base = cast<IntegerAttr>(constant.getValue()).getValue().getZExtValue();
  return base + end <= uint64_t(info.memories[0].limits.min) * 65536;
}

/// Whether all bytes before `end`, counted from `address`, are inside the memory for sure, or were
/// at an access before in this block: memories never shrink. If not, they will have been.
bool Planner::isInBounds(Value address, uint64_t end) {
  if (isInsideAlways(module.info, address, end))
    return true;
  auto read = slotReads.find(address);
  Base base = read != slotReads.end()
                  ? read->second
                  : Base(reinterpret_cast<uintptr_t>(address.getAsOpaquePointer()), ~uint64_t(0));
  uint64_t &known = reached[base];
  bool isKnown = end <= known;
  known = std::max(known, end);
  return isKnown;
}

bool Planner::cannotTrap(Operation *op) {
  if (auto access = accessOf(op))
    return isInBounds(access->address, access->end);
  return dividesSafely(op);
}

/// Whether code could run on for ever from here, or leaves the function, without another charge.
bool Planner::goesBackOrOut(Operation *op) const {
  return llvm::any_of(op->getSuccessors(), [&](Block *to) {
    return numbers.lookup(to) <= numbers.lookup(op->getBlock()) ||
           isa<ReturnOp>(to->getTerminator());
  });
}

/// As the other form does it (GasEmission.cpp), what straight code costs is taken just before what
/// may trap or lasts, and at the end of each block.
void Planner::visitOrdered(Operation *op, const OpRow &row) {
  Step &made = step(op);
  bool mayTrap = row.mayTrap && !cannotTrap(op), observes = op->hasTrait<ObservesGas>();
  made.mayTrap |= mayTrap || observes;
  made.isExit |= isa<ReturnOp>(op);
  if (isa<TrapOp>(op))
    made.takesBranchCost = pending.subtract(module.branchCost);
  if (row.lasts || mayTrap || op->hasTrait<OpTrait::IsTerminator>())
    takePending(made);
  made.looks |= row.lasts || made.isExit || goesBackOrOut(op);
  plan.isLeaf &= !observes;
}

void Planner::visit(Operation *op) {
  if (auto cost = dyn_cast<CostOpInterface>(op))
    return pending.add(cost.getStaticCosts());
  if (auto units = dyn_cast<ChargeUnitsOp>(op)) {
    Step &made = step(op);
    takePending(made);
    CostSum one;
    one.add(CostCount{CostClass(units.getUnit()), 1});
    made.unit = module.amountOf(one);
    return;
  }
  if (auto get = dyn_cast<LocalGetOp>(op)) {
    auto slot = uint32_t(get.getSlot());
    slotReads[get] = {slot, written.lookup(slot)};
    return;
  }
  if (auto set = dyn_cast<LocalSetOp>(op)) {
    written[uint32_t(set.getSlot())] = ++version;
    return;
  }
  const OpRow row = module.rows[op];
  if (!row.isPure) // Others have no places, and need none.
    visitOrdered(op, row);
}

/// Sorts them, and makes one of those of the same instruction: of the ways that end there, only the
/// one that falls through pays.
static void mergeSteps(std::vector<Step> &steps) {
  std::ranges::sort(steps, {}, &Step::offset);
  std::vector<Step> merged;
  for (const Step &step : steps) {
    if (merged.empty() || merged.back().offset != step.offset) {
      merged.push_back(step);
      continue;
    }
    Step &one = merged.back();
    assert((one.charge == noAmount || step.charge == noAmount) && "two ways that pay");
    one.charge = std::min(one.charge, step.charge);
    one.looks |= step.looks;
    one.unit = std::min(one.unit, step.unit);
    one.mayTrap |= step.mayTrap;
    one.isExit |= step.isExit;
    one.takesBranchCost |= step.takesBranchCost;
  }
  steps = std::move(merged);
}

Result<FunctionPlan> Planner::run() {
  plan.frame = uint32_t(func.getFrame());
  if (func.getFrame() > INT32_MAX)
    return badInput(fmt::format("{}: function '{}' has a frame of {} bytes, which is too large",
                                module.options.name, func.getSymName().str(), func.getFrame()));
  for (Block &block : func.getBody())
    numbers.try_emplace(&block, numbers.size());
  for (Block &block : func.getBody()) {
    pending.clear();
    reached.clear();
    for (Operation &op : block)
      visit(&op);
  }
  mergeSteps(plan.steps);
  return std::move(plan);
}

Result<FunctionPlan> meteronly::planFunction(ModuleState &module, FuncOp func) {
  return Planner(module, func).run();
}
