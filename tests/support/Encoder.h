//===- Encoder.h - Write WebAssembly modules from plain data --------------===//
//
// What the generators of tests/differential and tests/scale make their modules
// with: a `ModuleInfo` and code bytes in, a binary module out.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_TESTS_SUPPORT_ENCODER_H
#define WRIT_TESTS_SUPPORT_ENCODER_H

#include "frontend/wasm/Opcodes.h"
#include "hostabi/ModuleInfo.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace writ::test {

using Bytes = std::vector<uint8_t>;

void putU32(Bytes &out, uint32_t value);                   ///< LEB128, unsigned.
void putSigned(Bytes &out, int64_t value);                 ///< LEB128, signed.
void putFixed(Bytes &out, uint64_t value, unsigned bytes); ///< Little endian.
void putName(Bytes &out, std::string_view name);
uint8_t encodeType(ValueType type);

/// Appends code, op by op.
class Code {
public:
  Bytes bytes;

  Code &op(wasm::Opcode opcode);
  /// With one or two u32 immediates: an index, or alignment and offset, …
  Code &op(wasm::Opcode opcode, uint32_t immediate);
  Code &op(wasm::Opcode opcode, uint32_t first, uint32_t second);
  Code &i32(int32_t value);
  Code &i64(int64_t value);
  Code &f32(uint32_t bits);
  Code &f64(uint64_t bits);
  /// block, loop or if: without a type, with one result, or with a type index.
  Code &begin(wasm::Opcode opcode);
  Code &begin(wasm::Opcode opcode, ValueType result);
  Code &beginTyped(wasm::Opcode opcode, uint32_t typeIndex);
  Code &refNull(ValueType type);
  Code &selectTyped(ValueType type);
  /// The last of `labels` is the default one.
  Code &brTable(std::span<const uint32_t> labels);
  Code &end() { return op(wasm::Opcode::End); }
};

struct Body {
  std::vector<ValueType> locals; ///< Beyond the parameters.
  Bytes code;                    ///< With the final `end`.
};

/// A module to be written. `bodies` are those of the functions that are not imports.
class ModuleWriter {
public:
  ModuleInfo info;
  std::vector<Body> bodies;

  /// The index of `type` in the type section.
  uint32_t typeIndex(const FuncType &type);

  Bytes encode();

private:
  std::vector<FuncType> types;
};

} // namespace writ::test

#endif
