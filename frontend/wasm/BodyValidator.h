//===- BodyValidator.h - State of validating one function body ------------===//
//
// Internal to Validator.cpp and ControlOps.cpp.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_FRONTEND_WASM_BODYVALIDATOR_H
#define WRIT_FRONTEND_WASM_BODYVALIDATOR_H

#include "frontend/wasm/ReadState.h"

#include <algorithm>

namespace writ::wasm {

using Types = std::span<const ValueType>;

/// The type of an operand that dead code makes up; matches every type.
inline constexpr ValueType anyType = ValueType(7);

/// Like `frameBytes`; 0 for `anyType`.
constexpr uint32_t operandBytes(ValueType type) {
  constexpr uint64_t table = 0x00'00'08'08'08'04'08'04;
  return uint32_t(table >> (8 * unsigned(type))) & 0xff;
}

/// A block that is open, the body being the outermost.
struct ControlFrame {
  Opcode opcode = Opcode::Block;
  bool isUnreachable = false; ///< From here to the end of the frame, code is dead.
  uint32_t height = 0;        ///< Of the operand stack below the block's parameters.
  uint32_t heightBytes = 0;
  uint32_t liveMaxBytes = 0; ///< If unreachable: the maximum before it was.
  Types params;
  Types results;

  Types labelTypes() const { return opcode == Opcode::Loop ? params : results; }
};

/// Types of the parameters and locals of a function. Memory and time are linear in the body
/// size although four bytes can declare 50,000 locals: only as many are spelled out as the
/// body could name cheaply, the rest are looked up among the declared runs.
class LocalTypes {
public:
  void begin(Types params, size_t bodyBytes);
  void add(LocalRun run);
  uint32_t size() const { return count; }
  /// `index` must be below `size`.
  ValueType operator[](uint32_t index) const {
    return index < flat.size() ? flat[index] : find(index);
  }

private:
  struct Run {
    uint32_t end; ///< The index after its last local.
    ValueType type;
  };
  ValueType find(uint32_t index) const;

  std::vector<ValueType> flat;
  std::vector<Run> runs;
  size_t flatLimit = 0;
  uint32_t count = 0;
};

/// Validates one body after the other, keeping its buffers. Several may be at work on one module.
class BodyValidator {
public:
  explicit BodyValidator(const ReadState &state);
  /// Validates the body of function `func`. Nothing but the failure counts if there is one.
  FuncBody validate(uint32_t func, std::span<const uint8_t> body);

  const Failure &failure() const { return checks.failure; }
  bool hasTailCalls() const { return foundTailCalls; } ///< In any body so far.

private:
  // Body and straight-line ops: Validator.cpp.
  void readLocals(FuncBody &body);
  void validateCode();
  void step();
  void fixedSlow(const OpInfo &info);
  void special(const Op &op);
  void select(const Op &op);
  void localOp(const Op &op);
  void globalOp(const Op &op);
  void tableOp(const Op &op);
  void checkIndices(const Op &op, ImmediateKind kind);
  void checkMemoryOp(const Op &op, unsigned log2Bytes);
  void checkTableCopy(const Op &op);
  void checkTableInit(const Op &op);
  void checkRefFunc(const Op &op);

  // Control: ControlOps.cpp.
  void controlOp(const Op &op);
  void pushFrame(Opcode opcode, BlockSignature signature);
  void markUnreachable();
  void beginBlock(const Op &op);
  void elseOp();
  void endOp();
  void finishFrame();
  void branch(const Op &op);
  void branchTable(const Op &op);
  void checkLabelTypes(Types types);
  void call(const Op &op);
  void callIndirect(const Op &op);
  void checkTableByte();
  void applyCall(const FuncType &type);
  void tailCall(const FuncType &type);
  const ControlFrame *label(uint32_t depth);

  // The operand stack: OperandStack.cpp.
  void push(ValueType type) {
    if (sp == stackEnd) [[unlikely]]
      growStack(1);
    *sp++ = type;
    bytes += operandBytes(type);
  }
  ValueType popAny() {
    if (sp == frameBase) [[unlikely]] {
      failMissing();
      return anyType;
    }
    bytes -= operandBytes(*--sp);
    return *sp;
  }
  void pop(ValueType expected) {
    if (sp == frameBase || sp[-1] != expected) [[unlikely]]
      return popSlow(expected);
    --sp;
    bytes -= operandBytes(expected);
  }
  void pushAll(Types types);
  [[gnu::noinline]] void popSlow(ValueType expected);
  [[gnu::noinline]] void failMissing();
  void popAll(Types types);
  void growStack(size_t more);
  void setFrameBase();
  bool chargeTraffic(uint64_t values);
  void noteHeight() { maxBytes = std::max(maxBytes, bytes); }

  bool inRange(uint32_t index, size_t size, std::string_view what);
  void fail(std::string message, ErrorKind kind = ErrorKind::BadInput);
  std::string_view opText() const;

  const ReadState &state;
  const Module &module;
  Checks checks;
  bool foundTailCalls = false;
  Cursor in;
  const FuncType *funcType = nullptr;
  LocalTypes locals;
  std::vector<ControlFrame> frames;
  uint32_t opOffset = 0;
  Opcode opcode = Opcode::Nop;

  // stackStart .. sp .. stackEnd; the top frame's operands start at frameBase.
  std::vector<ValueType> stack;
  ValueType *stackStart = nullptr;
  ValueType *frameBase = nullptr;
  ValueType *sp = nullptr;
  ValueType *stackEnd = nullptr;
  uint32_t bytes = 0; ///< Sum of frameBytes of the operands.
  uint32_t maxBytes = 0;
  uint64_t traffic = 0;
  uint64_t trafficLimit = 0;
};

} // namespace writ::wasm

#endif
