//===- FunctionCompiler.h - One function's way to machine code ------------===//
//
// Holds what the op families need while one function is walked. A handler reads its operands
// (`read`, `source`, `take`), emits, gives back each use (`release`) and defines its result.
// Registers that it reads or allocates are locked until the op is done.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_SINGLEPASS_FUNCTIONCOMPILER_H
#define WRIT_JIT_SINGLEPASS_FUNCTIONCOMPILER_H

#include "jit/singlepass/Condition.h"
#include "jit/singlepass/FunctionPlan.h"
#include "jit/singlepass/ModuleCompiler.h"
#include "jit/singlepass/Moves.h"
#include "mlir-dialect/IR/CostSum.h"

#include "llvm/ADT/SmallVector.h"

namespace writ::singlepass {

using asmjit::Imm;
using asmjit::Operand;

class FunctionCompiler {
public:
  explicit FunctionCompiler(ModuleCompiler &module);

  /// Appends a function, by its index, to the module's chunk. Errors: Limit if the machine frame is
  /// larger than the metered one allows; Internal for IR that is not core.
  Result<void> compile(uint32_t function);

  //===--- Values (ValueHomes.cpp) ----------------------------------------===//

  uint32_t idOf(mlir::Value value) const { return table.find(value); }
  ValueState &state(uint32_t id) { return states[id]; }
  bool isConstant(uint32_t id) const { return states[id].place == Place::Constant; }

  /// Reads a value into a register, which the op must not change.
  Reg read(uint32_t id);
  /// Reads it into a register that the op may change, which is `wanted` if that is given. Takes
  /// the place of `release`.
  Reg take(uint32_t id, Reg wanted = noReg);
  /// As an instruction's last operand: a register, memory or, for general ones, an immediate.
  Operand source(uint32_t id, bool allowImmediate = true);
  /// The register that `read` would give, without code; noReg if there would be some.
  Reg whereIs(uint32_t id) const;
  /// Does the next `release` end the value, and is the register its own?
  bool diesInRegister(uint32_t id) const;

  void release(uint32_t id);
  void define(mlir::Value value, Reg reg, bool isExact = true);
  void defineConstant(mlir::Value value, uint64_t bits);
  /// `value` is what `slot` holds now.
  void defineSlot(mlir::Value value, uint32_t slot);
  /// `value` is `of`, whose last use this is.
  void rename(mlir::Value value, uint32_t of);
  /// Makes a float's bits those that the op semantics say.
  void makeExact(uint32_t id);
  void makeExact(mlir::ValueRange values);

  /// The register of the slot that `op`'s result goes to at once, made free for it; else noReg.
  Reg destination(mlir::Operation *op);
  Reg destinationOr(Reg wanted, bool isFloat) {
    return wanted != noReg ? wanted : allocate(isFloat);
  }
  void setSlot(uint32_t slot, uint32_t id);

  //===--- Registers (RegisterFile.cpp) -----------------------------------===//

  Reg allocate(bool isFloat);
  /// Makes that register free for the op, moving what is in it.
  void claim(Reg reg);
  void lock(Reg reg) { locked |= bit(reg); }
  void unlockAll() { locked = reserved; }
  bool isTemp(Reg reg) const { return plan.temps & bit(reg); }

  /// Puts all that lives on after a call into the frame. `operands` are read by the call yet.
  void spillForCall(mlir::ValueRange operands);
  /// After the call's operands are where it wants them and released: the registers are lost.
  void forgetRegisters();
  /// Sets context, gas and float slots again, after a call. Gas is in rax after native calls.
  void restoreAfterCall(bool gasInFrame);
  /// Makes the memory's base register hold it.
  void needMemoryBase();

  //===--- The frame (Frame.cpp) ------------------------------------------===//

  x86::Mem wordAt(uint32_t word) const;
  x86::Mem outgoing(uint32_t word) const { return x86::ptr(x86::rsp, int32_t(8 * word)); }
  x86::Mem field(size_t offset) const { return x86::ptr(x86::gpq(contextReg), int32_t(offset)); }
  uint32_t allocateWord();
  void freeWord(uint32_t word) { freeWords.push_back(word); }
  /// The instruction just emitted ends in a displacement to which the frame's size is added.
  void addsFrameSize(unsigned bytesAfter = 0) { frameUses.push_back(masm.here() - 4 - bytesAfter); }
  x86::Mem incoming(uint32_t bytes) const;
  void leaveFrame();
  void emitReturn();
  void tailJump(const Signature &callee, uint32_t function);

