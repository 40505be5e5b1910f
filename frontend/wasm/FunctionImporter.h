//===- FunctionImporter.h - One function body to IR -----------------------===//
//
// Private to the importer. The operand stack holds SSA values, locals are slots.
// Handlers of opcodes stand in a file for each family (ControlImport.cpp …); each
// family's `add…Handlers` enters them into a table by opcode.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_FRONTEND_WASM_FUNCTIONIMPORTER_H
#define WRIT_FRONTEND_WASM_FUNCTIONIMPORTER_H

#include "frontend/wasm/Decoder.h"
#include "frontend/wasm/ImportState.h"

#include "llvm/ADT/SmallVector.h"

namespace writ::wasm {

/// A value on the operand stack. A comparison's result is an i1; what WebAssembly
/// sees, an i32, is made when it is needed.
struct Operand {
  mlir::Value number;    ///< Null if not made yet.
  mlir::Value condition; ///< The i1 of which `number` is the i32; null if there is none.
};

/// An open block, loop, if or function body.
struct OpenBlock {
  enum class Kind : uint8_t { Function, Block, Loop, If, Else };

  Kind kind = Kind::Block;
  uint32_t height = 0; ///< Operands below the parameters.
  BlockSignature signature;
  /// Where branches go: a loop's header, else what follows `end`. Made by the first branch.
  mlir::Block *label = nullptr;
  mlir::Block *elseBlock = nullptr;      ///< If: where the branch goes that is not taken.
  mlir::Operation *condBranch = nullptr; ///< If: the branch.
  uint32_t numSaved = 0; ///< If: how many of `savedParams` are those of outer openBlocks.

  std::span<const ValueType> labelTypes() const {
    return kind == Kind::Loop ? signature.params : signature.results;
  }
};

class FunctionImporter;
using ImportHandler = void (FunctionImporter::*)(const Op &);
using HandlerTable = std::array<ImportHandler, numOpcodes>;

class FunctionImporter {
public:
  explicit FunctionImporter(ImportState &state);

  /// Gives function `index`, whose declaration is `func`, its body, locals and frame.
  void import(contract::FuncOp func, uint32_t index, const FuncBody &body);

  // One handler for each opcode or family; see the tables at the end of the files.
  void importNop(const Op &) {}
  void importDrop(const Op &) { stack.pop_back(); }
  void importSelect(const Op &);
  void importLocalGet(const Op &op);
  void importLocalSet(const Op &op);
  void importLocalTee(const Op &op);
  void importGlobalGet(const Op &op);
  void importGlobalSet(const Op &op);

  void importUnreachable(const Op &op);
  void importBlock(const Op &op);
  void importLoop(const Op &op);
  void importIf(const Op &op);
  void importElse(const Op &op);
  void importEnd(const Op &op);
  void importBr(const Op &op);
  void importBrIf(const Op &op);
  void importBrTable(const Op &op);
  void importReturn(const Op &op);

  void importCall(const Op &op);
  void importCallIndirect(const Op &op);
  void importReturnCall(const Op &op);
  void importReturnCallIndirect(const Op &op);

  void importConstant(const Op &op);
  void importNumeric(const Op &op);
  void importEqz(const Op &op);
  void importExtendU(const Op &op);
  void importNarrowExtend(const Op &op);

  void importLoad(const Op &op);
  void importStore(const Op &op);
  void importMemorySize(const Op &op);
  void importMemoryGrow(const Op &op);
  void importMemoryCopy(const Op &op);
  void importMemoryFill(const Op &op);
  void importMemoryInit(const Op &op);
  void importDataDrop(const Op &op);

  void importRefNull(const Op &op);
  void importRefIsNull(const Op &op);
  void importRefFunc(const Op &op);
  void importTableGet(const Op &op);
  void importTableSet(const Op &op);
  void importTableSize(const Op &op);
  void importTableGrow(const Op &op);
  void importTableFill(const Op &op);
  void importTableCopy(const Op &op);
  void importTableInit(const Op &op);
  void importElemDrop(const Op &op);

private:
  void start(contract::FuncOp func, uint32_t index, const FuncBody &body);
  void finish(contract::FuncOp func);
  void importOp(const Op &op);
  void skipDeadOp(const Op &op);

  // Making ops (FunctionImporter.cpp).
  template <typename OpT>
  using PropertiesOf = typename OpT::template InferredProperties<OpT>;

