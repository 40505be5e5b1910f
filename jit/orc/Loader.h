//===- Loader.h - An object file to executable memory ---------------------===//
#ifndef WRIT_JIT_ORC_LOADER_H
#define WRIT_JIT_ORC_LOADER_H

#include "hostabi/Result.h"
#include "jit/runtime/Signals.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"
#include "llvm/Support/MemoryBufferRef.h"

#include <vector>

namespace writ::orc {

/// Code in memory, never writable and executable at once. Freed on destruction.
class LoadedCode {
public:
  LoadedCode() = default;
  ~LoadedCode();
  LoadedCode(LoadedCode &&other) = default;
  LoadedCode &operator=(LoadedCode &&) = delete;

  const void *begin = nullptr; ///< Of the instructions.
  size_t bytes = 0;
  llvm::StringMap<void *> symbols; ///< Functions by name.
  std::vector<FaultSite> faults;   ///< Sorted by `pc`.

private:
  friend class LinkContext;
  llvm::jitlink::JITLinkMemoryManager::FinalizedAlloc memory;
};

/// An object, linked to run at whatever address.
struct LinkedImage {
  std::vector<uint8_t> bytes;
  llvm::StringMap<uint32_t> symbols; ///< Functions by name: where in `bytes`.
  std::vector<FaultSite> faults;     ///< Sorted by `pc`, from the start of `bytes`.
};

/// Links `object` (an x86-64 ELF object) to one piece without relocations that is left to do.
/// Errors are Internal, also if it refers to anything outside.
Result<LinkedImage> linkImage(llvm::MemoryBufferRef object);

/// Links `object` (an x86-64 ELF object) into this process. Errors are Internal.
Result<LoadedCode> loadObject(llvm::MemoryBufferRef object);

} // namespace writ::orc

#endif
