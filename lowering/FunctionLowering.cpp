//===- FunctionLowering.cpp - Walk one function's blocks and ops ----------===//

#include "lowering/FunctionLowering.h"

#include "mlir-dialect/IR/Position.h"

#include "mlir/IR/RegionGraphTraits.h"

#include "llvm/ADT/PostOrderIterator.h"

using namespace llvm;
using namespace writ;
using namespace writ::lowering;

FunctionLowering::FunctionLowering(ModuleLowering &module, const Callee &self,
                                   contract::TickOp from)
    : module(module), self(self), source(self.source), target(self.native), builder(module.context),
      context(target->getArg(0)), incomingStack(target->getArg(2)), from(from) {}

void FunctionLowering::run() {
  // Reverse post-order: definitions come before uses, and unreachable blocks not at all.
  ReversePostOrderTraversal<mlir::Block *> traversal(from ? from->getBlock()
                                                          : &source.getBody().front());
  order.assign(traversal.begin(), traversal.end());
  plan.emplace(order, module);
  makeEntry();
  makeBlocks();
  for (mlir::Block *mlirBlock : order)
    lowerBlock(*mlirBlock);
  finishTrap();
  finishOutOfGas();
  finishCold();
}

/// Slots start with the arguments, or at zero.
void FunctionLowering::makeEntry() {
  BasicBlock *entry = BasicBlock::Create(module.context, "entry", target);
  builder.SetInsertPoint(entry);
  gasSlot = builder.CreateAlloca(builder.getInt64Ty(), nullptr, "gas");
  stackSlot = builder.CreateAlloca(builder.getInt64Ty(), nullptr, "stack");
  for (unsigned slot = 0, count = source.getNumSlots(); slot < count; ++slot)
    slots.push_back(builder.CreateAlloca(convert(source.getSlotType(slot)), nullptr, "slot"));
  builder.CreateStore(target->getArg(1), gasSlot);
  builder.CreateStore(incomingStack, stackSlot);
  if (from)
    return makeEntryAtLoop();
  unsigned params = source.getArgumentTypes().size();
  for (auto [slot, alloca] : enumerate(slots)) {
    Value *initial = slot < params ? static_cast<Value *>(target->getArg(3 + slot))
                                   : Constant::getNullValue(alloca->getAllocatedType());
    builder.CreateStore(initial, alloca);
  }
}

/// The frame has been taken already. What lives on is in words.
void FunctionLowering::makeEntryAtLoop() {
  incomingStack = builder.CreateAdd(incomingStack, builder.getInt64(source.getFrame()));
  Value *words = fixedPointer(offsetof(InstanceContext, coldFrame));
  unsigned next = 0;
  auto read = [&](mlir::Type type) {
    Value *word = load(builder.getInt64Ty(), element(words, next++), Storage::Words);
    return fromWord(word, type);
  };
  for (auto [slot, alloca] : enumerate(slots))
    builder.CreateStore(read(source.getSlotType(slot)), alloca);
  DenseSet<mlir::Block *> reached(order.begin(), order.end());
  SmallVector<std::pair<mlir::Value, Value *>> live;
  for (mlir::Value value : from.getLive())
    live.push_back({value, read(value.getType())});
  for (auto [value, word] : live) {
    define(value, word);
    bool isArgument = value.getParentBlock() == from->getBlock();
    if (isArgument || !reached.contains(value.getParentBlock()))
      continue;
    AllocaInst *alloca = builder.CreateAlloca(word->getType(), nullptr, "again");
    builder.CreateStore(word, alloca);
    remade[value] = alloca;
  }
}

/// What is made once only, before: constants. Values that are made again are in slots.
Value *FunctionLowering::lookUp(mlir::Value value) {
  if (auto again = remade.find(value); again != remade.end())
    return builder.CreateLoad(again->second->getAllocatedType(), again->second);
  auto found = values.find(value);
  if (found != values.end())
    return found->second;
  if (auto constant = value.getDefiningOp<mlir::arith::ConstantOp>()) {
    module.ops.find(constant)(*this, constant);
    return values.find(value)->second;
  }
  missesValue = true;
  return PoisonValue::get(convert(value.getType()));
}

/// Does the interpreter take `user` for a move of its operand?
static bool isMove(mlir::Operation *user) {
  if (auto compare = mlir::dyn_cast<mlir::arith::CmpIOp>(user))
    return compare.getPredicate() == mlir::arith::CmpIPredicate::ne &&
           compare.getLhs().getType().isInteger(1);
  return mlir::isa<mlir::arith::ExtUIOp, mlir::arith::BitcastOp, mlir::arith::TruncIOp>(user);
}

