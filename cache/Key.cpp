//===- Key.cpp - What an artifact is kept under ---------------------------===//
#include "cache/Key.h"

using namespace writ::cache;

Digest Key::id() const {
  std::string_view codeBytes(reinterpret_cast<const char *>(code.bytes.data()), code.bytes.size());
  const std::string_view parts[] = {codeBytes, compiler, tier, target, options};
  return digestOfParts(parts);
}
