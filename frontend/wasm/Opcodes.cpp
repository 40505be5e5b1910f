//===- Opcodes.cpp - The opcode table, made from Opcodes.def --------------===//
#include "frontend/wasm/Opcodes.h"

namespace writ::wasm {

static constexpr ValueType parseType(std::string_view text) {
  if (text == "i32")
    return ValueType::I32;
  if (text == "i64")
    return ValueType::I64;
  if (text == "f32")
    return ValueType::F32;
  if (text == "f64")
    return ValueType::F64;
  return ValueType::FuncRef;
}

/// Parses "i32 i32 -> i32" when the table is made, at compile time.
static constexpr OpSignature parseSignature(std::string_view text) {
  OpSignature signature;
  if (text == "special") {
    signature.isSpecial = true;
    return signature;
  }
  bool inResults = false;
  while (!text.empty()) {
    size_t length = text.find(' ') == text.npos ? text.size() : text.find(' ');
    std::string_view word = text.substr(0, length);
    text.remove_prefix(length == text.size() ? length : length + 1);
    if (word == "->") {
      inResults = true;
    } else if (inResults) {
      signature.numResults = 1;
      signature.result = parseType(word);
    } else {
      signature.params[signature.numParams++] = parseType(word);
    }
  }
  return signature;
}

constexpr std::array<OpInfo, numOpcodes> opTable = {{
#define WRIT_OPCODE(Encoding, Name, Text, Immediate, Signature, Cost, NeededFeature)               \
  {Text,                                                                                           \
   Encoding,                                                                                       \
   Opcode::Name,                                                                                   \
   ImmediateKind::Immediate,                                                                       \
   CostClass::Cost,                                                                                \
   Feature::NeededFeature,                                                                         \
   0,                                                                                              \
   parseSignature(Signature)},
#define WRIT_MEMORY_OP(Encoding, Name, Text, Bytes, Signature, Cost)                               \
  {Text,                                                                                           \
   Encoding,                                                                                       \
   Opcode::Name,                                                                                   \
   ImmediateKind::MemArg,                                                                          \
   CostClass::Cost,                                                                                \
   Feature::Mvp,                                                                                   \
   Bytes,                                                                                          \
   parseSignature(Signature)},
#include "frontend/wasm/Opcodes.def"
}};

template <size_t size>
static constexpr std::array<uint8_t, size> indexFrom(unsigned firstEncoding) {
  std::array<uint8_t, size> index{};
  index.fill(noOpcode);
  for (const OpInfo &info : opTable)
    if (info.encoding >= firstEncoding && info.encoding - firstEncoding < size)
      index[info.encoding - firstEncoding] = uint8_t(info.opcode);
  return index;
}

constexpr std::array<uint8_t, 256> opcodeOfByte = indexFrom<256>(0);
constexpr std::array<uint8_t, numMiscOpcodes> opcodeAfterMiscPrefix =
    indexFrom<numMiscOpcodes>(miscPrefix << 8);

} // namespace writ::wasm
