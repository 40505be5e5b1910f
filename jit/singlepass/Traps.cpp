//===- Traps.cpp - Ways out of a function that are rarely taken -----------===//

#include "jit/singlepass/FunctionCompiler.h"
#include "mlir-dialect/IR/Position.h"

using namespace writ;
using namespace writ::singlepass;

uint32_t FunctionCompiler::site(mlir::Operation *op, TrapKind kind) {
  TrapSite site{kind, functionIndex, contract::byteOffset(op, functionOffset), ~0u};
  if (!outstanding.isZero() && kind != TrapKind::OutOfGas)
    site.refund = module.refundIndex(outstanding);
  return module.addSite(site);
}

void FunctionCompiler::trapIf(Cond cond, mlir::Operation *op, TrapKind kind) {
  TrapPath &path = traps.emplace_back(TrapPath{{}, site(op, kind), false});
  masm.jumpIf(cond, path.label);
}

void FunctionCompiler::trapNow(uint32_t site) {
  module.loadSite(site);
  module.jumpTo(Common::Trap);
}

void FunctionCompiler::outOfGasIf(Cond cond, mlir::Operation *op) {
  TrapPath &path = traps.emplace_back(TrapPath{{}, site(op, TrapKind::OutOfGas), true});
  masm.jumpIf(cond, path.label);
}

void FunctionCompiler::addFault(mlir::Operation *op) {
  module.chunk.faults.push_back({masm.here(), site(op, TrapKind::MemoryOutOfBounds)});
}

//===----------------------------------------------------------------------===//
// Regions that cannot be paid
//===----------------------------------------------------------------------===//

/// Does the interpreter take `user` for a move of its operand?
static bool isMove(mlir::Operation *user) {
  if (auto compare = mlir::dyn_cast<mlir::arith::CmpIOp>(user))
    return compare.getPredicate() == mlir::arith::CmpIPredicate::ne &&
           compare.getLhs().getType().isInteger(1);
  return mlir::isa<mlir::arith::ExtUIOp, mlir::arith::BitcastOp, mlir::arith::TruncIOp>(user);
}

/// The interpreter asks for what its moves were made from; what was made serves as well.
uint32_t FunctionCompiler::findAlias(mlir::Value value) {
  llvm::SmallVector<mlir::Value> made{value};
  while (!made.empty()) {
    for (mlir::Operation *user : made.pop_back_val().getUsers()) {
      if (!isMove(user))
        continue;
      if (uint32_t id = idOf(user->getResult(0)); id != none)
        return id;
      made.push_back(user->getResult(0));
    }
  }
  return none;
}

Location FunctionCompiler::liveIn(const LiveIn &liveIn) {
  if (!liveIn.value)
    return locationOfSlot(uint32_t(liveIn.slot));
  uint32_t id = idOf(liveIn.value);
  if (id == none)
    id = findAlias(liveIn.value);
  if (id != none)
    return locationOf(id);
  missingLiveIn = true;
  return {};
}

void FunctionCompiler::unpaidIf(Cond cond, contract::ChargeOp op) {
  UnpaidPath &path = unpaid.emplace_back();
  masm.jumpIf(cond, path.label);
  path.region = module.chunk.numRegions++;
  path.offset = contract::byteOffset(op, functionOffset);
  mayBeObserved = false;
  if (module.wanted)
    findWords(op);
}

void FunctionCompiler::passMarker(contract::CostsAttr costs) {
  if (outstanding.isZero())
    return; // Not metered: there is nothing to earn.
  outstanding.subtract(costs);
  module.chargeIndex(costs); // The interpreter asks for it.
  unpaid.back().needsInterpreter |= mayBeObserved;
}

/// Where the interpreter finds what it needs of this region.
void FunctionCompiler::findWords(contract::ChargeOp op) {
  auto region = module.wanted->find(op);
  if (region == module.wanted->end() || !region->second.needsInterpreter)
    return;
  ColdRegion &found = module.found.emplace_back();
  found.region = module.chunk.numRegions - 1;
  found.takesStack = beforeEnter;
  for (const LiveIn &word : region->second.words)
    found.words.push_back(coldWord(word.frameIndex, liveIn(word)));
}

ColdWord FunctionCompiler::coldWord(uint32_t frameIndex, const Location &from) const {
  ColdWord word;
  word.frameIndex = frameIndex;
  word.isNarrow = !isWide(from.kind);
  word.isExact = from.isExact || !isFloat(from.kind);
  if (from.type == Location::Type::Constant) {
    word.value = from.bits;
  } else if (from.isRegister()) {
    word.place = isXmm(from.reg) ? ColdWord::Place::Vector : ColdWord::Place::General;
    word.value = isXmm(from.reg) ? from.reg - 16 : from.reg;
  } else {
    word.place = ColdWord::Place::Stack;
    word.value = areaBytes + 8 * from.word;
  }
  return word;
}

void FunctionCompiler::emitUnpaid(UnpaidPath &path) {
  masm.bind(path.label);
  if (path.needsInterpreter) {
    module.loadRegion(path.region);
    module.jumpTo(Common::Cold);
    return;
  }
  module.loadSite(module.addSite({TrapKind::OutOfGas, functionIndex, path.offset}));
  module.jumpTo(Common::OutOfGas);
}

//===----------------------------------------------------------------------===//
// After the last block
//===----------------------------------------------------------------------===//

void FunctionCompiler::emitLatePaths() {
  for (ExactPath &path : exacts) {
    masm.bind(path.label);
    loadConstant(path.reg, path.kind == Kind::F64 ? 0x7ff8000000000000 : 0x7fc00000, path.kind);
    Label back{path.back};
    masm.jump(back);
  }
  for (Truncation &truncation : truncations)
    emitTruncation(truncation);
  for (TickPath &path : ticks) {
    masm.bind(path.label);
    module.loadTick(path.tick);
    module.callCommon(Common::Tick);
    Label back{path.back};
    masm.jump(back);
  }
  for (UnpaidPath &path : unpaid)
    emitUnpaid(path);
  for (TrapPath &path : traps) {
    masm.bind(path.label);
    module.loadSite(path.site);
    module.jumpTo(path.noGas ? Common::OutOfGas : Common::Trap);
  }
  finishTables();
}
