//===- CodePages.h - Memory that code is copied to ------------------------===//
#ifndef WRIT_JIT_RUNTIME_CODEPAGES_H
#define WRIT_JIT_RUNTIME_CODEPAGES_H

#include "hostabi/Result.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace writ {

/// Pages that hold code: written while they are not executable, and never again.
class CodePages {
public:
  CodePages() = default;
  ~CodePages();
  CodePages(CodePages &&other) noexcept;
  CodePages &operator=(CodePages &&other) noexcept;

  /// Copies `code`, which is not empty, in and makes it executable. Errors are Internal.
  Result<void> load(std::span<const uint8_t> code);

  /// Room for `codeBytes` of code, not 0. `dataBytes` of zeros follow, on pages of their own that
  /// stay writable and not executable. To be called once. Errors are Internal.
  Result<void> allocate(size_t codeBytes, size_t dataBytes = 0);
  /// Of the code, until it is protected.
  uint8_t *writable() { return start; }
  /// From now on the code can be executed, and not written to any more. Errors are Internal.
  Result<void> protect();

  /// Of the code; null if none is loaded.
  const uint8_t *begin() const { return start; }
  size_t bytes() const { return codeBytes; }
  /// On the first page behind the code.
  uint8_t *data() const { return start + dataOffset; }

private:
  uint8_t *start = nullptr;
  size_t codeBytes = 0, dataOffset = 0, mappedBytes = 0;
};

} // namespace writ

#endif