mlir::Value FunctionLowering::findAlias(mlir::Value value) {
  if (values.contains(value))
    return value;
  for (mlir::Operation *user : value.getUsers())
    if (isMove(user))
      if (mlir::Value alias = findAlias(user->getResult(0)))
        return alias;
  return nullptr;
}

void FunctionLowering::defineAgain(mlir::Value value, Value *lowered) {
  auto again = remade.find(value);
  if (again != remade.end() && !isa<mlir::BlockArgument>(value)) // For those, `lowerBlock` does it.
    builder.CreateStore(lowered, again->second);
}

void FunctionLowering::makeBlocks() {
  mlir::Block *first = order.front();
  for (mlir::Block *mlirBlock : order) {
    BasicBlock *lowered = newBlock("b");
    blocks[mlirBlock] = lowered;
    if (mlirBlock == first && !from)
      continue;
    IRBuilder<> phis(lowered);
    for (mlir::BlockArgument argument : mlirBlock->getArguments()) {
      PHINode *phi = phis.CreatePHI(convert(argument.getType()), 2);
      if (mlirBlock == first)
        phi->addIncoming(value(argument), builder.GetInsertBlock());
      define(argument, phi);
    }
  }
  if (!from)
    for (mlir::BlockArgument argument : first->getArguments())
      define(argument, target->getArg(3 + argument.getArgNumber()));
  entryEnd = builder.CreateBr(block(first));
}

void FunctionLowering::lowerBlock(mlir::Block &mlirBlock) {
  builder.SetInsertPoint(block(&mlirBlock));
  takeOver(mlirBlock);
  if (!remade.empty())
    for (mlir::BlockArgument argument : mlirBlock.getArguments())
      if (auto again = remade.find(argument); again != remade.end())
        builder.CreateStore(values.find(argument)->second, again->second);
  for (mlir::Operation &op : mlirBlock) {
    OpTable::Handler handler = module.ops.find(&op);
    assert(handler && "contract-verify-core lets no such op through");
    prepareGas(op);
    if (op.hasTrait<mlir::OpTrait::IsTerminator>())
      stateAtEnd[&mlirBlock] = {owed, takenSincePublished, isChecked};
    handler(*this, &op);
  }
}

void FunctionLowering::takeOver(mlir::Block &mlirBlock) {
  outstanding.clear();
  owed.clear();
  takenSincePublished.reset();
  isOwing = false;
  checkIsDue = module.isMetered && plan->mustCheck(&mlirBlock);
  isChecked = isCheckedOnAllWaysTo(mlirBlock);
  if (mlir::Block *from = plan->onlyWayIn(&mlirBlock)) {
    const GasState &state = stateAtEnd.find(from)->second;
    owed = state.owed;
    takenSincePublished = state.takenSincePublished;
  }
}

/// Of blocks that go back to one before them nothing is known yet.
bool FunctionLowering::isCheckedOnAllWaysTo(mlir::Block &mlirBlock) {
  bool isOnlyWay = plan->onlyWayIn(&mlirBlock);
  return !mlirBlock.isEntryBlock() && all_of(mlirBlock.getPredecessors(), [&](mlir::Block *from) {
    auto state = stateAtEnd.find(from);
    return state != stateAtEnd.end() && state->second.isChecked &&
           (isOnlyWay || state->second.owed.isZero());
  });
}

/// What lasts is done only by those who have paid, callees and callers get to know what is left,
/// and no loop goes on for ever unpaid.
void FunctionLowering::prepareGas(mlir::Operation &op) {
  if (!module.isMetered)
    return;
  bool isLast = op.hasTrait<mlir::OpTrait::IsTerminator>();
  bool mustBePaid = module.hasLastingEffect(&op);
  bool isSeen = op.hasTrait<contract::ObservesGas>();
  bool passesOn = isLast && plan->passesOn(op.getBlock());
  if (mustBePaid || isSeen || (isLast && !passesOn && !mlir::isa<contract::TrapOp>(op)))
    payOwed();
  if (!isChecked && (mustBePaid || (checkIsDue && (isLast || isSeen))))
    outOfGasIf(gasHasRunOut());
}

