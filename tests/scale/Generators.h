//===- Generators.h - Modules of any size, made to find bad growth --------===//
#ifndef WRIT_TESTS_SCALE_GENERATORS_H
#define WRIT_TESTS_SCALE_GENERATORS_H

#include "tests/support/Encoder.h"

#include <span>
#include <string_view>

namespace writ::test {

/// A family of valid modules whose size in bytes is about proportional to `n`.
struct ScaleGenerator {
  std::string_view name;
  std::string_view what;
  Bytes (*make)(uint32_t n);
  uint32_t n; ///< To start with: some tens of thousands of ops at 8 n.
};

std::span<const ScaleGenerator> scaleGenerators();

} // namespace writ::test

#endif
