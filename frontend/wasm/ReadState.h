//===- ReadState.h - What reader and validator share of a module ----------===//
//
// Internal to this folder; users include Wasm.h.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_FRONTEND_WASM_READSTATE_H
#define WRIT_FRONTEND_WASM_READSTATE_H

#include "frontend/wasm/Cursor.h"
#include "frontend/wasm/Decoder.h"
#include "frontend/wasm/Module.h"
#include "frontend/wasm/Policy.h"

#include <optional>
#include <vector>

namespace writ::wasm {

/// The rules that a module has to obey, and what was found wrong first.
struct Checks {
  explicit Checks(const Policy &policy) : policy(policy) {}

  const Policy &policy;
  Failure failure;

  bool allows(Feature feature) const { return policy.features.has(feature); }

  /// Reports at `offset` that the policy switches off what `what` needs.
  bool require(Feature feature, std::string_view what, uint32_t offset);
  /// Reports at `offset` if `value` exceeds `limit`. False then.
  bool within(uint32_t Limits::*limit, uint64_t value, uint32_t offset);
  /// Reads a count of things of at least `minBytes` bytes each, of which there are
  /// `before` already. 0 if they cannot all be there, or are too many.
  uint32_t readCount(Cursor &in, uint32_t Limits::*limit, unsigned minBytes, uint64_t before = 0);
  /// Reads an index into `size` things called `what`. 0 if it is out of range.
  uint32_t readIndex(Cursor &in, size_t size, std::string_view what);
  /// Reads a UTF-8 name.
  std::string readName(Cursor &in);
};

/// A module half read.
struct ReadState : Checks {
  ReadState(std::span<const uint8_t> bytes, const Policy &policy);

  Module module;
  OpcodeMap opcodes; ///< Those that the policy allows.
  /// The function in whose body `failure` lies.
  std::optional<uint32_t> failedFunc;

  std::optional<uint32_t> dataCount;
  std::vector<bool> declaredFuncs;              ///< Those that `ref.func` in code may name.
  std::vector<std::span<const uint8_t>> bodies; ///< With the local declarations.
  std::optional<std::span<const uint8_t>> nameSection;
  uint64_t signatureValues = 0;
  uint64_t moduleParams = 0; ///< Imports excepted.
  uint64_t elemItems = 0;
};

/// One function for each section; each reads `in` from its start. They stop early
/// after a failure and may then leave nonsense in the module.
void readTypeSection(ReadState &state, Cursor &in);
void readImportSection(ReadState &state, Cursor &in);
void readFunctionSection(ReadState &state, Cursor &in);
void readTableSection(ReadState &state, Cursor &in);
void readMemorySection(ReadState &state, Cursor &in);
void readGlobalSection(ReadState &state, Cursor &in);
void readExportSection(ReadState &state, Cursor &in);
void readStartSection(ReadState &state, Cursor &in);
void readElementSection(ReadState &state, Cursor &in);
void readDataCountSection(ReadState &state, Cursor &in);
void readCodeSection(ReadState &state, Cursor &in);
void readDataSection(ReadState &state, Cursor &in);

/// Reads a constant expression of type `type`.
ConstExpr readConstExpr(ReadState &state, Cursor &in, ValueType type);

/// Gives the module's functions their names. Bad names are ignored.
void readNameSection(Module &module, std::span<const uint8_t> contents);

} // namespace writ::wasm

#endif
