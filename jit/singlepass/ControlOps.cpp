//===- ControlOps.cpp - Jumps, switches, returns and traps ----------------===//

#include "jit/singlepass/FunctionCompiler.h"

using namespace writ;
using namespace writ::singlepass;
using namespace writ::contract;
namespace cf = mlir::cf;

static void emitBranch(FunctionCompiler &f, cf::BranchOp op) {
  f.makeExact(op.getDestOperands());
  f.needMemoryBase();
  f.branchTo(op.getDest(), op.getDestOperands());
  f.jumpTo(op.getDest());
  for (mlir::Value value : op.getDestOperands())
    f.release(f.idOf(value));
}

//===----------------------------------------------------------------------===//
// Switches
//===----------------------------------------------------------------------===//

namespace {
struct SwitchEdge {
  mlir::Block *to;
  mlir::ValueRange args;
  Label label; ///< Of the moves before the block, if there are any.
};
} // namespace

/// Are the case values 0, 1, 2 and so on, as WebAssembly's are?
static bool isDense(cf::SwitchOp op) {
  uint64_t next = 0;
  for (const llvm::APInt &value : op.getCaseValues()->getValues<llvm::APInt>())
    if (value.getZExtValue() != next++)
      return false;
  return true;
}

static Label &labelOf(FunctionCompiler &f, SwitchEdge &edge) {
  return edge.args.empty() ? f.labelOf(edge.to) : edge.label;
}

static void jumpByTable(FunctionCompiler &f, Reg flag, std::vector<SwitchEdge> &edges) {
  f.emit(Inst::kIdCmp, Masm::d(flag), Imm(edges.size() - 1));
  f.masm.jumpIf(Cond::AE, labelOf(f, edges[0]));
  Reg base = f.allocate(false);
  f.emit(Inst::kIdLea, Masm::q(base), x86::ptr(x86::rip, 0));
  FunctionCompiler::SwitchTable &table = f.tables.emplace_back();
  table.lea = f.masm.here() - 4;
  f.emit(Inst::kIdMovsxd, Masm::q(scratch), x86::dword_ptr(Masm::q(base), Masm::q(flag), 2));
  f.emit(Inst::kIdAdd, Masm::q(scratch), Masm::q(base));
  f.emit(Inst::kIdJmp, Masm::q(scratch));
  // Edges with moves have their code right behind; their labels are known before the table is.
  for (size_t i = 1; i < edges.size(); ++i)
    table.blocks.push_back(edges[i].args.empty() ? edges[i].to : nullptr);
}

static void jumpByComparing(FunctionCompiler &f, cf::SwitchOp op, Reg flag, Kind kind,
                            std::vector<SwitchEdge> &edges) {
  size_t next = 1;
  for (const llvm::APInt &value : op.getCaseValues()->getValues<llvm::APInt>()) {
    f.masm.moveImmediate(scratch, value.getZExtValue());
    f.emit(Inst::kIdCmp, f.gp(flag, kind), f.gp(scratch, kind));
    f.masm.jumpIf(Cond::E, labelOf(f, edges[next++]));
  }
  f.masm.jump(labelOf(f, edges[0]));
}

/// Walks the case operands by hand: the op's own accessor sums up segment sizes at each use.
static std::vector<SwitchEdge> edgesOf(cf::SwitchOp op) {
  std::vector<SwitchEdge> edges;
  mlir::OperandRange operands = op->getOperands().drop_front();
  size_t count = op.getDefaultOperands().size();
  edges.push_back({op.getDefaultDestination(), operands.take_front(count), {}});
  operands = operands.drop_front(count);
  for (auto [segment, to] :
       llvm::zip_equal(op.getCaseOperandSegments(), op.getCaseDestinations())) {
    edges.push_back({to, operands.take_front(segment), {}});
    operands = operands.drop_front(segment);
  }
  return edges;
}

static void emitSwitch(FunctionCompiler &f, cf::SwitchOp op) {
  f.makeExact(op->getOperands().drop_front());
  f.needMemoryBase();
  f.unlockAll();
  std::vector<SwitchEdge> edges = edgesOf(op);
  uint32_t id = f.idOf(op.getFlag());
  Kind kind = f.state(id).kind;
  Reg flag = f.read(id);
  bool byTable = edges.size() > 1 && kind == Kind::I32 && isDense(op);
  if (byTable)
    jumpByTable(f, flag, edges);
  else if (edges.size() > 1)
    jumpByComparing(f, op, flag, kind, edges);
  size_t table = f.tables.size() - 1, number = 0;
  for (SwitchEdge &edge : edges) {
    if (!edge.args.empty()) {
      f.masm.bind(edge.label);
      if (byTable && number != 0)
        f.tables[table].moves.push_back({uint32_t(number - 1), edge.label.position});
      f.branchTo(edge.to, edge.args);
    }
    if (!edge.args.empty() || edges.size() == 1)
      f.masm.jump(f.labelOf(edge.to));
    ++number;
  }
  for (mlir::Value value : op->getOperands())
    f.release(f.idOf(value));
}

/// All labels are known now.
void FunctionCompiler::finishTables() {
  for (const SwitchTable &table : tables) {
    JumpTable &made = module.chunk.jumpTables.emplace_back();
    made.use = table.lea;
    for (mlir::Block *block : table.blocks)
      made.targets.push_back(block ? labelOf(block).position : 0);
    for (auto [entry, position] : table.moves)
      made.targets[entry] = position;
  }
}

//===----------------------------------------------------------------------===//
// Ways out
//===----------------------------------------------------------------------===//

/// The first result is passed in a register, the others where the context says.
static void emitReturn(FunctionCompiler &f, ReturnOp op) {
  mlir::OperandRange values = op.getValues();
  f.makeExact(values);
  for (size_t i = 1; i < values.size(); ++i) {
    uint32_t id = f.idOf(values[i]);
    Kind kind = f.state(id).kind;
    Reg from = f.read(id);
    f.emit(Inst::kIdMov, Masm::q(scratch), f.field(offsetof(InstanceContext, extraResults)));
    x86::Mem to = x86::ptr(x86::rax, int32_t(8 * (i - 1)));
    if (kind == Kind::F32) {
      x86::Mem word = to;
      word.setSize(8);
      f.emit(Inst::kIdMov, word, Imm(0));
    }
    f.store(to, from, isFloat(kind) ? kind : Kind::I64);
    f.unlockAll();
  }
  if (!values.empty()) {
    uint32_t id = f.idOf(values[0]);
    f.moveTo(isFloat(f.state(id).kind) ? floatResultReg : resultReg, f.locationOf(id));
  }
  f.emit(Inst::kIdMov, Masm::q(rax), Masm::q(gasReg));
  f.emitReturn();
  for (mlir::Value value : values)
    f.release(f.idOf(value));
}

static void emitTrap(FunctionCompiler &f, TrapOp op) {
  f.trapNow(f.site(op, TrapKind(op.getKind())));
}

void writ::singlepass::addControlOps(OpTable &table) {
  table.add<cf::BranchOp, emitBranch>();
  table.add<cf::SwitchOp, emitSwitch>();
  table.add<ReturnOp, emitReturn>();
  table.add<TrapOp, emitTrap>();
}
