//===- ImagePages.cpp - Memory that an image is run from ------------------===//
#include "jit/image/ImagePages.h"

#include "jit/image/NativeImage.h"

#include <cstring>
#include <sys/mman.h>
#include <utility>

using namespace writ;

ImagePages::~ImagePages() {
  if (start)
    munmap(start, mappedBytes);
}

ImagePages::ImagePages(ImagePages &&other) noexcept { *this = std::move(other); }

ImagePages &ImagePages::operator=(ImagePages &&other) noexcept {
  std::swap(start, other.start);
  std::swap(mappedBytes, other.mappedBytes);
  std::swap(sizes, other.sizes);
  return *this;
}

size_t ImagePages::constantsOffset() const { return NativeImage::pagesFor(sizes.code); }

size_t ImagePages::wordsOffset() const {
  return constantsOffset() + NativeImage::pagesFor(sizes.constants);
}

void **ImagePages::words() const { return reinterpret_cast<void **>(start + wordsOffset()); }

Result<ImagePages> ImagePages::map(Sizes sizes, int flags) {
  ImagePages made;
  made.sizes = sizes;
  size_t bytes = made.wordsOffset() + NativeImage::pagesFor(8 * sizes.words);
  if (bytes == 0)
    return made;
  void *pages =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  if (pages == MAP_FAILED)
    return internalError("no memory for code");
  made.start = static_cast<uint8_t *>(pages);
  made.mappedBytes = bytes;
  return made;
}

Result<ImagePages> ImagePages::reserve(Sizes sizes) { return map(sizes, MAP_NORESERVE); }

Result<ImagePages> ImagePages::load(std::span<const uint8_t> code,
                                    std::span<const uint8_t> constants, size_t words) {
  // All of it is going to be written: faults for one page at a time would take longer than that.
  auto made = map({code.size(), constants.size(), words}, MAP_POPULATE);
  if (!made)
    return made;
  size_t offset = made->constantsOffset();
  if (!code.empty())
    std::memcpy(made->at(0), code.data(), code.size());
  if (!constants.empty())
    std::memcpy(made->at(offset), constants.data(), constants.size());
  if (!made->seal(0, code.size()) || !made->seal(offset, constants.size()))
    return internalError("code cannot be made executable");
  return made;
}

bool ImagePages::seal(size_t offset, size_t bytes) const noexcept {
  int protection = offset < constantsOffset() ? PROT_READ | PROT_EXEC : PROT_READ;
  return bytes == 0 || mprotect(start + offset, bytes, protection) == 0;
}

void ImagePages::forget(uint8_t *from, size_t bytes) noexcept {
  if (bytes != 0)
    madvise(from, NativeImage::pagesFor(bytes), MADV_DONTNEED);
}
