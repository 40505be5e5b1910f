//===- ControlOps.cpp - Validation of blocks, branches and calls ----------===//
#include "frontend/wasm/BodyValidator.h"

#include <algorithm>
#include <fmt/format.h>

namespace writ::wasm {

void BodyValidator::pushFrame(Opcode opcode, BlockSignature signature) {
  ControlFrame frame;
  frame.opcode = opcode;
  frame.height = uint32_t(sp - stackStart);
  frame.heightBytes = bytes;
  frame.params = signature.params;
  frame.results = signature.results;
  frames.push_back(frame);
  setFrameBase();
  pushAll(signature.params);
}

void BodyValidator::markUnreachable() {
  ControlFrame &frame = frames.back();
  if (!frame.isUnreachable)
    frame.liveMaxBytes = maxBytes;
  frame.isUnreachable = true;
  sp = frameBase;
  bytes = frame.heightBytes;
}

const ControlFrame *BodyValidator::label(uint32_t depth) {
  if (depth < frames.size())
    return &frames[frames.size() - 1 - depth];
  size_t blocks = frames.size() - 1;
  fail(fmt::format("branch depth {} exceeds {} enclosing block{}", depth, blocks,
                   blocks == 1 ? "" : "s"));
  return nullptr;
}

void BodyValidator::beginBlock(const Op &op) {
  if (op.index < blockTypeValue) {
    if (!inRange(op.index, module.types.size(), "type"))
      return;
    checks.require(Feature::MultiValue, "block with a type index", opOffset);
  } else if (op.index == blockTypeValue && isReference(op.type)) {
    checks.require(Feature::ReferenceTypes, valueTypeName(op.type), opOffset);
  }
  BlockSignature signature = blockSignature(module.types, op);
  if (!chargeTraffic(2 * signature.params.size()))
    return;
  if (opcode == Opcode::If)
    pop(ValueType::I32);
  popAll(signature.params);
  if (!checks.within(&Limits::nesting, frames.size(), opOffset))
    return;
  pushFrame(opcode, signature);
}

/// Checks the results of the innermost frame, at its `else` or `end`, and leaves the stack as
/// it was below the block.
void BodyValidator::finishFrame() {
  ControlFrame &frame = frames.back();
  popAll(frame.results);
  if (sp != frameBase)
    fail(fmt::format("{} values left on the stack at {}; expected {}",
                     size_t(sp - frameBase) + frame.results.size(), opText(),
                     frame.results.size()));
  if (frame.isUnreachable)
    maxBytes = frame.liveMaxBytes;
  bytes = frame.heightBytes;
}

void BodyValidator::elseOp() {
  ControlFrame &frame = frames.back();
  if (frame.opcode != Opcode::If)
    return fail("else without if");
  if (!chargeTraffic(frame.params.size() + frame.results.size()))
    return;
  finishFrame();
  frame.opcode = Opcode::Else;
  frame.isUnreachable = false;
  sp = frameBase;
  pushAll(frame.params);
}

void BodyValidator::endOp() {
  ControlFrame &frame = frames.back();
  if (!chargeTraffic(2 * frame.results.size()))
    return;
  finishFrame();
  if (frame.opcode == Opcode::If && !std::ranges::equal(frame.params, frame.results))
    fail("if without else changes the types on the stack");
  Types results = frame.results;
  frames.pop_back();
  if (frames.empty())
    return;
  setFrameBase();
  pushAll(results);
  noteHeight();
}

/// Checks that the operands of a branch are there, without taking them.
void BodyValidator::checkLabelTypes(Types types) {
  size_t present = size_t(sp - frameBase);
  for (size_t i = 0; i < types.size(); ++i) {
    ValueType expected = types[types.size() - 1 - i];
    if (i >= present) {
      if (!frames.back().isUnreachable)
        fail(fmt::format("{} finds no operand; expected {}", opText(), valueTypeName(expected)));
      return;
    }
    ValueType found = sp[-1 - ptrdiff_t(i)];
    if (found != expected && found != anyType)
      return fail(fmt::format("operand of {} is {}; expected {}", opText(), valueTypeName(found),
                              valueTypeName(expected)));
  }
}

void BodyValidator::branch(const Op &op) {
  if (opcode == Opcode::BrIf)
    pop(ValueType::I32);
  const ControlFrame *target = label(op.index);
  if (!target)
    return;
  Types types = target->labelTypes();
  if (!chargeTraffic(2 * types.size()))
    return;
  if (opcode == Opcode::BrIf) {
    popAll(types);
    return pushAll(types);
  }
  checkLabelTypes(types);
  markUnreachable();
}

void BodyValidator::branchTable(const Op &op) {
  if (!checks.within(&Limits::brTableTargets, op.index, opOffset))
    return;
  pop(ValueType::I32);
  size_t arity = 0;
  LabelReader labels(in, op);
  for (bool isFirst = true; !labels.atEnd() && !checks.failure.isSet(); isFirst = false) {
    const ControlFrame *target = label(labels.next());
    if (!target)
      return;
    Types types = target->labelTypes();
    if (isFirst)
      arity = types.size();
    if (types.size() != arity)
      return fail(
          fmt::format("br_table has labels with {} and with {} values", arity, types.size()));
    if (!chargeTraffic(arity))
      return;
    checkLabelTypes(types);
  }
  markUnreachable();
}

void BodyValidator::applyCall(const FuncType &type) {
  if (!chargeTraffic(type.params.size() + type.results.size()))
    return;
  popAll(type.params);
  pushAll(type.results);
  noteHeight();
}

void BodyValidator::tailCall(const FuncType &type) {
  if (type.results != funcType->results)
    return fail(fmt::format("{} of a function {} in a function {}; expected the same results",
                            opText(), toString(type), toString(*funcType)));
  if (!chargeTraffic(type.params.size()))
    return;
  popAll(type.params);
  markUnreachable();
}

void BodyValidator::call(const Op &op) {
  if (!inRange(op.index, module.funcTypes.size(), "function"))
    return;
  const FuncType &type = module.types[module.funcTypes[op.index]];
  return opcode == Opcode::Call ? applyCall(type) : tailCall(type);
}

/// Before there were several tables, one zero byte stood for the only one.
void BodyValidator::checkTableByte() {
  const uint8_t *end = in.position();
  if (end[-1] != 0 || end[-2] & 0x80)
    checks.require(Feature::ReferenceTypes, "a table index", opOffset);
}

void BodyValidator::callIndirect(const Op &op) {
  checkTableByte();
  if (!inRange(op.index2, module.info.tables.size(), "table") ||
      !inRange(op.index, module.types.size(), "type"))
    return;
  if (module.info.tables[op.index2].element != ValueType::FuncRef)
    return fail(
        fmt::format("{} through table {} of externref; expected funcref", opText(), op.index2));
  pop(ValueType::I32);
  const FuncType &type = module.types[op.index];
  return opcode == Opcode::CallIndirect ? applyCall(type) : tailCall(type);
}

void BodyValidator::controlOp(const Op &op) {
  switch (opcode) {
  case Opcode::Unreachable:
    return markUnreachable();
  case Opcode::Else:
    return elseOp();
  case Opcode::End:
    return endOp();
  case Opcode::Br:
  case Opcode::BrIf:
    return branch(op);
  case Opcode::BrTable:
    return branchTable(op);
  case Opcode::Return:
    if (chargeTraffic(funcType->results.size()))
      checkLabelTypes(funcType->results);
    return markUnreachable();
  case Opcode::ReturnCall:
    foundTailCalls = true;
    [[fallthrough]];
  case Opcode::Call:
    return call(op);
  case Opcode::ReturnCallIndirect:
    foundTailCalls = true;
    [[fallthrough]];
  case Opcode::CallIndirect:
    return callIndirect(op);
  default:
    return beginBlock(op);
  }
}

} // namespace writ::wasm
