//===- Signatures.h - One number for each function type -------------------===//
#ifndef WRIT_JIT_RUNTIME_SIGNATURES_H
#define WRIT_JIT_RUNTIME_SIGNATURES_H

#include "hostabi/ModuleInfo.h"

#include <cstdint>

namespace writ {

/// The number of `type` in this process: equal exactly if the types are. Thread-safe;
/// numbers are given out once and kept for ever, so they MUST NOT reach an artifact.
uint32_t internSignature(const FuncType &type);

/// The type of a number from `internSignature`. Lives for ever; thread-safe.
const FuncType &signatureType(uint32_t signature);

/// Words of room that an array call of this type needs: the larger of both counts.
inline size_t arrayCallWords(const FuncType &type) {
  return type.params.size() > type.results.size() ? type.params.size() : type.results.size();
}

} // namespace writ

#endif
