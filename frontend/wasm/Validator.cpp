//===- Validator.cpp - Straight-line ops and the walk over a body ---------===//
#include "frontend/wasm/Validator.h"

#include "frontend/wasm/BodyValidator.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fmt/format.h>

namespace writ::wasm {

static_assert(std::endian::native == std::endian::little, "operands are compared as words");

/// What `step` needs of an opcode, in 16 bytes.
struct StepRow {
  uint32_t expected = 0; ///< Types of the operands, the top of the stack highest.
  uint32_t mask = 0;
  int8_t bytes = 0; ///< How the operand bytes change.
  uint8_t numParams = 0;
  uint8_t numResults = 0;
  ValueType result = ValueType::I32;
  ImmediateKind immediate = ImmediateKind::None;
  uint8_t log2Bytes = 0; ///< Loads and stores.
  bool isSpecial = false;
  bool hasIndices = false; ///< The immediates need a check.
};
static_assert(sizeof(StepRow) == 16);

static constexpr bool hasIndices(ImmediateKind kind) {
  switch (kind) {
  case ImmediateKind::None:
  case ImmediateKind::MemArg:
  case ImmediateKind::I32:
  case ImmediateKind::I64:
  case ImmediateKind::F32:
  case ImmediateKind::F64:
    return false;
  default:
    return true;
  }
}

static StepRow stepRow(const OpInfo &info) {
  const OpSignature &signature = info.signature;
  StepRow row;
  row.immediate = info.immediate;
  row.isSpecial = signature.isSpecial;
  row.hasIndices = hasIndices(info.immediate);
  row.numParams = signature.numParams;
  row.numResults = signature.numResults;
  row.result = signature.result;
  row.log2Bytes = uint8_t(std::countr_zero(info.memoryBytes | 0x80u));
  int change = signature.numResults ? int(frameBytes(signature.result)) : 0;
  for (unsigned i = 0; i < signature.numParams; ++i) {
    unsigned shift = 8 * (4 - signature.numParams + i);
    row.expected |= uint32_t(signature.params[i]) << shift;
    row.mask |= 0xffu << shift;
    change -= int(frameBytes(signature.params[i]));
  }
  row.bytes = int8_t(change);
  return row;
}

static const std::array<StepRow, numOpcodes> stepRows = [] {
  std::array<StepRow, numOpcodes> rows;
  std::transform(opTable.begin(), opTable.end(), rows.begin(), stepRow);
  return rows;
}();

BodyValidator::BodyValidator(const ReadState &state)
    : state(state), module(state.module), checks(state.policy),
      in(state.module.bytes, checks.failure) {
  growStack(1);
}

void BodyValidator::fail(std::string message, ErrorKind kind) {
  checks.failure.report(opOffset, std::move(message), kind);
}

std::string_view BodyValidator::opText() const { return opInfo(opcode).text; }

bool BodyValidator::inRange(uint32_t index, size_t size, std::string_view what) {
  if (index < size)
    return true;
  fail(fmt::format("unknown {} {} in {}; {} declared", what, index, opText(), size));
  return false;
}

FuncBody BodyValidator::validate(uint32_t func, std::span<const uint8_t> bodyBytes) {
  FuncBody body;
  in = in.between(bodyBytes.data(), bodyBytes.data() + bodyBytes.size());
  funcType = &module.types[module.funcTypes[func]];
  locals.begin(funcType->params, bodyBytes.size());
  traffic = 0;
  trafficLimit = operandTrafficLimit(bodyBytes.size());
  readLocals(body);
  if (checks.failure.isSet())
    return body;
  body.code = in.bytes();
  body.offset = in.offset();
  validateCode();
  body.maxOperandBytes = maxBytes;
  return body;
}

void BodyValidator::readLocals(FuncBody &body) {
  uint32_t runs = checks.readCount(in, &Limits::bodyBytes, 2);
  body.locals.reserve(runs);
  uint64_t total = 0;
  for (; runs > 0 && !in.failed(); --runs) {
    uint32_t offset = in.offset();
    uint32_t count = in.readU32();
    ValueType type = readValueType(in);
    if (isReference(type))
      checks.require(Feature::ReferenceTypes, valueTypeName(type), offset);
    total += count;
    if (!checks.within(&Limits::locals, total, offset))
      return;
    body.locals.push_back({count, type});
    locals.add({count, type});
  }
}

inline void BodyValidator::localOp(const Op &op) {
  if (op.index >= locals.size()) [[unlikely]]
    return (void)inRange(op.index, locals.size(), "local");
  ValueType type = locals[op.index];
  if (opcode != Opcode::LocalGet)
    pop(type);
  if (opcode != Opcode::LocalSet) {
    push(type);
    noteHeight();
  }
}

inline void BodyValidator::checkMemoryOp(const Op &op, unsigned log2Bytes) {
  if (op.index > log2Bytes) [[unlikely]]
    fail(fmt::format("alignment 2^{} of {} is larger than its {} byte{}", op.index, opText(),
                     1u << log2Bytes, log2Bytes ? "s" : ""));
  if (module.info.memories.empty()) [[unlikely]]
    inRange(0, 0, "memory");
}

/// Reads and validates one op. Nearly all have a fixed signature, which is compared with the
/// top of the stack as one word; what does not match goes the slow way.
inline void BodyValidator::step() {
  opOffset = in.offset();
  if (sp == stackEnd) [[unlikely]]
    growStack(1);
  Op op;
  op.offset = opOffset;
  opcode = op.opcode = decodeOpcode(in, state.opcodes);
  const StepRow &row = stepRows[size_t(opcode)];
  // A third of all ops, so they skip the jump through the table of immediates.
  if (row.immediate == ImmediateKind::Local) {
    op.index = in.readU32();
    return localOp(op);
  }
  readImmediates(in, row.immediate, op);
  if (row.isSpecial)
    return special(op);
  if (row.immediate == ImmediateKind::MemArg)
    checkMemoryOp(op, row.log2Bytes);
  else if (row.hasIndices) [[unlikely]]
    checkIndices(op, row.immediate);
  uint32_t top;
  std::memcpy(&top, sp - 4, 4);
  if (((top ^ row.expected) & row.mask) != 0 || sp - frameBase < row.numParams) [[unlikely]]
    return fixedSlow(opInfo(opcode));
  sp -= row.numParams;
  *sp = row.result;
  sp += row.numResults;
  bytes += uint32_t(int32_t(row.bytes));
  noteHeight();
}

void BodyValidator::validateCode() {
  bytes = maxBytes = 0;
  sp = stackStart;
  frames.clear();
  pushFrame(Opcode::Block, {{}, funcType->results});
  while (!frames.empty() && !checks.failure.isSet())
    step();
  if (!in.atEnd())
    in.fail(fmt::format("{} bytes after the end of the function", in.remaining()));
}

/// An op whose operands are of the wrong types or, in dead code, made up.
void BodyValidator::fixedSlow(const OpInfo &info) {
  popAll({info.signature.params, info.signature.numParams});
  if (info.signature.numResults)
    push(info.signature.result);
}

void BodyValidator::checkRefFunc(const Op &op) {
  if (inRange(op.index, module.funcTypes.size(), "function") && !state.declaredFuncs[op.index])
    fail(fmt::format("undeclared function reference {}: it is not exported nor in a segment or "
                     "global",
                     op.index));
}

void BodyValidator::checkTableInit(const Op &op) {
  const ModuleInfo &info = module.info;
  if (!inRange(op.index, info.elems.size(), "element segment") ||
      !inRange(op.index2, info.tables.size(), "table"))
    return;
  ValueType from = info.elems[op.index].type, to = info.tables[op.index2].element;
  if (from != to)
    fail(fmt::format("table.init of a table of {} from a segment of {}", valueTypeName(to),
                     valueTypeName(from)));
}

void BodyValidator::checkTableCopy(const Op &op) {
  const std::vector<TableDecl> &tables = module.info.tables;
  if (!inRange(op.index, tables.size(), "table") || !inRange(op.index2, tables.size(), "table"))
    return;
  ValueType to = tables[op.index].element, from = tables[op.index2].element;
  if (from != to)
    fail(fmt::format("table.copy to a table of {} from one of {}", valueTypeName(to),
                     valueTypeName(from)));
}

void BodyValidator::checkIndices(const Op &op, ImmediateKind kind) {
  const ModuleInfo &info = module.info;
  switch (kind) {
  case ImmediateKind::DataAndMemory:
  case ImmediateKind::Data:
    if (!state.dataCount)
      return fail(fmt::format("data count section required by {}", opText()));
    if (!inRange(op.index, *state.dataCount, "data segment") || kind == ImmediateKind::Data)
      return;
    [[fallthrough]];
  case ImmediateKind::Memory:
  case ImmediateKind::MemoryPair:
    inRange(0, info.memories.size(), "memory");
    return;
  case ImmediateKind::Elem:
    inRange(op.index, info.elems.size(), "element segment");
    return;
  case ImmediateKind::ElemAndTable:
    return checkTableInit(op);
  case ImmediateKind::TablePair:
    return checkTableCopy(op);
  case ImmediateKind::Table:
    inRange(op.index, info.tables.size(), "table");
    return;
  case ImmediateKind::Func:
    return checkRefFunc(op);
  default:
    return;
  }
}

void BodyValidator::select(const Op &op) {
  pop(ValueType::I32);
  if (opcode == Opcode::SelectTyped) {
    pop(op.type);
    pop(op.type);
    return push(op.type);
  }
  ValueType second = popAny(), first = popAny();
  for (ValueType type : {first, second})
    if (type != anyType && isReference(type))
      return fail(
          fmt::format("select without a type has an operand of type {}", valueTypeName(type)));
  if (first != second && first != anyType && second != anyType)
    return fail(fmt::format("operands of select are {} and {}; expected the same type",
                            valueTypeName(first), valueTypeName(second)));
  push(first == anyType ? second : first);
}

void BodyValidator::globalOp(const Op &op) {
  if (!inRange(op.index, module.info.globals.size(), "global"))
    return;
  const GlobalDecl &global = module.info.globals[op.index];
  if (opcode == Opcode::GlobalGet) {
    push(global.type);
    return noteHeight();
  }
  if (!global.isMutable)
    return fail(fmt::format("global {} is immutable", op.index));
  pop(global.type);
}

void BodyValidator::tableOp(const Op &op) {
  if (!inRange(op.index, module.info.tables.size(), "table"))
    return;
  ValueType element = module.info.tables[op.index].element;
  switch (opcode) {
  case Opcode::TableGet:
    pop(ValueType::I32);
    push(element);
    return noteHeight();
  case Opcode::TableSet:
    pop(element);
    return pop(ValueType::I32);
  case Opcode::TableGrow:
    pop(ValueType::I32);
    pop(element);
    return push(ValueType::I32);
  default: // table.fill
    pop(ValueType::I32);
    pop(element);
    return pop(ValueType::I32);
  }
}

void BodyValidator::special(const Op &op) {
  switch (opcode) {
  case Opcode::GlobalGet:
  case Opcode::GlobalSet:
    return globalOp(op);
  case Opcode::Drop:
    popAny();
    return;
  case Opcode::Select:
  case Opcode::SelectTyped:
    return select(op);
  case Opcode::TableGet:
  case Opcode::TableSet:
  case Opcode::TableGrow:
  case Opcode::TableFill:
    return tableOp(op);
  case Opcode::RefNull:
    push(op.type);
    return noteHeight();
  case Opcode::RefIsNull:
    if (ValueType type = popAny(); type != anyType && !isReference(type))
      fail(fmt::format("operand of ref.is_null is {}; expected a reference", valueTypeName(type)));
    return push(ValueType::I32);
  default:
    return controlOp(op);
  }
}

} // namespace writ::wasm
