//===- Differential.h - Run a program in all ways and compare -------------===//
#ifndef WRIT_TESTS_DIFFERENTIAL_DIFFERENTIAL_H
#define WRIT_TESTS_DIFFERENTIAL_DIFFERENTIAL_H

#include "tests/differential/Generator.h"
#include "tests/support/Observation.h"
#include "tests/support/Variant.h"

#include <array>
#include <string>
#include <vector>

namespace writ::test {

/// What the runs of many programs came to: says whether they were worth anything.
struct RunCounts {
  uint64_t programs = 0;
  uint64_t runs = 0;       ///< Of programs: one for each variant, schedule and gas limit.
  uint64_t everyLimit = 0; ///< Programs that ran at every gas limit up to their cost.
  std::array<uint64_t, 256> outcomes{}; ///< Calls by `TrapKind`, in the first variant.
  void add(const RunCounts &other);
  std::string text() const;
};

struct CheckOptions {
  bool everyLimit = false; ///< For programs that cost at most `limitSteps`.
  uint64_t limitSteps = 500;
  uint64_t gas = 200'000; ///< Limit of each call, under the schedule `flat`.
};

/// Compiles and runs `program` in all variants: under several schedules, switched from one
/// to another in memory and, if asked, at every gas limit. What differed, or nothing.
std::string checkProgram(const GeneratedProgram &program, const CheckOptions &options,
                         RunCounts &counts);

/// The shortest bytes found in `seconds` that still fail like `bytes`.
Bytes shrink(const Bytes &bytes, const GeneratorOptions &generator, const CheckOptions &options,
             double seconds);

} // namespace writ::test

#endif
