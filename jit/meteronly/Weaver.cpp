//===- Weaver.cpp - Put metering between the instructions of a body -------===//
#include "jit/meteronly/Weaver.h"

#include "frontend/wasm/Decoder.h"
#include "lowering/wasm/Assembly.h"
#include "lowering/wasm/Instructions.h"

#include <algorithm>
#include <fmt/format.h>

using namespace writ;
using namespace writ::meteronly;
using namespace writ::wasmgen;
using wasm::Op;
using wasm::Opcode;

namespace {
class Weaver {
public:
  Weaver(ModuleState &state, const wasm::Module &module, uint32_t index, const FunctionPlan &plan)
      : state(state), module(module), index(index), plan(plan),
        source(module.bodies[index - module.importedFuncs]) {}

  Result<Body> run();

private:
  // Appending.
  void op(uint8_t code) { out.byte(code); }
  void i32(uint32_t value) {
    op(i32ConstCode);
    out.signedNumber(int32_t(value));
  }
  void local(uint8_t code) {
    usesScratch = true;
    op(code);
    out.number(scratch);
  }
  void gap(GapKind kind, uint32_t number);
  void call(Helper helper) {
    op(callCode);
    gap(GapKind::Helper, uint32_t(helper));
  }
  void meter(uint8_t code, MeterGlobal global) {
    op(code);
    gap(GapKind::Meter, uint32_t(global));
  }
  void setFault(uint32_t fault) {
    i32(fault);
    meter(globalSetCode, MeterGlobal::Fault);
  }
  void leave() {
    if (!plan.isLeaf)
      gap(GapKind::Leave, plan.frame);
  }

  void findExits();
  void begin();
  void before(const Op &op, const Step &step);
  void instruction(const Op &op, const Step *step, std::span<const uint8_t> bytes);
  void after(const Op &op, const Step *step, Opcode next);
  void noteElement(uint32_t table);
  void followBlocks(const Op &op);
  void followDead(const Op &op);
  bool chargesFor(uint32_t function) const {
    return function < module.importedFuncs && state.options.meterOwner == MeterOwner::Module;
  }

  ModuleState &state;
  const wasm::Module &module;
  uint32_t index;
  const FunctionPlan &plan;
  const wasm::FuncBody &source;
  Body body;
  Encoder out{body.code.bytes};
  std::optional<Error> error;
  bool isWrapped = false; ///< In a block, whose end gives the frame back.
  bool usesScratch = false;
  uint32_t scratch = 0;            ///< A local of our own, behind all others.
  std::vector<bool> isLoop{false}; ///< Of the blocks around what is next.
  bool isDead = false;
  uint32_t deadDepth = 0; ///< Blocks that were opened in dead code.
  uint32_t heat = 0;      ///< How many of them are.
};
} // namespace

void Weaver::gap(GapKind kind, uint32_t number) {
  addGap(body.code, kind, number).heat = uint8_t(std::min(heat, 255u));
}

void Weaver::followBlocks(const Op &op) {
  switch (op.opcode) {
  case Opcode::Block:
  case Opcode::Loop:
  case Opcode::If:
    isLoop.push_back(op.opcode == Opcode::Loop);
    heat += isLoop.back();
    return;
  case Opcode::End:
    heat -= isLoop.back();
    isLoop.pop_back();
    return;
  default:
    return;
  }
}

/// What stands behind a jump is dead up to the end of the block.
void Weaver::followDead(const Op &op) {
  switch (op.opcode) {
  case Opcode::Block:
  case Opcode::Loop:
  case Opcode::If:
    deadDepth += isDead;
    return;
  case Opcode::Else:
    isDead &= deadDepth != 0;
    return;
  case Opcode::End:
    if (deadDepth == 0)
      isDead = false;
    else
      --deadDepth;
    return;
  case Opcode::Unreachable:
  case Opcode::Br:
  case Opcode::BrTable:
  case Opcode::Return:
  case Opcode::ReturnCall:
  case Opcode::ReturnCallIndirect:
    isDead = true;
    return;
  default:
    return;
  }
}

