//===- Execution.h - One run of a program in one variant ------------------===//
#ifndef WRIT_TESTS_DIFFERENTIAL_EXECUTION_H
#define WRIT_TESTS_DIFFERENTIAL_EXECUTION_H

#include "tests/differential/Generator.h"
#include "tests/support/Observation.h"
#include "tests/support/Variant.h"

namespace writ::test {

struct ExecutionOptions {
  uint64_t gas = 0; ///< Limit of each call.
  const Schedule *schedule = nullptr;
  const Schedule *switchTo = nullptr; ///< Put in force once all is instantiated, if given.
  /// Leave out of the observation what happened before the first call.
  bool onlyCalls = false;
};

struct Execution {
  Observation observation;
  std::vector<TrapKind> outcomes; ///< Of each call.
  uint64_t mostGas = 0;           ///< That a call used.
};

/// Makes instances of `modules` (one for each of the program's), in a store of their own, and
/// makes the calls. After an internal failure there are no further calls.
Execution execute(const GeneratedProgram &program, std::span<const VariantModule> modules,
                  const ExecutionOptions &options);

} // namespace writ::test

#endif
