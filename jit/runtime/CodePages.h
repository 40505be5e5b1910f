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
  CodePages(const CodePages &) = delete;
  CodePages &operator=(const CodePages &) = delete;

  /// Copies `code`, which is not empty, in and makes it executable. `dataBytes` of zeros follow,
  /// on pages of their own that stay writable and not executable. Errors are Internal.
  Result<void> load(std::span<const uint8_t> code, size_t dataBytes = 0);

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
