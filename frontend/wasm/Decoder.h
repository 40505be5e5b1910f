//===- Decoder.h - One op at a time off a function body -------------------===//
//
// The validator and the importer walk code with this, so there is one place that
// knows how immediates are encoded. What an importer can rely on after validation:
//
// * `decodeOp` cannot fail, and every index is in range.
// * Operand types are not given: a walker keeps its own stack of typed values, which
//   gives the types of `drop`, `select` (no type) and `local.tee`.
// * Code after an unconditional branch (br, br_table, return, unreachable, a tail
//   call) and before the matching `else` or `end` is dead and is typed
//   polymorphically; a walker skips it, counting nested blocks.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_FRONTEND_WASM_DECODER_H
#define WRIT_FRONTEND_WASM_DECODER_H

#include "frontend/wasm/Cursor.h"
#include "frontend/wasm/Module.h"
#include "frontend/wasm/Opcodes.h"

#include <array>
#include <optional>
#include <span>

namespace writ::wasm {

/// `Op::index` of a block whose type is not an index: no results, or the one result
/// `Op::type`. No parameters either way.
inline constexpr uint32_t blockTypeEmpty = ~0u;
inline constexpr uint32_t blockTypeValue = ~0u - 1;

/// One op with its immediates.
struct Op {
  Opcode opcode = Opcode::Unreachable;
  /// RefType, ResultTypes (of `select`), a BlockType that is a value type.
  ValueType type = ValueType::I32;
  uint32_t offset = 0; ///< Of the opcode, in the module.
  /// The index of what the immediate's name says first: label depth, function, type,
  /// local, global, table, segment. MemArg: log2 of the alignment. LabelTable: how many
  /// labels without the default. BlockType: a type index, or one of the two above.
  uint32_t index = 0;
  uint32_t index2 = 0;             ///< The second index: a table.
  uint64_t bits = 0;               ///< Constants, zero-extended; MemArg: the offset.
  const uint8_t *labels = nullptr; ///< LabelTable: where they stand, for LabelReader.
  const uint8_t *labelsEnd = nullptr;
};

/// Which opcodes exist under some features; the others decode as unknown.
struct OpcodeMap {
  std::array<uint8_t, 256> byByte;
  std::array<uint8_t, numMiscOpcodes> afterMiscPrefix;

  explicit OpcodeMap(FeatureSet features);
  /// Every opcode we know: for code that is validated.
  static const OpcodeMap &all();
};

/// 0x7f and so on; nullopt for bytes that are no value type.
constexpr std::optional<ValueType> valueTypeOfByte(uint8_t byte) {
  switch (byte) {
  case 0x7f:
    return ValueType::I32;
  case 0x7e:
    return ValueType::I64;
  case 0x7d:
    return ValueType::F32;
  case 0x7c:
    return ValueType::F64;
  case 0x70:
    return ValueType::FuncRef;
  case 0x6f:
    return ValueType::ExternRef;
  }
  return std::nullopt;
}
constexpr bool isReference(ValueType type) { return type >= ValueType::FuncRef; }

/// Reads one value type, or reports what stands there instead.
ValueType readValueType(Cursor &in);
ValueType readRefType(Cursor &in);

/// Parts of `decodeOp` that are rare or fail.
[[gnu::noinline]] Opcode readMiscOpcode(Cursor &in, const OpcodeMap &map);
[[gnu::cold, gnu::noinline]] void reportUnknownOpcode(Cursor &in, uint32_t offset);
[[gnu::noinline]] void readLongBlockType(Cursor &in, Op &op);
[[gnu::noinline]] void readResultTypes(Cursor &in, Op &op);
[[gnu::noinline]] void readLabelTable(Cursor &in, Op &op);
void readReserved(Cursor &in);

inline void readBlockType(Cursor &in, Op &op) {
  op.index = blockTypeEmpty;
  if (!in.atEnd() && *in.position() == 0x40)
    in.readByte();
  else
    readLongBlockType(in, op);
}

/// Reads the immediates of `op` (its opcode is known) into it. Inlined, so that `op` can stay
/// in registers.
[[gnu::always_inline]] inline void readImmediates(Cursor &in, ImmediateKind kind, Op &op) {
  switch (kind) {
  case ImmediateKind::None:
    return;
  case ImmediateKind::Label:
  case ImmediateKind::Func:
  case ImmediateKind::Local:
  case ImmediateKind::Global:
  case ImmediateKind::Table:
  case ImmediateKind::Data:
  case ImmediateKind::Elem:
    op.index = in.readU32();
    return;
  case ImmediateKind::MemArg:
    op.index = in.readU32();
    op.bits = in.readU32();
    return;
  case ImmediateKind::I32:
    op.bits = uint32_t(in.readS32());
    return;
  case ImmediateKind::I64:
    op.bits = uint64_t(in.readS64());
    return;
  case ImmediateKind::F32:
    op.bits = in.readFixed(4);
    return;
  case ImmediateKind::F64:
    op.bits = in.readFixed(8);
    return;
  case ImmediateKind::BlockType:
    return readBlockType(in, op);
  case ImmediateKind::LabelTable:
    return readLabelTable(in, op);
  case ImmediateKind::TypeAndTable:
  case ImmediateKind::TablePair:
  case ImmediateKind::ElemAndTable:
    op.index = in.readU32();
    op.index2 = in.readU32();
    return;
  case ImmediateKind::ResultTypes:
    return readResultTypes(in, op);
  case ImmediateKind::RefType:
    op.type = readRefType(in);
    return;
  case ImmediateKind::MemoryPair:
    readReserved(in);
    return readReserved(in);
  case ImmediateKind::Memory:
    return readReserved(in);
  case ImmediateKind::DataAndMemory:
    op.index = in.readU32();
    return readReserved(in);
  }
}

/// A cursor at the start of `body`'s code. `failure` stays empty for validated code.
Cursor codeCursor(const Module &module, const FuncBody &body, Failure &failure);

/// Reads the opcode at `in`. On failure (`in.failed()`) it is some opcode.
inline Opcode decodeOpcode(Cursor &in, const OpcodeMap &map) {
  uint32_t offset = in.offset();
  uint8_t byte = in.readByte();
  uint8_t opcode = map.byByte[byte];
  if (opcode != noOpcode) [[likely]]
    return Opcode(opcode);
  if (byte == miscPrefix)
    return readMiscOpcode(in, map);
  reportUnknownOpcode(in, offset);
  return Opcode::Nop;
}

/// Reads the op at `in`. On failure `op` is some op.
inline void decodeOp(Cursor &in, const OpcodeMap &map, Op &op) {
  op.offset = in.offset();
  op.opcode = decodeOpcode(in, map);
  readImmediates(in, opInfo(op.opcode).immediate, op);
}

/// The labels of a br_table, one at a time: `op.index` of them, then the default.
class LabelReader {
public:
  /// `in` is any cursor of the module that `op` was read from.
  LabelReader(const Cursor &in, const Op &op)
      : in(in.between(op.labels, op.labelsEnd)), left(uint64_t(op.index) + 1) {}
  bool atEnd() const { return left == 0; }
  uint32_t next() {
    --left;
    return in.readU32();
  }

private:
  Cursor in;
  uint64_t left;
};

/// The types that a block takes from and leaves on the stack.
struct BlockSignature {
  std::span<const ValueType> params;
  std::span<const ValueType> results;
};
/// For block, loop and if. A type index must be in range.
BlockSignature blockSignature(const std::vector<FuncType> &types, const Op &op);

} // namespace writ::wasm

#endif