/// Whether control may leave by a branch that has another way too.
void Weaver::findExits() {
  wasm::Failure failure;
  wasm::Cursor in = wasm::codeCursor(module, source, failure);
  Op op;
  for (uint32_t depth = 1; depth > 0;) {
    wasm::decodeOp(in, wasm::OpcodeMap::all(), op);
    switch (op.opcode) {
    case Opcode::Block:
    case Opcode::Loop:
    case Opcode::If:
      ++depth;
      break;
    case Opcode::End:
      --depth;
      break;
    case Opcode::BrIf:
      isWrapped |= op.index == depth - 1;
      break;
    case Opcode::BrTable:
      for (wasm::LabelReader labels(in, op); !labels.atEnd();)
        isWrapped |= labels.next() == depth - 1;
      break;
    default:
      break;
    }
  }
}

void Weaver::begin() {
  const FuncType &type = module.types[module.funcTypes[index]];
  scratch = uint32_t(type.params.size());
  for (const wasm::LocalRun &run : source.locals) {
    body.locals.push_back({run.count, run.type});
    scratch += run.count;
  }
  gap(plan.isLeaf ? GapKind::EnterLeaf : GapKind::Enter, plan.frame);
  if (!plan.isLeaf)
    findExits();
  if (!isWrapped)
    return;
  op(blockCode);
  if (type.results.empty())
    op(emptyBlock);
  else if (type.results.size() == 1)
    op(typeCode(type.results[0]));
  else
    out.signedNumber(state.typeNumber({{}, type.results}));
}

/// Notes which element of which table is called, for when the engine refuses.
void Weaver::noteElement(uint32_t table) {
  if (table == 0)
    return call(Helper::Element);
  local(localSetCode);
  local(localGetCode);
  meter(globalSetCode, MeterGlobal::Element);
  setFault(faultInCall + table);
  if (state.options.meterOwner == MeterOwner::Host) {
    meter(globalGetCode, MeterGlobal::Self);
    meter(globalSetCode, MeterGlobal::Instance);
  }
  local(localGetCode);
}

static bool isInTable(Opcode opcode) {
  switch (opcode) {
  case Opcode::TableGet:
  case Opcode::TableSet:
  case Opcode::TableFill:
  case Opcode::TableCopy:
  case Opcode::TableInit:
    return true;
  default:
    return false;
  }
}

void Weaver::before(const Op &op, const Step &step) {
  if (step.charge != noAmount) {
    gap(GapKind::Charge, step.charge);
    body.code.gaps.back().looks = step.looks;
  }
  if (step.unit != noAmount) {
    local(localTeeCode);
    local(localGetCode);
    this->op(globalGetCode);
    gap(GapKind::Price, step.unit);
    call(Helper::ChargeUnits);
  }
  bool isCall = op.opcode == Opcode::Call || op.opcode == Opcode::ReturnCall;
  if (isCall && chargesFor(op.index))
    gap(GapKind::Charge, firstHostAmount + op.index);
  if (isInTable(op.opcode))
    setFault(faultInTable);
  switch (op.opcode) {
  case Opcode::Unreachable:
    return call(step.takesBranchCost ? Helper::Unreachable : Helper::TrapUnreachable);
  case Opcode::Return:
    return leave();
  case Opcode::Br:
  case Opcode::End:
    return step.isExit && !isWrapped ? leave() : void();
  case Opcode::CallIndirect:
    return noteElement(op.index2);
  case Opcode::ReturnCall: // As on all tiers, the frame stays while what is imported runs.
    return op.index < module.importedFuncs ? void() : leave();
  case Opcode::ReturnCallIndirect:
    if (state.hasForeignElements)
      error = badInput(fmt::format("{}:{:#x}: a tail call through a table that may hold functions "
                                   "of others cannot be metered",
                                   state.options.name, op.offset));
    noteElement(op.index2);
    return leave();
  default:
    return;
  }
}

/// The helper that does what the instruction does, but says what its traps are.
static std::optional<Helper> helperOf(Opcode opcode) {
  struct Row {
    uint16_t first;
    Helper helper;
  };
  static constexpr Row rows[] = {{0x6d, Helper::DivS32},
                                 {0x7f, Helper::DivS64},
                                 {0xa8, Helper::F32ToS32},
                                 {0xae, Helper::F32ToS64}};
  uint16_t encoding = wasm::opInfo(opcode).encoding;
  for (auto [first, helper] : rows)
    if (encoding >= first && encoding < first + 4)
      return Helper(unsigned(helper) + encoding - first);
  return std::nullopt;
}