  void load(Reg to, const x86::Mem &from, Kind kind);
  void store(const x86::Mem &to, Reg from, Kind kind);
  void move(Reg to, Reg from, Kind kind);
  void loadConstant(Reg to, uint64_t bits, Kind kind, bool keepFlags = true);
  /// Where a value or a slot is, for moves.
  Location locationOf(uint32_t id);
  Location locationOfSlot(uint32_t slot) const;
  x86::Mem memoryOf(const Location &location) const;
  void moveTo(Reg to, const Location &from);
  void perform(llvm::MutableArrayRef<Move> moves);

  //===--- Traps and gas (Traps.cpp) --------------------------------------===//

  uint32_t site(mlir::Operation *op, TrapKind kind);
  void trapIf(Cond cond, mlir::Operation *op, TrapKind kind);
  void trapNow(uint32_t site);
  void outOfGasIf(Cond cond, mlir::Operation *op);
  /// The charge of `op`, which begins a region, could not be paid.
  void unpaidIf(Cond cond, contract::ChargeOp op);
  /// A cost that has been charged is due now.
  void passMarker(contract::CostsAttr costs);
  /// Where the function can be left for other code (Ticks.cpp).
  void tickIf(Cond cond, contract::TickOp op);
  /// The instruction that is emitted next may fault.
  void addFault(mlir::Operation *op);

  //===--- Emission -------------------------------------------------------===//

  /// Emits with a `source` last, which may be a constant beside the code.
  template <typename... Operands>
  void emit(asmjit::InstId inst, const Operands &...operands) {
    masm.emit(inst, operands...);
    finishConstant();
  }
  x86::Gp gp(Reg reg, Kind kind) const {
    return Masm::gp(reg, isWide(kind) ? Width::W64 : Width::W32);
  }
  x86::Xmm xmm(Reg reg) const { return Masm::xmm(reg); }
  /// A 16-byte constant beside the code; to be used in the next `emit`.
  x86::Mem constant(uint64_t bits);

  /// Walks on from there, in place of the op after the one being emitted.
  void goOnAt(mlir::Operation *op) { nextOp = op; }
  /// The op after `op` but for cost markers.
  static mlir::Operation *nextReal(mlir::Operation *op);
  /// Counts the markers between `op` and `until` as passed, those attached to `until` too.
  void passMarkers(mlir::Operation *op, mlir::Operation *until);

  //===--- Blocks (Blocks.cpp) --------------------------------------------===//

  void branchTo(mlir::Block *block, mlir::ValueRange args);
  void jumpTo(mlir::Block *block);
  bool isNext(mlir::Block *block) const;
  Label &labelOf(mlir::Block *block) { return blocks[plan.indexOf(block, currentBlock)].label; }
  void branch(const Condition &condition, Label &to);

  ModuleCompiler &module;
  Masm &masm;
  FunctionPlan plan;
  contract::FuncOp func;
  uint32_t functionIndex = 0, functionOffset = 0; ///< The latter in the module's bytes.
  const Signature *self = nullptr;
  /// What was charged in this region for ops that have not run yet.
  contract::CostSum outstanding;
  /// True from the first op until `contract.enter`: the stack left is in its register.
  bool beforeEnter = false;
  bool flagsLive = false;
  void endEnter() {
    beforeEnter = false;
    reserved = 0;
  }
  uint64_t frameTaken = 0; ///< Metered bytes that `contract.enter` took.
  uint32_t contextWord = none, stackWord = none, gasWord = none;

