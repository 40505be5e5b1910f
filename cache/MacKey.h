//===- MacKey.h - Who may make artifacts that we run ----------------------===//
#ifndef WRIT_CACHE_MACKEY_H
#define WRIT_CACHE_MACKEY_H

#include "cache/Digest.h"
#include "hostabi/Result.h"

#include <span>
#include <string>
#include <vector>

namespace writ::cache {

/// A secret that makers of artifacts and those who run them share.
class MacKey {
public:
  /// Fewer bytes than these do not make a secret.
  static constexpr size_t minBytes = 16;

  /// Errors: BadInput if there are too few.
  static Result<MacKey> fromBytes(std::span<const uint8_t> bytes);
  /// All bytes of a file, which nobody but its owner may be able to read. Errors: BadInput.
  static Result<MacKey> fromFile(const std::string &path);
  /// That of `WRIT_ARTIFACT_KEY` (an even number of hexadecimal digits) or the file that
  /// `WRIT_ARTIFACT_KEY_FILE` names; none if neither is set. Errors: BadInput.
  static Result<std::optional<MacKey>> fromEnvironment();

  /// HMAC-SHA256 (RFC 2104) of `message`.
  Digest mac(std::span<const uint8_t> message) const;

private:
  std::vector<uint8_t> bytes;
};

/// Takes the same time whatever they are.
bool areEqualInConstantTime(const Digest &a, const Digest &b);

} // namespace writ::cache

#endif
