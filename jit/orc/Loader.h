//===- Loader.h - An object file to code without relocations --------------===//
#ifndef WRIT_JIT_ORC_LOADER_H
#define WRIT_JIT_ORC_LOADER_H

#include "hostabi/Result.h"
#include "jit/runtime/Signals.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBufferRef.h"

#include <vector>

namespace writ::orc {

/// An object, linked to run at whatever address: code and, from the first page behind it on,
/// constants.
struct LinkedImage {
  struct Function {
    uint32_t begin, bytes; ///< In `code`.
  };

  std::vector<uint8_t> code, constants;
  llvm::StringMap<Function> functions; ///< By name.
  std::vector<FaultSite> faults;       ///< Sorted by `pc`.
};

/// Links `object` (an x86-64 ELF object) so that no relocation is left to do. Errors are Internal,
/// also if it refers to anything outside, or has data that can be written.
Result<LinkedImage> linkImage(llvm::MemoryBufferRef object);

} // namespace writ::orc

#endif
