//===- Decoder.cpp - The rarer immediates and the opcode maps -------------===//
#include "frontend/wasm/Decoder.h"

#include <fmt/format.h>

namespace writ::wasm {

OpcodeMap::OpcodeMap(FeatureSet features)
    : byByte(opcodeOfByte), afterMiscPrefix(opcodeAfterMiscPrefix) {
  auto forbid = [&](uint8_t &opcode) {
    if (opcode != noOpcode && !features.has(opInfo(Opcode(opcode)).feature))
      opcode = noOpcode;
  };
  for (uint8_t &opcode : byByte)
    forbid(opcode);
  for (uint8_t &opcode : afterMiscPrefix)
    forbid(opcode);
}

static FeatureSet allFeatures() {
  FeatureSet features;
#define WRIT_FEATURE(Name, Mnemonic, Default, Near) features.set(Feature::Name);
#include "frontend/wasm/Policy.def"
  return features;
}

const OpcodeMap &OpcodeMap::all() {
  static const OpcodeMap map(allFeatures());
  return map;
}

Cursor codeCursor(const Module &module, const FuncBody &body, Failure &failure) {
  const uint8_t *start = body.code.data();
  return Cursor(module.bytes, failure).between(start, start + body.code.size());
}

static void reportForbidden(Cursor &in, uint32_t offset, uint8_t opcode) {
  const OpInfo &info = opInfo(Opcode(opcode));
  in.failAt(offset, fmt::format("{} needs the feature {}, which is switched off", info.text,
                                featureName(info.feature)));
}

void reportUnknownOpcode(Cursor &in, uint32_t offset) {
  if (in.failed()) // There was no byte at all.
    return;
  uint8_t byte = in.position()[-1];
  if (opcodeOfByte[byte] != noOpcode)
    return reportForbidden(in, offset, opcodeOfByte[byte]);
  std::string_view why = byte == 0xfd ? " (SIMD is not supported)" : "";
  in.failAt(offset, fmt::format("unknown opcode 0x{:02x}{}", byte, why));
}

Opcode readMiscOpcode(Cursor &in, const OpcodeMap &map) {
  uint32_t offset = in.offset() - 1;
  uint32_t number = in.readU32();
  if (in.failed())
    return Opcode::Nop;
  if (number < numMiscOpcodes && map.afterMiscPrefix[number] != noOpcode)
    return Opcode(map.afterMiscPrefix[number]);
  if (number < numMiscOpcodes)
    reportForbidden(in, offset, opcodeAfterMiscPrefix[number]);
  else
    in.failAt(offset, fmt::format("unknown opcode 0xfc {}", number));
  return Opcode::Nop;
}

ValueType readValueType(Cursor &in) {
  uint32_t offset = in.offset();
  uint8_t byte = in.readByte();
  if (std::optional<ValueType> type = valueTypeOfByte(byte))
    return *type;
  std::string_view why = byte == 0x7b ? " (SIMD is not supported)" : "";
  in.failAt(offset, fmt::format("0x{:02x} is no value type{}", byte, why));
  return ValueType::I32;
}

ValueType readRefType(Cursor &in) {
  uint32_t offset = in.offset();
  uint8_t byte = in.readByte();
  std::optional<ValueType> type = valueTypeOfByte(byte);
  if (type && isReference(*type))
    return *type;
  in.failAt(offset, fmt::format("0x{:02x} is no reference type", byte));
  return ValueType::FuncRef;
}

void readLongBlockType(Cursor &in, Op &op) {
  uint32_t offset = in.offset();
  // A value type is one byte; seen as a LEB128 number, a negative one.
  if (!in.atEnd() && (*in.position() & 0xc0) == 0x40) {
    op.type = readValueType(in);
    op.index = blockTypeValue;
    return;
  }
  int64_t index = in.readS33();
  if (index < 0 || index >= blockTypeValue) {
    in.failAt(offset, fmt::format("{} is no block type", index));
    index = 0;
  }
  op.index = uint32_t(index);
}

void readResultTypes(Cursor &in, Op &op) {
  uint32_t offset = in.offset();
  uint32_t count = in.readU32();
  if (count != 1)
    in.failAt(offset, fmt::format("select names {} result types; expected 1", count));
  op.type = readValueType(in);
}

void readLabelTable(Cursor &in, Op &op) {
  uint32_t offset = in.offset();
  op.index = in.readU32();
  op.labels = in.position();
  if (op.index >= in.remaining()) {
    in.failAt(offset, fmt::format("unexpected end: {} labels and a default in {} bytes", op.index,
                                  in.remaining()));
    op.index = 0;
  }
  for (uint64_t left = uint64_t(op.index) + 1; left > 0 && !in.failed(); --left)
    in.readU32();
  op.labelsEnd = in.position();
}

void readReserved(Cursor &in) {
  uint32_t offset = in.offset();
  uint8_t byte = in.readByte();
  if (byte != 0)
    in.failAt(offset, fmt::format("zero byte expected, not 0x{:02x}", byte));
}

BlockSignature blockSignature(const std::vector<FuncType> &types, const Op &op) {
  static constexpr ValueType single[] = {ValueType::I32, ValueType::I64,     ValueType::F32,
                                         ValueType::F64, ValueType::FuncRef, ValueType::ExternRef};
  if (op.index == blockTypeEmpty)
    return {};
  if (op.index == blockTypeValue)
    return {{}, {&single[size_t(op.type)], 1}};
  const FuncType &type = types[op.index];
  return {type.params, type.results};
}

} // namespace writ::wasm
