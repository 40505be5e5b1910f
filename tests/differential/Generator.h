//===- Generator.h - Valid random modules from a string of bytes ----------===//
//
// Everything that WebAssembly 2.0 without SIMD and tail calls have: every op of
// Opcodes.def, loops (bounded by a counter, or not at all: then gas ends them), traps,
// recursion, calls of all kinds, host calls that see the gas left, several tables,
// passive segments, NaNs with payloads. Most addresses and divisors are made harmless,
// so that programs get somewhere.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_TESTS_DIFFERENTIAL_GENERATOR_H
#define WRIT_TESTS_DIFFERENTIAL_GENERATOR_H

#include "tests/support/Encoder.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace writ::test {

/// A call of an export of one of the modules, from outside.
struct GeneratedCall {
  unsigned module = 0;
  std::string name;
  std::vector<uint64_t> args; ///< One word each; funcrefs are null.
};

/// Modules that import what `TestHost` has, and calls to be made in this order. A second
/// module also imports all that the first one, called "first", exports: functions, memory,
/// tables and globals.
struct GeneratedProgram {
  std::vector<Bytes> modules;
  std::vector<GeneratedCall> calls;
  uint64_t stackBytes = 0; ///< The limit for each call; at times so small that it matters.
};

struct GeneratorOptions {
  bool isSmall = false; ///< So small that it can be run at every gas limit.
};

/// Any bytes give valid modules; equal bytes give the same ones.
GeneratedProgram generateProgram(std::span<const uint8_t> bytes,
                                 const GeneratorOptions &options = {});

} // namespace writ::test

#endif
