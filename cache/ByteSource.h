//===- ByteSource.h - Where an artifact's bytes come from -----------------===//
#ifndef WRIT_CACHE_BYTESOURCE_H
#define WRIT_CACHE_BYTESOURCE_H

#include "hostabi/Result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace writ::cache {

/// Bytes of a known number that may be changed by others at any time. Thread-safe.
class ByteSource {
public:
  virtual ~ByteSource();
  virtual uint64_t size() const noexcept = 0;
  /// Copies `to.size()` bytes from `offset` on; false if they are not there, or cannot be read.
  /// Async-signal-safe.
  virtual bool read(uint64_t offset, std::span<uint8_t> to) const noexcept = 0;
};

/// The bytes themselves.
std::shared_ptr<const ByteSource> makeByteSource(std::vector<uint8_t> bytes);

/// A file, which stays open. Errors: BadInput if it is not there, not readable or not a file.
Result<std::shared_ptr<const ByteSource>> openByteSource(const std::string &path);

} // namespace writ::cache

#endif
