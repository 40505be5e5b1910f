//===- FunctionEmitter.h - A planned function's cells ---------------------===//
//
// The second half of translation: one walk over the ops of a plan.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_INTERP_FUNCTIONEMITTER_H
#define WRIT_JIT_INTERP_FUNCTIONEMITTER_H

#include "jit/interp/Code.h"
#include "jit/interp/FunctionPlan.h"
#include "jit/interp/MoveOrder.h"
#include "jit/interp/RegionTracker.h"
#include "lowering/ChargeTable.h"

namespace writ::interp {

/// Where an op is in the module, in bytes; ~0 if that is not known.
uint32_t offsetOf(mlir::Operation *op);

/// What ops name that is not in their function.
struct ModuleNames {
  llvm::DenseMap<mlir::Attribute, uint32_t> functions; ///< By the symbol's name.
  std::vector<contract::FuncOp> declarations;          ///< By function index.
  uint32_t importedFunctions = 0, importedGlobals = 0;
};

/// A cell that names another function's first cell, once that is known.
struct CallFixup {
  uint32_t cell, function;
};

class FunctionEmitter {
public:
  FunctionEmitter(Code &code, const ModuleNames &names, ChargeTable &charges, RegionMap *regions,
                  std::vector<CallFixup> &calls, const FunctionPlan &plan)
      : code(code), names(names), charges(charges), calls(calls), plan(plan),
        regions(code, charges, regions) {}

  /// Appends the cells of `func`, which `plan` is of.
  Result<void> emit(contract::FuncOp func, uint32_t index);

private:
  // Cells (FunctionEmitter.cpp).
  uint32_t here() const { return uint32_t(code.cells.size()); }
  Cell &put(Opcode op);
  Cell &putABC(Opcode op, uint32_t a, uint32_t b = 0, uint32_t c = 0, uint32_t d = 0);
  Cell &putImm(Opcode op, uint32_t a, uint32_t b, uint32_t imm);
  Cell &putData();
  void markPosition();

  // Operands.
  const PlannedValue &valueOf(uint32_t operand) const { return plan.values[operandId(operand)]; }
  uint32_t operandId(uint32_t operand) const { return plan.operandIds[op->operands + operand]; }
  const PlannedConstant *constantOf(uint32_t id) const;
  int64_t immediateOf(uint32_t operand) const;
  bool isImmediate(uint32_t operand) const;
  uint32_t read(uint32_t id, uint32_t scratch);
  uint32_t readWord(uint32_t word, uint32_t scratch);
  uint32_t operand(uint32_t number) { return read(operandId(number), number % numScratch); }
  uint32_t write(uint32_t id);
  void finishWrite();
  void noteRead(uint32_t id);
  void move(uint32_t to, uint32_t from);
  void moveConstant(uint32_t to, const PlannedConstant &constant);
  void moveValue(uint32_t to, uint32_t id);
  struct Move {
    uint32_t to, id;
    uint32_t from = none; ///< A word, in place of the value `id`.
  };
  void moveAll(const std::vector<Move> &moves);

  // Structure.
  void emitPrologue();
  void emitEnter(uint64_t bytes);
  Result<void> emitOp();
  void patchJumps();
  void joinCharges(uint32_t begin);
  void choosePairs(uint32_t begin);

  // Families (EmitPlain.cpp, EmitControl.cpp, EmitState.cpp). Each says whether the op is its.
  bool emitPlain();
  bool emitControl();
  bool emitState();
  void emitIntBinary();
  void emitIntDivision();
  void emitUnary(Opcode opcode);
  void emitConversion();
  /// What a comparison (or, if not `sense`, the opposite one) is in bytecode, and which operands
  /// come first and second. For one that is always the same: ConstU32 and, as `left`, the result.
  struct Comparison {
    Opcode opcode;
    uint32_t left, right;
  };
  Comparison compareOf(const PlannedOp &compare, bool sense = true) const;
  Comparison floatCompareOf(const PlannedOp &compare, bool sense = true) const;
  void emitCompare();
  void emitFloatCompare();
  void emitSelect();
  bool emitLoad();
  bool emitStore();
  void emitGlobal();
  void putBulk(Opcode opcode, uint32_t first, uint32_t second);
  bool emitBulk();
  bool emitTable();
  bool emitGas();

  struct Edge {
    uint32_t target; ///< A block.
    std::vector<Move> moves;
  };
  Edge edgeTo(uint32_t successor, uint32_t firstOperand);
  void emitEdge(Edge &edge);
  void jumpTo(Opcode opcode, uint32_t target);
  void emitCondBr();
  void emitBranchIf(bool sense, uint32_t target, uint32_t *localJump);
  void emitSwitch();
  void emitSparseSwitch(mlir::cf::SwitchOp branch, std::vector<Edge> &edges);
  void emitReturn();
  void emitCall();
  void emitTailCall();
  void putCallee(bool isTail);
  void moveResults(const PlannedOp &call);

  Code &code;
  const ModuleNames &names;
  ChargeTable &charges;
  std::vector<CallFixup> &calls;
  const FunctionPlan &plan;
  RegionTracker regions;

  contract::FuncOp func;
  const PlannedOp *op = nullptr;
  uint32_t block = 0;
  uint64_t frameBytes = 0;
  bool hasEntered = false;
  std::vector<Opcode> opcodes; ///< Of this function's cells.
  uint32_t firstCell = 0;
  std::vector<uint32_t> blockCells; ///< By block.
  struct Jump {
    uint32_t cell, block;
    uint32_t entry = none; ///< Of a switch: which number of its table.
  };
  std::vector<Jump> jumps;
  uint32_t farWrite = none; ///< The word that scratch word 0 goes to after the op.
  MoveOrder moveOrder;
  std::vector<WordMove> wordMoves;
  std::vector<uint32_t> opStarts;
};

} // namespace writ::interp

#endif
