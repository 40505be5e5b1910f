//===- Traps.cpp - Ways out of a function that are rarely taken -----------===//

#include "jit/singlepass/FunctionCompiler.h"

using namespace writ;
using namespace writ::singlepass;

static uint32_t byteOffset(mlir::Location location) {
  auto position = location->findInstanceOf<mlir::FileLineColLoc>();
  return position ? position.getLine() : ~0u;
}

uint32_t FunctionCompiler::site(mlir::Operation *op, TrapKind kind) {
  TrapSite site{kind, functionIndex, byteOffset(op->getLoc()), ~0u};
  if (!outstanding.isZero() && kind != TrapKind::OutOfGas)
    site.refund = module.refundIndex(outstanding);
  return module.addSite(site);
}

void FunctionCompiler::trapIf(Cond cond, mlir::Operation *op, TrapKind kind) {
  TrapPath &path = traps.emplace_back(TrapPath{{}, site(op, kind), false});
  masm.jumpIf(cond, path.label);
}

void FunctionCompiler::trapNow(uint32_t site) {
  masm.moveImmediate(rax, site, true);
  module.jumpTo(Common::Trap);
}

void FunctionCompiler::outOfGasIf(Cond cond, mlir::Operation *op) {
  TrapPath &path = traps.emplace_back(TrapPath{{}, site(op, TrapKind::OutOfGas), true});
  masm.jumpIf(cond, path.label);
}

void FunctionCompiler::addFault(mlir::Operation *op) {
  module.faults.push_back({masm.here(), site(op, TrapKind::MemoryOutOfBounds)});
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
  for (mlir::Operation *user : value.getUsers()) {
    if (!isMove(user))
      continue;
    if (uint32_t id = idOf(user->getResult(0)); id != none)
      return id;
    if (uint32_t id = findAlias(user->getResult(0)); id != none)
      return id;
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

void FunctionCompiler::coldIf(Cond cond, contract::ChargeOp op, const RegionLiveIns &region) {
  ColdPath &path = colds.emplace_back();
  masm.jumpIf(cond, path.label);
  path.region = region.region;
  path.publishStack = beforeEnter;
  for (const LiveIn &word : region.words)
    path.words.push_back({word.frameIndex, liveIn(word)});
}

/// Stores the zero-extended word; changes no register but xmm15.
void FunctionCompiler::storeCold(const x86::Mem &to, const Location &from) {
  if (from.type == Location::Type::Constant) {
    for (unsigned half = 0; half < 2; ++half) {
      x86::Mem part = to.cloneAdjusted(4 * half);
      part.setSize(4);
      masm.emit(Inst::kIdMov, part, Imm(uint32_t(from.bits >> (32 * half))));
    }
    return;
  }
  if (from.isRegister() && !isXmm(from.reg)) {
    masm.emit(Inst::kIdMov, to, Masm::q(from.reg)); // Zero-extended already.
    return;
  }
  x86::Xmm through = xmm(floatScratch);
  bool wide = isWide(from.kind);
  if (from.isRegister())
    masm.emit(Inst::kIdMovaps, through, xmm(from.reg));
  else
    load(floatScratch, memoryOf(from), wide ? Kind::F64 : Kind::F32);
  if (!from.isExact) {
    Label exact;
    masm.emit(wide ? Inst::kIdUcomisd : Inst::kIdUcomiss, through, through);
    masm.jumpIf(Cond::NP, exact);
    loadConstant(floatScratch, wide ? 0x7ff8000000000000 : 0x7fc00000, from.kind);
    masm.bind(exact);
  }
  if (!wide) {
    x86::Mem high = to.cloneAdjusted(4);
    high.setSize(4);
    masm.emit(Inst::kIdMov, high, Imm(0));
  }
  store(to, floatScratch, wide ? Kind::F64 : Kind::F32);
}

void FunctionCompiler::emitCold(ColdPath &path) {
  masm.bind(path.label);
  if (!path.words.empty())
    masm.emit(Inst::kIdMov, Masm::q(rax), field(offsetof(InstanceContext, coldFrame)));
  for (const auto &[index, from] : path.words)
    storeCold(x86::ptr(x86::rax, int32_t(8 * index)), from);
  if (path.publishStack) {
    masm.emit(Inst::kIdMov, Masm::q(rax), field(offsetof(InstanceContext, activation)));
    masm.emit(Inst::kIdMov, x86::ptr(x86::rax, int32_t(offsetof(Activation, stackLeft))),
              Masm::q(stackReg));
  }
  masm.emit(Inst::kIdMov, Masm::q(rdx), Masm::q(gasReg));
  masm.moveImmediate(rsi, path.region, true);
  module.jumpTo(Common::Cold);
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
    masm.moveImmediate(rax, path.tick, true);
    module.callCommon(Common::Tick);
    Label back{path.back};
    masm.jump(back);
  }
  for (ColdPath &path : colds)
    emitCold(path);
  for (TrapPath &path : traps) {
    masm.bind(path.label);
    masm.moveImmediate(rax, path.site, true);
    module.jumpTo(path.noGas ? Common::OutOfGas : Common::Trap);
  }
  emitTables();
}
