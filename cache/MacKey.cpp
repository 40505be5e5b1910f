//===- MacKey.cpp - Who may make artifacts that we run --------------------===//
#include "cache/MacKey.h"

#include "cache/ByteSource.h"

#include <cstdlib>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <string_view>
#include <sys/stat.h>

using namespace writ;
using namespace writ::cache;

Result<MacKey> MacKey::fromBytes(std::span<const uint8_t> bytes) {
  if (bytes.size() < minBytes)
    return badInput(
        fmt::format("a key of {} bytes; at least {} are needed", bytes.size(), size_t(minBytes)));
  MacKey key;
  key.bytes.assign(bytes.begin(), bytes.end());
  return key;
}

Result<MacKey> MacKey::fromFile(const std::string &path) {
  constexpr uint64_t most = 4096;
  auto source = openByteSource(path);
  if (!source)
    return source.error();
  struct stat facts;
  if (stat(path.c_str(), &facts) != 0 || (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return badInput(path + ": others than the owner may use this key; chmod 600 it");
  uint64_t size = (*source)->size();
  if (size > most)
    return badInput(fmt::format("{}: {} bytes; a key has at most {}", path, size, most));
  std::vector<uint8_t> bytes(size);
  if (!(*source)->read(0, bytes))
    return badInput(path + ": cannot be read");
  auto key = fromBytes(bytes);
  return key ? key : badInput(path + ": " + key.error().message);
}

static int digitValue(char digit) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (digit >= 'A' && digit <= 'F')
    digit = char(digit - 'A' + 'a');
  size_t found = digits.find(digit);
  return found == std::string_view::npos ? -1 : int(found);
}

static Result<MacKey> fromDigits(std::string_view text) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    int high = digitValue(text[i]), low = digitValue(text[i + 1]);
    if (high < 0 || low < 0)
      return badInput("WRIT_ARTIFACT_KEY: not hexadecimal");
    bytes.push_back(uint8_t(high << 4 | low));
  }
  if (text.size() % 2 != 0)
    return badInput("WRIT_ARTIFACT_KEY: an odd number of digits");
  auto key = MacKey::fromBytes(bytes);
  return key ? key : badInput("WRIT_ARTIFACT_KEY: " + key.error().message);
}

Result<std::optional<MacKey>> MacKey::fromEnvironment() {
  std::optional<Result<MacKey>> found;
  if (const char *digits = std::getenv("WRIT_ARTIFACT_KEY"))
    found = fromDigits(digits);
  else if (const char *path = std::getenv("WRIT_ARTIFACT_KEY_FILE"))
    found = fromFile(path);
  if (!found)
    return std::optional<MacKey>();
  if (!*found)
    return found->error();
  return std::optional(std::move(**found));
}

Digest MacKey::mac(std::span<const uint8_t> message) const {
  Digest digest;
  unsigned size = 0;
  HMAC(EVP_sha256(), bytes.data(), int(bytes.size()), message.data(), message.size(),
       digest.bytes.data(), &size);
  return digest;
}

bool writ::cache::areEqualInConstantTime(const Digest &a, const Digest &b) {
  return CRYPTO_memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
}
