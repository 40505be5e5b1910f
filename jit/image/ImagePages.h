//===- ImagePages.h - Memory that an image is run from --------------------===//
#ifndef WRIT_JIT_IMAGE_IMAGEPAGES_H
#define WRIT_JIT_IMAGE_IMAGEPAGES_H

#include "hostabi/Result.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace writ {

/// Address space for code, constants behind it and words behind these, each part on pages of its
/// own. No page is ever writable and executable, and none that was executable is writable again.
class ImagePages {
public:
  struct Sizes {
    size_t code = 0, constants = 0, words = 0; ///< Bytes, bytes, 64-bit words.
  };

  ImagePages() = default;
  ~ImagePages();
  ImagePages(ImagePages &&other) noexcept;
  ImagePages &operator=(ImagePages &&other) noexcept;

  /// Copies code and constants in; words are zeros, and stay writable. Errors are Internal.
  static Result<ImagePages> load(std::span<const uint8_t> code, std::span<const uint8_t> constants,
                                 size_t words);
  /// Nothing is there yet: zeros that can be written to, and not executed. Errors are Internal.
  static Result<ImagePages> reserve(Sizes sizes);

  /// Ends the writing to pages, for good: they can be read now, and executed if they are code.
  /// False if the machine does not. Async-signal-safe.
  bool seal(size_t offset, size_t bytes) const noexcept;

  /// Gives back the memory of whole pages that are not needed any more. Async-signal-safe.
  static void forget(uint8_t *from, size_t bytes) noexcept;

  uint8_t *at(size_t offset) const { return start + offset; }
  size_t codeBytes() const { return sizes.code; }
  size_t constantsOffset() const;
  size_t constantBytes() const { return sizes.constants; }
  void **words() const;

private:
  static Result<ImagePages> map(Sizes sizes, int flags);
  size_t wordsOffset() const;

  uint8_t *start = nullptr;
  size_t mappedBytes = 0;
  Sizes sizes;
};

} // namespace writ

#endif
