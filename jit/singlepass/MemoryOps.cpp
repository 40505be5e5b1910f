//===- MemoryOps.cpp - Loads, stores and bulk memory ----------------------===//
//
// The guard pages behind the memory catch every address that lies outside: an access faults
// exactly if it must trap, and its address in the code is listed with its trap site.
//
//===----------------------------------------------------------------------===//

#include "jit/singlepass/RuntimeCall.h"

using namespace writ;
using namespace writ::singlepass;
using namespace writ::contract;

/// Where the bytes at `address` + `offset` are. May use rax.
static x86::Mem accessAt(FunctionCompiler &f, uint32_t address, uint64_t offset) {
  f.needMemoryBase();
  x86::Gp base = Masm::q(memoryReg);
  if (f.isConstant(address)) {
    offset += f.state(address).bits;
    if (offset <= INT32_MAX)
      return x86::ptr(base, int32_t(offset));
    f.masm.moveImmediate(scratch, offset);
    return x86::ptr(base, Masm::q(scratch));
  }
  Reg index = f.read(address);
  if (offset <= INT32_MAX)
    return x86::ptr(base, Masm::q(index), 0, int32_t(offset));
  f.masm.moveImmediate(scratch, offset);
  f.emit(Inst::kIdAdd, Masm::q(scratch), Masm::q(index));
  return x86::ptr(base, Masm::q(scratch));
}

static asmjit::InstId loadInst(unsigned bits, bool isSigned, Kind kind) {
  if (bits == 32)
    return isSigned && kind == Kind::I64 ? Inst::kIdMovsxd : Inst::kIdMov;
  if (bits == 64)
    return Inst::kIdMov;
  return isSigned ? Inst::kIdMovsx : Inst::kIdMovzx;
}

static void emitLoad(FunctionCompiler &f, LoadOp op) {
  uint32_t address = f.idOf(op.getAddress());
  Kind kind = kindOf(op.getType());
  unsigned bits = op.getBits();
  Reg wanted = f.destination(op);
  x86::Mem from = accessAt(f, address, op.getOffset());
  Reg to = wanted;
  if (to == noReg)
    to = !isFloat(kind) && f.diesInRegister(address) ? f.state(address).reg
                                                     : f.allocate(isFloat(kind));
  f.addFault(op);
  if (isFloat(kind)) {
    f.load(to, from, kind);
  } else {
    bool isSigned = op.getIsSigned();
    bool wide = kind == Kind::I64 && (bits == 64 || isSigned);
    from.setSize(bits / 8);
    f.emit(loadInst(bits, isSigned, kind), Masm::gp(to, wide ? Width::W64 : Width::W32), from);
  }
  f.release(address);
  f.define(op, to);
}

/// The bits of a constant as an immediate of a store; false if it has none.
static bool storeConstant(FunctionCompiler &f, StoreOp op, uint32_t value, uint32_t address) {
  unsigned bits = op.getBits();
  int64_t number = llvm::SignExtend64(f.state(value).bits, bits);
  if (number != int32_t(number))
    return false;
  x86::Mem to = accessAt(f, address, op.getOffset());
  to.setSize(bits / 8);
  f.addFault(op);
  f.emit(Inst::kIdMov, to, Imm(number));
  return true;
}

static void emitStore(FunctionCompiler &f, StoreOp op) {
  uint32_t address = f.idOf(op.getAddress()), value = f.idOf(op.getValue());
  unsigned bits = op.getBits();
  f.makeExact(value);
  if (!f.isConstant(value) || !storeConstant(f, op, value, address)) {
    Reg from = f.read(value);
    x86::Mem to = accessAt(f, address, op.getOffset());
    f.addFault(op);
    if (bits == 8)
      f.emit(Inst::kIdMov, to, x86::gpb_lo(from));
    else if (bits == 16)
      f.emit(Inst::kIdMov, to, x86::gpw(from));
    else
      f.store(to, from, isXmm(from) ? f.state(value).kind : bits == 64 ? Kind::I64 : Kind::I32);
  }
  f.release(value);
  f.release(address);
}

//===----------------------------------------------------------------------===//
// Through the runtime
//===----------------------------------------------------------------------===//

static void emitMemorySize(FunctionCompiler &f, MemorySizeOp op) {
  Reg wanted = f.destination(op);
  Reg to = f.destinationOr(wanted, false);
  f.load(to, f.field(offsetof(InstanceContext, memoryBytes)), Kind::I64);
  f.emit(Inst::kIdShr, Masm::q(to), Imm(16));
  f.define(op, to);
}

static void emitMemoryGrow(FunctionCompiler &f, MemoryGrowOp op) {
  RuntimeCall(f, op, offsetof(RuntimeCalls, memoryGrow)).pass(op.getDelta()).define(op);
}

static void emitMemoryCopy(FunctionCompiler &f, MemoryCopyOp op) {
  RuntimeCall(f, op, offsetof(RuntimeCalls, memoryCopy))
      .pass(op.getTo())
      .pass(op.getFrom())
      .pass(op.getBytes())
      .trapIfNotZero(TrapKind::MemoryOutOfBounds);
}

static void emitMemoryFill(FunctionCompiler &f, MemoryFillOp op) {
  RuntimeCall(f, op, offsetof(RuntimeCalls, memoryFill))
      .pass(op.getTo())
      .pass(op.getValue())
      .pass(op.getBytes())
      .trapIfNotZero(TrapKind::MemoryOutOfBounds);
}

static void emitMemoryInit(FunctionCompiler &f, MemoryInitOp op) {
  RuntimeCall(f, op, offsetof(RuntimeCalls, memoryInit))
      .pass(op.getSegment())
      .pass(op.getTo())
      .pass(op.getFrom())
      .pass(op.getBytes())
      .trapIfNotZero(TrapKind::MemoryOutOfBounds);
}

static void emitDataDrop(FunctionCompiler &f, DataDropOp op) {
  RuntimeCall(f, op, offsetof(RuntimeCalls, dataDrop)).pass(op.getSegment()).call();
}

void writ::singlepass::addMemoryOps(OpTable &table) {
  table.add<LoadOp, emitLoad>(OpTrait::Memory);
  table.add<StoreOp, emitStore>(OpTrait::Memory);
  table.add<MemorySizeOp, emitMemorySize>();
  table.add<MemoryGrowOp, emitMemoryGrow>(OpTrait::Runtime);
  table.add<MemoryCopyOp, emitMemoryCopy>(OpTrait::Runtime);
  table.add<MemoryFillOp, emitMemoryFill>(OpTrait::Runtime);
  table.add<MemoryInitOp, emitMemoryInit>(OpTrait::Runtime);
  table.add<DataDropOp, emitDataDrop>(OpTrait::Runtime);
}
