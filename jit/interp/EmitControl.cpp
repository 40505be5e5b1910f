//===- EmitControl.cpp - Branches, calls, returns -------------------------===//
#include "jit/interp/FunctionEmitter.h"

#include "jit/runtime/Signatures.h"

using namespace mlir;
using namespace writ;
using namespace writ::interp;

static constexpr Opcode variant(Opcode op, unsigned number) {
  return Opcode(unsigned(op) + number);
}

// Rows of Bytecode.def that this file counts on.
static_assert(variant(Opcode::I32Eq, 2) == Opcode::BrI32Eq &&
              variant(Opcode::I32Eq, 3) == Opcode::BrI32EqImm);
static_assert(variant(Opcode::F32Eq, 1) == Opcode::BrF32Eq);

bool FunctionEmitter::emitControl() {
  switch (op->kind) {
  case OpKind::Br: {
    Edge edge = edgeTo(0, 0);
    emitEdge(edge);
    return true;
  }
  case OpKind::CondBr:
    emitCondBr();
    return true;
  case OpKind::Switch:
    emitSwitch();
    return true;
  case OpKind::Return:
    emitReturn();
    return true;
  case OpKind::Trap:
    markPosition();
    putImm(Opcode::Trap, 0, 0, cast<contract::TrapOp>(op->op).getKind());
    return true;
  case OpKind::Call:
  case OpKind::CallIndirect:
    emitCall();
    return true;
  case OpKind::ReturnCall:
  case OpKind::ReturnCallIndirect:
    emitTailCall();
    return true;
  default:
    return false;
  }
}

//===----------------------------------------------------------------------===//
// Branches
//===----------------------------------------------------------------------===//

/// The way to the successor of that number, which gets its arguments from the operands from
/// `firstOperand` on.
FunctionEmitter::Edge FunctionEmitter::edgeTo(uint32_t successor, uint32_t firstOperand) {
  Edge edge{plan.successors[plan.blocks[block].firstSuccessor + successor], {}};
  const PlannedBlock &target = plan.blocks[edge.target];
  for (uint32_t i = 0; i < target.numArguments; ++i) {
    const PlannedValue &argument = plan.values[target.firstArgument + i];
    if (argument.uses > 0)
      edge.moves.push_back({argument.index, operandId(firstOperand + i)});
  }
  return edge;
}

/// Puts the cell `opcode`, whose jump goes to the block `target`.
void FunctionEmitter::jumpTo(Opcode opcode, uint32_t target) {
  jumps.push_back({here(), target});
  put(opcode);
}

void FunctionEmitter::emitEdge(Edge &edge) {
  moveAll(edge.moves);
  if (edge.target != block + 1)
    jumpTo(Opcode::Jump, edge.target);
}

/// Jumps if the condition of `op` is `sense`: to `target`, or to where the caller puts
/// `localJump`'s cell.
void FunctionEmitter::emitBranchIf(bool sense, uint32_t target, uint32_t *localJump) {
  const PlannedValue &condition = valueOf(0);
  Opcode opcode;
  uint32_t a = 0, b = 0;
  if (condition.home != Home::Fused) {
    opcode = sense ? Opcode::BrI32NeImm : Opcode::BrI32EqImm;
    a = operand(0);
  } else {
    const PlannedOp *branch = op;
    op = &plan.ops[condition.def];
    bool isFloat = op->kind == OpKind::CmpF;
    auto [compare, left, right] = isFloat ? floatCompareOf(*op, sense) : compareOf(*op, sense);
    if (compare == Opcode::ConstU32) {
      moveConstant(plan.scratchWord(0), {left, 32});
      a = plan.scratchWord(0);
      opcode = Opcode::BrI32NeImm;
    } else {
      a = operand(left);
      if (!isFloat && constantOf(operandId(right)) &&
          plan.takesImmediate(*op, right, OpKind::CondBr)) {
        b = uint32_t(immediateOf(right));
        opcode = variant(compare, 3);
      } else {
        b = operand(right);
        opcode = variant(compare, isFloat ? 1 : 2);
      }
    }
    op = branch;
  }
  if (localJump) {
    *localJump = here();
    put(opcode);
  } else {
    jumpTo(opcode, target);
  }
  code.cells.back().a = uint16_t(a);
  code.cells.back().b = uint16_t(b);
}