/// The instruction itself, as it is unless it has to say why it traps, or an index is another.
void Weaver::instruction(const Op &op, const Step *step, std::span<const uint8_t> bytes) {
  if (step && step->mayTrap) {
    body.code.places.push_back(
        {uint32_t(body.code.bytes.size()), uint32_t(body.code.gaps.size()), op.offset});
    if (auto helper = helperOf(op.opcode))
      return call(*helper);
    if (op.opcode == Opcode::ReturnCall && op.index < module.importedFuncs) {
      this->op(callCode);
      out.number(op.index);
      leave();
      return this->op(returnCode);
    }
  }
  if (op.opcode == Opcode::GlobalGet || op.opcode == Opcode::GlobalSet) {
    this->op(bytes.front());
    return gap(GapKind::Global, op.index);
  }
  if (op.opcode == Opcode::RefFunc && chargesFor(op.index)) {
    this->op(bytes.front());
    return gap(GapKind::Func, op.index);
  }
  out.raw(bytes);
}

/// Gives any NaN where the canonical one is meant; nobody asks for the bits of its operands.
static bool isFloatArithmetic(Opcode opcode) {
  uint16_t encoding = wasm::opInfo(opcode).encoding;
  return (encoding >= 0x8d && encoding <= 0x97) || (encoding >= 0x9b && encoding <= 0xa5) ||
         opcode == Opcode::F32DemoteF64 || opcode == Opcode::F64PromoteF32;
}

/// Takes the float on top of the stack for the number that it is.
static bool readsNumber(Opcode opcode) {
  const wasm::OpSignature &signature = wasm::opInfo(opcode).signature;
  ValueType last =
      signature.numParams == 0 ? ValueType::I32 : signature.params[signature.numParams - 1];
  bool isFloat = last == ValueType::F32 || last == ValueType::F64;
  switch (opcode) {
  case Opcode::I32ReinterpretF32:
  case Opcode::I64ReinterpretF64:
    return false;
  default: // Comparisons and conversions give integers, and change no memory.
    return isFloatArithmetic(opcode) ||
           (isFloat && signature.numResults == 1 && signature.result < ValueType::F32);
  }
}

void Weaver::after(const Op &op, const Step *step, Opcode next) {
  // Functions of this module reset it.
  bool isForeignCall = op.opcode == Opcode::CallIndirect && state.hasForeignElements;
  if (step && (isInTable(op.opcode) || isForeignCall))
    setFault(faultInMemory);
  if (isFloatArithmetic(op.opcode) && !readsNumber(next))
    call(wasm::opInfo(op.opcode).signature.result == ValueType::F64 ? Helper::CanonicalF64
                                                                    : Helper::CanonicalF32);
}

Result<Body> Weaver::run() {
  begin();
  wasm::Failure failure;
  wasm::Cursor in = wasm::codeCursor(module, source, failure);
  Op op, next;
  const uint8_t *start = in.position();
  wasm::decodeOp(in, wasm::OpcodeMap::all(), next);
  while (!isLoop.empty() && !error) {
    op = next;
    const uint8_t *stop = in.position();
    if (!in.atEnd())
      wasm::decodeOp(in, wasm::OpcodeMap::all(), next);
    const Step *step = plan.find(op.offset);
    followDead(op);
    if (step)
      before(op, *step);
    followBlocks(op);
    instruction(op, step, {start, stop});
    if (!isDead)
      after(op, step, next.opcode);
    start = stop;
  }
  if (error)
    return *error;
  if (isWrapped) {
    leave();
    this->op(endCode);
  }
  if (usesScratch)
    body.locals.push_back({1, ValueType::I32});
  body.type = module.funcTypes[index];
  return std::move(body);
}

Result<Body> meteronly::weave(ModuleState &state, const wasm::Module &module, uint32_t index,
                              const FunctionPlan &plan) {
  return Weaver(state, module, index, plan).run();
}