  struct Truncation {
    Label label, back;
    Reg from, to;
    Kind fromKind, toKind;
    bool isSigned, saturates;
    uint32_t invalid, overflow; ///< Trap sites.
  };
  std::vector<Truncation> truncations;
  struct SwitchTable {
    uint32_t lea = 0;                                 ///< Position of the displacement.
    std::vector<mlir::Block *> blocks;                ///< Null where moves come first:
    std::vector<std::pair<uint32_t, uint32_t>> moves; ///< Entry, position.
  };
  std::vector<SwitchTable> tables;

private:
  struct Slot {
    uint32_t home = none;
    uint32_t firstValue = none; ///< Values that are read from it.
    Reg cache = noReg;          ///< A temp with the same content, in this block.
  };
  struct BlockState {
    Label label;
    std::vector<Location> arguments;   ///< Where they are passed, once that is decided.
    std::vector<uint32_t> endingWords; ///< Words that are free after this block.
  };
  struct TrapPath {
    Label label;
    uint32_t site;
    bool noGas;
  };
  struct UnpaidPath {
    Label label;
    uint32_t region;
    uint32_t offset; ///< In the module's bytes.
    /// False if nothing can be observed of the region before its gas runs out.
    bool needsInterpreter = false;
  };
  struct TickPath {
    Label label;
    uint32_t tick, back;
  };
  struct ExactPath {
    Label label;
    uint32_t back;
    Reg reg;
    Kind kind;
  };

  void reset(uint32_t function);
  void emitPrologue();
  void placeParams();
  void clearSlots();
  Result<void> finish();
  void emitLatePaths();
  void emitUnpaid(UnpaidPath &path);
  void findWords(contract::ChargeOp op);
  ColdWord coldWord(uint32_t frameIndex, const Location &from) const;
  void emitTruncation(Truncation &truncation);
  void finishTables();
  void finishConstant();

  bool walkBlock(uint32_t index);
  void beginBlock(uint32_t index);
  void endBlock(uint32_t index);
  void decideArguments(uint32_t index);

  uint32_t newState(mlir::Value value, Kind kind);
  void kill(uint32_t id);
  void releaseHome(uint32_t home, uint32_t madeIn);
  void storeHome(uint32_t id);
  void linkToSlot(uint32_t id, uint32_t slot);
  void unlinkFromSlot(uint32_t id);
  /// Gives a value that is read from a slot a place of its own.
  void detach(uint32_t id);
  void evict(Reg reg);
  void own(Reg reg, uint32_t owner) {
    owners[reg] = owner;
    owned |= bit(reg);
  }
  void disown(Reg reg) { owned &= ~bit(reg); }
  void dropCache(uint32_t slot);
  TickPlace tickPlace(const Location &from) const;
  void addTickFrame(uint32_t bytes);
  Location liveIn(const LiveIn &liveIn);
  uint32_t findAlias(mlir::Value value);
  void saveFloatSlots();

  ValueTable table;
  std::vector<ValueState> states;
  std::vector<uint32_t> freeStates;
  std::vector<Slot> slots;
  std::vector<BlockState> blocks;
  std::vector<std::pair<uint32_t, uint32_t>> openLoops; ///< Header, end.

  uint32_t pinned[32] = {};          ///< Slot by its register.
  std::vector<uint32_t> floatPinned; ///< Slots to save around calls.

  static constexpr uint32_t slotOwner = uint32_t(1) << 31; ///< Owner of a slot's cache.
  uint32_t owners[32] = {};
  uint32_t owned = 0, locked = 0, reserved = 0;
  uint32_t stamp = 0, currentBlock = 0;
  mlir::Operation *nextOp = nullptr;
  bool memoryBaseIsSet = false;
  bool missingLiveIn = false;

  uint32_t areaBytes = 0, numWords = 0;
  std::vector<uint32_t> freeWords;
  std::vector<uint32_t> frameUses;    ///< Positions of displacements.
  std::vector<uint32_t> frameAdjusts; ///< Positions behind changes of rsp.
  uint64_t pendingConstant = 0;
  bool hasPendingConstant = false;
  std::vector<TrapPath> traps;
  std::vector<UnpaidPath> unpaid;
  bool mayBeObserved = false; ///< Something of the region that `unpaid.back()` is of.
  std::vector<TickPath> ticks;
  std::vector<ExactPath> exacts;
};

} // namespace writ::singlepass

#endif