void FunctionEmitter::emitCondBr() {
  auto branch = cast<cf::CondBranchOp>(op->op);
  Edge yes = edgeTo(0, 1);
  Edge no = edgeTo(1, 1 + uint32_t(branch.getTrueDestOperands().size()));
  if (yes.moves.empty() && !(yes.target == block + 1 && no.moves.empty())) {
    emitBranchIf(true, yes.target, nullptr);
    emitEdge(no);
    return;
  }
  if (no.moves.empty()) {
    emitBranchIf(false, no.target, nullptr);
    emitEdge(yes);
    return;
  }
  uint32_t over;
  emitBranchIf(true, none, &over);
  moveAll(no.moves);
  jumpTo(Opcode::Jump, no.target);
  code.cells[over].imm = int32_t(here() - over);
  emitEdge(yes);
}

/// Whether the cases are 0, 1, 2 …, as those of a br_table are.
static bool isDense(cf::SwitchOp branch) {
  uint64_t next = 0;
  if (auto values = branch.getCaseValues())
    for (const llvm::APInt &value : *values)
      if (value.getActiveBits() > 32 || value.getZExtValue() != next++)
        return false;
  return true;
}

void FunctionEmitter::emitSwitch() {
  auto branch = cast<cf::SwitchOp>(op->op);
  std::vector<Edge> edges; // The default's is the last.
  uint32_t firstOperand = 1 + uint32_t(branch.getDefaultOperands().size());
  for (uint32_t i = 1; i < branch->getNumSuccessors(); ++i) {
    edges.push_back(edgeTo(i, firstOperand));
    firstOperand += plan.blocks[edges.back().target].numArguments;
  }
  edges.push_back(edgeTo(0, 1));
  if (!isDense(branch))
    return emitSparseSwitch(branch, edges);
  uint32_t index = operand(0), at = here();
  putImm(Opcode::Switch, index, 0, uint32_t(edges.size() - 1));
  for (unsigned i = 1, cells = switchCells(code.cells[at]); i < cells; ++i)
    putData();
  for (uint32_t i = 0; i < edges.size(); ++i) {
    if (edges[i].moves.empty()) {
      jumps.push_back({at, edges[i].target, i});
      continue;
    }
    auto distance = int32_t(here() - at);
    std::memcpy(reinterpret_cast<char *>(&code.cells[at + 1]) + 4 * size_t(i), &distance, 4);
    moveAll(edges[i].moves);
    jumpTo(Opcode::Jump, edges[i].target);
  }
}

/// Tests one case after the other. Nothing that comes from WebAssembly needs this.
void FunctionEmitter::emitSparseSwitch(cf::SwitchOp branch, std::vector<Edge> &edges) {
  uint32_t index = operand(0), i = 0;
  DenseIntElementsAttr values = *branch.getCaseValues();
  for (const llvm::APInt &value : values) {
    moveConstant(plan.scratchWord(1), {value.getZExtValue(), 32});
    uint32_t over = here();
    putABC(Opcode::BrI32Ne, index, plan.scratchWord(1));
    moveAll(edges[i].moves);
    jumpTo(Opcode::Jump, edges[i].target);
    code.cells[over].imm = int32_t(here() - over);
    ++i;
  }
  emitEdge(edges.back());
}

//===----------------------------------------------------------------------===//
// Returns and calls
//===----------------------------------------------------------------------===//

void FunctionEmitter::emitReturn() {
  uint32_t count = op->op->getNumOperands();
  if (count == 1) {
    uint32_t value = operand(0);
    putImm(Opcode::ReturnOne, value, 0, uint32_t(frameBytes));
    return;
  }
  std::vector<Move> moves;
  for (uint32_t i = 0; i < count; ++i)
    moves.push_back({i, operandId(i)});
  moveAll(moves);
  putImm(Opcode::Return, 0, 0, uint32_t(frameBytes));
}

