//===- TierUpPrograms.h - Functions to change code in the middle of -------===//
#ifndef WRIT_TESTS_UNIT_TIERUPPROGRAMS_H
#define WRIT_TESTS_UNIT_TIERUPPROGRAMS_H

#include "tests/support/Encoder.h"

#include <string_view>

namespace writ::test {

/// A module that exports, each for an i32:
/// - "sum": a long loop over integers, floats and memory;
/// - "fib": recursion;
/// - "nested": loops in loops, with values on the operand stack around them;
/// - "divide": a loop that ends in a division by zero, from 50 on;
/// - "bounce": two functions that call each other in place of themselves, if tail calls are `Used`;
/// - "deep": recursion without end, which the stack limit ends.
enum class TailCalls { None, InDeadCode, Used };
Bytes tierUpProgram(TailCalls tailCalls);

/// Names of the exports, and what to give them.
struct TierUpCall {
  std::string_view name;
  uint32_t argument;
};
std::vector<TierUpCall> tierUpCalls(TailCalls tailCalls);

} // namespace writ::test

#endif
