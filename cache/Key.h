//===- Key.h - What an artifact is kept under -----------------------------===//
#ifndef WRIT_CACHE_KEY_H
#define WRIT_CACHE_KEY_H

#include "cache/Digest.h"

#include <string>

namespace writ::cache {

/// Everything that shapes an artifact. Two keys are equal exactly if the same bytes must come out.
/// A schedule is no part of it where prices are no part of the code.
struct Key {
  Digest code; ///< Of the contract's bytes.
  std::string
      compiler;        ///< Name and version of what compiles, and of its formats: "writ 0.1 abi 3".
  std::string tier;    ///< "singlepass", "llvm", "wasm".
  std::string target;  ///< Processor and its features: "x86-64-v3"; "wasm32".
  std::string options; ///< All that are not at their defaults, sorted: "metering=each-alone".

  bool operator==(const Key &) const = default;

  /// What the database knows the key by.
  Digest id() const;
};

} // namespace writ::cache

#endif
