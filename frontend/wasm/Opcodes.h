//===- Opcodes.h - The opcode table and look-ups in it --------------------===//
#ifndef WRIT_FRONTEND_WASM_OPCODES_H
#define WRIT_FRONTEND_WASM_OPCODES_H

#include "frontend/wasm/Policy.h"
#include "hostabi/CostClasses.h"
#include "hostabi/ModuleInfo.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace writ::wasm {

/// Dense, in the order of Opcodes.def.
enum class Opcode : uint8_t {
#define WRIT_OPCODE(Encoding, Name, Text, Immediate, Signature, Cost, NeededFeature) Name,
#include "frontend/wasm/Opcodes.def"
};

inline constexpr size_t numOpcodes = 0
#define WRIT_OPCODE(Encoding, Name, Text, Immediate, Signature, Cost, NeededFeature) +1
#include "frontend/wasm/Opcodes.def"
    ;

/// What follows an opcode in the code. Indices are LEB128 u32; "reserved" is one zero byte.
enum class ImmediateKind : uint8_t {
  None,
  BlockType,  ///< 0x40, a value type, or a type index (s33).
  Label,      ///< Relative depth.
  LabelTable, ///< Count, that many labels, default label.
  Func,
  TypeAndTable,
  Local,
  Global,
  Table,
  ResultTypes, ///< Count, that many value types.
  MemArg,      ///< log2 of the alignment, offset.
  Memory,      ///< Reserved.
  MemoryPair,  ///< Reserved, reserved: destination, source.
  I32,         ///< s32.
  I64,         ///< s64.
  F32,         ///< 4 bytes.
  F64,         ///< 8 bytes.
  RefType,
  DataAndMemory, ///< Data segment, reserved.
  Data,
  ElemAndTable,
  Elem,
  TablePair, ///< Destination, source.
};

/// The operand types of an op whose types its opcode fixes. Not for `isSpecial`.
struct OpSignature {
  bool isSpecial = false;
  uint8_t numParams = 0;
  uint8_t numResults = 0; ///< 0 or 1.
  ValueType params[3] = {};
  ValueType result = ValueType::I32;
};

/// One row of Opcodes.def.
struct OpInfo {
  std::string_view text;
  uint16_t encoding = 0;
  Opcode opcode = Opcode::Unreachable;
  ImmediateKind immediate = ImmediateKind::None;
  CostClass cost = CostClass::Nop;
  Feature feature = Feature::Mvp;
  uint8_t memoryBytes = 0; ///< Loads and stores: bytes accessed. Else 0.
  OpSignature signature;
};

extern const std::array<OpInfo, numOpcodes> opTable;

inline const OpInfo &opInfo(Opcode opcode) { return opTable[size_t(opcode)]; }

/// No opcode: in the look-up tables below.
inline constexpr uint8_t noOpcode = 0xff;

/// Opcode of each first byte, `noOpcode` for unknown bytes and prefixes.
extern const std::array<uint8_t, 256> opcodeOfByte;

/// The prefix of two-part opcodes, and the opcode of each number after it.
inline constexpr uint8_t miscPrefix = 0xfc;
inline constexpr size_t numMiscOpcodes = 18;
extern const std::array<uint8_t, numMiscOpcodes> opcodeAfterMiscPrefix;

} // namespace writ::wasm

#endif