static ValueType valueTypeOf(Type type) {
  if (isa<contract::FuncRefType>(type))
    return ValueType::FuncRef;
  if (isa<contract::ExternRefType>(type))
    return ValueType::ExternRef;
  bool isWide = widthOf(type) == 64;
  if (type.isInteger())
    return isWide ? ValueType::I64 : ValueType::I32;
  return isWide ? ValueType::F64 : ValueType::F32;
}

static uint32_t signatureOf(TypeRange params, TypeRange results) {
  FuncType type;
  for (Type param : params)
    type.params.push_back(valueTypeOf(param));
  for (Type result : results)
    type.results.push_back(valueTypeOf(result));
  return internSignature(type);
}

/// The results of a call with several are where the callee's frame was.
void FunctionEmitter::moveResults(const PlannedOp &call) {
  std::vector<Move> moves;
  for (uint32_t i = 0; i < call.op->getNumResults(); ++i) {
    uint32_t to = plan.wordOf(plan.values[call.result + i]);
    regions.noteWrite(to);
    moves.push_back({to, none, plan.calleeFrame() + i});
  }
  moveAll(moves);
}

void FunctionEmitter::emitCall() {
  bool isIndirect = op->kind == OpKind::CallIndirect;
  uint32_t firstArgument = isIndirect;
  uint32_t numArguments = op->op->getNumOperands() - firstArgument;
  uint32_t numResults = op->op->getNumResults();
  uint32_t index = isIndirect ? read(operandId(0), 2) : 0;
  for (uint32_t i = 0; i < numArguments; ++i)
    moveValue(plan.calleeFrame() + i, operandId(firstArgument + i));
  if (isIndirect) {
    auto call = cast<contract::CallIndirectOp>(op->op);
    markPosition();
    putImm(Opcode::CallIndirect, index, 0, call.getTable());
    Cell &type = putData();
    type.data[0] = signatureOf(call.getArgs().getTypes(), call.getResultTypes());
  } else {
    auto name = cast<contract::CallOp>(op->op).getCalleeAttr().getAttr();
    uint32_t callee = names.functions.lookup(name);
    if (callee < names.importedFunctions) {
      putImm(Opcode::CallImport, 0, 0, callee);
    } else {
      calls.push_back({here(), callee});
      put(Opcode::Call);
    }
  }
  uint32_t result = numResults == 1 ? write(op->result) : 0;
  Cell &data = putData();
  data.extra[0] = numResults;
  data.extra[1] = numArguments;
  data.data[0] = result;
  data.data[1] = plan.calleeFrame();
  if (numResults > 1)
    moveResults(*op);
}

void FunctionEmitter::emitTailCall() {
  bool isIndirect = op->kind == OpKind::ReturnCallIndirect;
  uint32_t index = 0;
  if (isIndirect) {
    // The arguments are about to overwrite it.
    index = plan.scratchWord(2);
    moveValue(index, operandId(0));
  }
  std::vector<Move> moves;
  for (uint32_t i = isIndirect; i < op->op->getNumOperands(); ++i)
    moves.push_back({i - isIndirect, operandId(i)});
  auto numArguments = uint32_t(moves.size());
  moveAll(moves);
  uint32_t signature = 0;
  FunctionType type;
  if (isIndirect) {
    auto call = cast<contract::ReturnCallIndirectOp>(op->op);
    type = call.getType();
    signature = signatureOf(type.getInputs(), type.getResults());
    markPosition();
    putImm(Opcode::TailCallIndirect, index, 0, call.getTable());
  } else {
    auto call = cast<contract::ReturnCallOp>(op->op);
    type = call.getType();
    uint32_t callee = names.functions.lookup(call.getCalleeAttr().getAttr());
    if (callee < names.importedFunctions) {
      putImm(Opcode::TailCallImport, 0, 0, callee);
    } else {
      calls.push_back({here(), callee});
      put(Opcode::TailCall);
    }
  }
  Cell &data = putData();
  data.extra[0] = type.getNumResults();
  data.extra[1] = numArguments;
  data.data[0] = signature;
  data.data[1] = uint32_t(frameBytes);
}