BasicBlock *FunctionLowering::newBlock(const char *name) {
  return BasicBlock::Create(module.context, name, target);
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value *FunctionLowering::exact(Value *value) {
  if (!value->getType()->isFloatingPointTy() || isa<Constant>(value))
    return value;
  return builder.CreateCall(module.canonicalizer(value->getType()), value);
}

Value *FunctionLowering::toWord(Value *exactValue) {
  Type *type = exactValue->getType();
  if (type->isFloatingPointTy())
    exactValue =
        builder.CreateBitCast(exactValue, builder.getIntNTy(type->getPrimitiveSizeInBits()));
  return builder.CreateZExt(exactValue, builder.getInt64Ty());
}

Value *FunctionLowering::fromWord(Value *word, mlir::Type type) {
  Type *lowered = convert(type);
  Value *bits = builder.CreateTrunc(word, builder.getIntNTy(lowered->getPrimitiveSizeInBits()));
  return builder.CreateBitCast(bits, lowered);
}

//===----------------------------------------------------------------------===//
// The context
//===----------------------------------------------------------------------===//

Value *FunctionLowering::contextField(size_t offset) {
  return builder.CreateConstGEP1_64(builder.getInt8Ty(), context, offset);
}

LoadInst *FunctionLowering::load(Type *type, Value *pointer, Storage storage) {
  LoadInst *loaded = builder.CreateLoad(type, pointer);
  loaded->setMetadata(LLVMContext::MD_tbaa, module.storageTag(storage));
  return loaded;
}

LoadInst *FunctionLowering::loadFixed(Type *type, Value *pointer) {
  LoadInst *loaded = builder.CreateLoad(type, pointer);
  loaded->setMetadata(LLVMContext::MD_invariant_load, module.emptyNode);
  return loaded;
}

StoreInst *FunctionLowering::store(Value *value, Value *pointer, Storage storage) {
  StoreInst *stored = builder.CreateStore(value, pointer);
  stored->setMetadata(LLVMContext::MD_tbaa, module.storageTag(storage));
  return stored;
}

void FunctionLowering::storeObservable(Value *value, Value *pointer, Storage storage) {
  store(value, pointer, storage)->setVolatile(true);
}

Value *FunctionLowering::fixedPointer(size_t offset) {
  return loadFixed(builder.getPtrTy(), contextField(offset));
}

Value *FunctionLowering::entryPointer(size_t offset) {
  Value *&pointer = entryPointers[offset];
  if (!pointer) {
    IRBuilderBase::InsertPointGuard guard(builder);
    builder.SetInsertPoint(entryEnd);
    pointer = fixedPointer(offset);
  }
  return pointer;
}

Value *FunctionLowering::element(Value *base, uint64_t index, unsigned elementBytes) {
  return builder.CreateConstGEP1_64(builder.getInt8Ty(), base, index * elementBytes);
}

CallInst *FunctionLowering::callRuntime(size_t offset, Type *result, ArrayRef<Value *> args) {
  SmallVector<Value *> allArgs{context};
  allArgs.append(args.begin(), args.end());
  SmallVector<Type *> types;
  for (Value *arg : allArgs)
    types.push_back(arg->getType());
  Value *table = fixedPointer(offsetof(InstanceContext, runtime));
  Value *function =
      loadFixed(builder.getPtrTy(), builder.CreateConstGEP1_64(builder.getInt8Ty(), table, offset));
  CallInst *call = builder.CreateCall(FunctionType::get(result, types, false), function, allArgs);
  call->setDoesNotThrow();
  return call;
}

//===----------------------------------------------------------------------===//
// Ways out
//===----------------------------------------------------------------------===//

uint32_t FunctionLowering::site(mlir::Operation *op, TrapKind kind) {
  if (kind == TrapKind::OutOfGas)
    return addSite(op, kind, {}, {});
  return addSite(op, kind, outstanding, owed);
}

uint32_t FunctionLowering::faultSite(mlir::Operation *op, TrapKind kind) {
  contract::CostSum refund = outstanding, due = owed;
  if (takenSincePublished)
    due.add(*takenSincePublished);
  contract::CostSum::cancel(refund, due);
  return addSite(op, kind, refund, due);
}

uint32_t FunctionLowering::addSite(mlir::Operation *op, TrapKind kind,
                                   const contract::CostSum &refund, const contract::CostSum &due) {
  auto indexOf = [&](const contract::CostSum &sum) {
    return sum.isZero() ? ~0u : module.charges.indexOf(sum.toAttr(op->getContext()));
  };
  return module.addSite(
      {kind, self.index, contract::byteOffset(op), indexOf(refund), indexOf(due)});
}

void FunctionLowering::trapIf(Value *condition, mlir::Operation *op, TrapKind kind) {
  auto *constant = dyn_cast<ConstantInt>(condition);
  if (constant && constant->isZero())
    return;
  trapIf(condition, builder.getInt32(site(op, kind)));
}

void FunctionLowering::trapIf(Value *condition, Value *site) {
  PHINode *number = leavingBlock(trapSite, "trap");
  BasicBlock *goOn = newBlock("b");
  number->addIncoming(site, builder.GetInsertBlock());
  builder.CreateCondBr(condition, number->getParent(), goOn, module.unlikely);
  builder.SetInsertPoint(goOn);
}

void FunctionLowering::trapNow(mlir::Operation *op, TrapKind kind) {
  trapNow(builder.getInt32(site(op, kind)));
}

void FunctionLowering::trapNow(Value *site) { leaveTo(leavingBlock(trapSite, "trap"), site); }

void FunctionLowering::outOfGasIf(Value *condition) {
  if (!outOfGas)
    outOfGas = newBlock("out_of_gas");
  BasicBlock *goOn = newBlock("b");
  builder.CreateCondBr(condition, outOfGas, goOn, module.unlikely);
  builder.SetInsertPoint(goOn);
  noteCheck();
}

void FunctionLowering::goCold(uint32_t region) {
  leaveTo(leavingBlock(coldRegion, "cold"), builder.getInt32(region));
}

PHINode *FunctionLowering::leavingBlock(PHINode *&number, const char *name) {
  if (!number) {
    IRBuilder<> phis(newBlock(name));
    number = phis.CreatePHI(builder.getInt32Ty(), 2);
  }
  return number;
}

void FunctionLowering::leaveTo(PHINode *number, Value *value) {
  number->addIncoming(value, builder.GetInsertBlock());
  builder.CreateBr(number->getParent());
}

void FunctionLowering::leaveByTrap(Value *site, Value *gasLeft) {
  storeObservable(gasLeft, contextField(offsetof(InstanceContext, gas)), Storage::Context);
  CallInst *call = callRuntime(offsetof(RuntimeCalls, trap), builder.getVoidTy(), site);
  call->setDoesNotReturn();
  builder.CreateUnreachable();
}

void FunctionLowering::finishTrap() {
  if (!trapSite)
    return;
  builder.SetInsertPoint(trapSite->getParent());
  leaveByTrap(trapSite, gas());
}

/// One way out for all, so that a charge costs no more than a test and a branch.
void FunctionLowering::finishOutOfGas() {
  if (!outOfGas)
    return;
  builder.SetInsertPoint(outOfGas);
  outstanding.clear();
  uint32_t number = site(source, TrapKind::OutOfGas);
  leaveByTrap(builder.getInt32(number), builder.getInt64(0));
}

void FunctionLowering::finishCold() {
  if (!coldRegion)
    return;
  builder.SetInsertPoint(coldRegion->getParent());
  CallInst *call =
      callRuntime(offsetof(RuntimeCalls, cold), builder.getVoidTy(), {coldRegion, gas()});
  call->setDoesNotReturn();
  builder.CreateUnreachable();
}

//===----------------------------------------------------------------------===//
// Gas
//===----------------------------------------------------------------------===//

void FunctionLowering::setGas(Value *gas) {
  builder.CreateStore(gas, gasSlot);
  takenSincePublished.reset();
  isChecked = false;
}

Value *FunctionLowering::gasHasRunOut() {
  return builder.CreateICmpSLT(gas(), builder.getInt64(0));
}

/// Takes what is owed at the same time.
void FunctionLowering::charge(contract::CostsAttr costs, bool check) {
  owed.add(costs);
  payOwed();
  outstanding.clear();
  outstanding.add(costs);
  isOwing = false;
  if (check)
    outOfGasIf(gasHasRunOut());
}

void FunctionLowering::payOwed() {
  if (owed.isZero())
    return;
  uint32_t index = module.charges.indexOf(owed.toAttr(source.getContext()));
  Value *prices = entryPointer(offsetof(InstanceContext, prices));
  Value *amount = loadFixed(builder.getInt64Ty(), element(prices, index));
  builder.CreateStore(builder.CreateSub(gas(), amount), gasSlot);
  isChecked = false;
  if (takenSincePublished)
    takenSincePublished->add(owed);
  owed.clear();
}

void FunctionLowering::earn(contract::CostsAttr costs) {
  if (isOwing)
    owed.add(costs);
  else
    outstanding.subtract(costs); // Without charges there is nothing to earn.
}

BasicBlock *FunctionLowering::payOnTheWay(BasicBlock *to) {
  IRBuilderBase::InsertPointGuard guard(builder);
  contract::CostSum stillOwed = owed;
  BasicBlock *way = newBlock("way");
  builder.SetInsertPoint(way);
  payOwed();
  builder.CreateBr(to);
  owed = stillOwed;
  return way;
}

void FunctionLowering::publishGas() {
  if (!module.isMetered || takenSincePublished)
    return;
  storeObservable(gas(), contextField(offsetof(InstanceContext, gas)), Storage::Context);
  takenSincePublished.emplace();
}