  mlir::Operation *append(mlir::OperationName name, mlir::TypeRange results,
                          mlir::ValueRange operands, mlir::OpaqueProperties properties,
                          mlir::BlockRange successors = {});
  /// Appends an op to `block`: as an OpBuilder would, but without looking up anything.
  template <typename OpT>
  mlir::Operation *append(mlir::TypeRange results, mlir::ValueRange operands,
                          PropertiesOf<OpT> properties = {}, mlir::BlockRange successors = {}) {
    mlir::OpaqueProperties opaque(nullptr);
    if constexpr (!std::is_same_v<PropertiesOf<OpT>, mlir::EmptyProperties>)
      opaque = &properties;
    return append(state.names.get<OpT>(), results, operands, opaque, successors);
  }
  void attachCosts(mlir::Operation *op);
  /// From here on, ops are located at `op`.
  void locate(const Op &op) { loc = state.locationIn(bodyOffset, op.offset); }
  /// Puts a `contract.cost` for what was not marked yet; or the next op gets it attached.
  void flushCosts();
  /// Both: for an op whose execution, or whose place, can be observed.
  void observe(const Op &op) {
    locate(op);
    flushCosts();
  }

  // Operands.
  void push(mlir::Value value) { stack.push_back({value, {}}); }
  void pushResult(mlir::Operation *op) { push(op->getResult(0)); }
  void pushCondition(mlir::Value condition) { stack.push_back({{}, condition}); }
  mlir::Value number(Operand &operand);
  mlir::Value popNumber();
  mlir::Value popCondition();
  /// The `count` topmost operands, which stay; valid until the next call.
  mlir::ValueRange topNumbers(size_t count);
  mlir::ValueRange popNumbers(size_t count);
  void pushResults(mlir::Operation *op);
  /// For an indirect call: the table index, then the arguments.
  mlir::ValueRange popIndexAndArgs(mlir::FunctionType type);
  mlir::Value constant(ValueType type, uint64_t bits);

  /// Makes a comparison that nobody has read yet the opposite one.
  bool invertInPlace(Operand &operand);
  /// Marks what `op` costs and charges `units` units of its work. Pops nothing.
  void chargeUnits(const Op &op, CostClass unit, mlir::Value units);
  /// Pops the operands of a bulk op, whose last is a count of `unit`; charges for it.
  template <size_t count>
  std::array<mlir::Value, count> popBulk(const Op &op, CostClass unit) {
    std::array<mlir::Value, count> operands;
    for (size_t left = count; left > 0; --left)
      operands[left - 1] = popNumber();
    chargeUnits(op, unit, operands.back());
    return operands;
  }

  // Locals.
  struct LocalRunEnd {
    uint32_t end;
    ValueType type;
  };
  struct SlotEntry {
    uint32_t import = 0; ///< The import of a body in which `slot` is.
    uint32_t slot = 0;
  };
  /// The slot of a local, which gets one now if it has none.
  uint32_t slotOf(uint32_t local);

  // Control flow (ControlImport.cpp).
  OpenBlock &openAt(uint32_t depth) { return openBlocks[openBlocks.size() - 1 - depth]; }
  mlir::Block *labelOf(OpenBlock &open);
  void addArguments(mlir::Block *target, std::span<const ValueType> types);
  /// Makes `target` the end of the body and where ops go.
  void enter(mlir::Block *target);
  void pushArguments(mlir::Block *target);
  void openBlock(OpenBlock::Kind kind, const BlockSignature &signature);
  void branch(mlir::Block *target, mlir::ValueRange operands);
  void branchToLabel(const Op &op, OpenBlock &open);
  void condBranch(mlir::Value condition, mlir::Block *target, mlir::ValueRange operands,
                  mlir::Block *otherwise);
  void closeIfWithoutElse(const Op &op, OpenBlock &open);
  void closeFunction(const Op &op, OpenBlock &open);

  ImportState &state;
  mlir::Location loc;
  mlir::Region *region = nullptr;
  mlir::Block *block = nullptr;
  mlir::Operation *lastConstant = nullptr;
  contract::CostsAttr pendingCosts; ///< To be attached to the next op.
  uint32_t bodyOffset = 0;          ///< In the module's bytes.
  uint32_t importNumber = 0;        ///< Counts the imports of bodies, from 1.
  bool isDead = false;
  uint32_t deadDepth = 0; ///< Blocks that were opened in dead code.
  std::vector<Operand> stack;
  std::vector<OpenBlock> openBlocks;
  std::vector<Operand> savedParams; ///< Of open ifs, for their `else`.
  llvm::SmallVector<mlir::Value, 16> scratch;

  std::vector<LocalRunEnd> localRuns;
  std::vector<SlotEntry> slots; ///< By local.
  std::vector<ValueType> slotTypes;
  size_t numParams = 0;
};

void addVariableHandlers(HandlerTable &table);
void addControlHandlers(HandlerTable &table);
void addCallHandlers(HandlerTable &table);
void addNumericHandlers(HandlerTable &table);
void addMemoryHandlers(HandlerTable &table);
void addTableHandlers(HandlerTable &table);

inline void setHandler(HandlerTable &table, Opcode opcode, ImportHandler handler) {
  table[size_t(opcode)] = handler;
}

} // namespace writ::wasm

#endif
