//===- Module.h - A decoded WebAssembly module ----------------------------===//
#ifndef WRIT_FRONTEND_WASM_MODULE_H
#define WRIT_FRONTEND_WASM_MODULE_H

#include "hostabi/ModuleInfo.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace writ::wasm {

/// A run of locals of one type, as the code section declares them.
struct LocalRun {
  uint32_t count;
  ValueType type;
};

/// A function body. `code` starts after the local declarations and includes the
/// final `end`; `offset` is the byte offset of `code[0]` in the module.
struct FuncBody {
  std::vector<LocalRun> locals;
  std::span<const uint8_t> code;
  uint32_t offset = 0;
  /// Found by the validator: bytes of operand stack at its highest, as the metered frame
  /// counts them (DESIGN §5).
  uint32_t maxOperandBytes = 0;
};

/// A section as it stands in the file, for `writ inspect`.
struct SectionInfo {
  uint8_t id;
  std::string name; ///< Custom sections only.
  uint32_t offset;  ///< Of the contents.
  uint32_t size;
};

/// A module that has been read and validated. `bodies` points into the bytes it was
/// read from, which must outlive it.
struct Module {
  ModuleInfo info;
  std::vector<FuncType> types;     ///< The type section; block types refer to it.
  std::vector<uint32_t> funcTypes; ///< Type index of each function, imports first.
  std::vector<FuncBody> bodies;    ///< Of the functions that are not imports.
  std::vector<SectionInfo> sections;
  std::span<const uint8_t> bytes;
  uint32_t importedFuncs = 0;
  uint32_t importedGlobals = 0;
  bool hasTailCalls = false; ///< Some body has one, if only in dead code.
};

} // namespace writ::wasm

#endif
