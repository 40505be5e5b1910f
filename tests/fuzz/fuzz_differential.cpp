//===- fuzz_differential.cpp - Fuzz programs, both tiers compared ---------===//
//
// The input drives the generator of tests/differential; a difference between variants is a
// crash. To look at one: differential --bytes FILE.
//
//===----------------------------------------------------------------------===//
#include "tests/differential/Differential.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

using namespace writ::test;

/// LLVM's allocators poison memory in our code and do not unpoison it in Debian's library,
/// which is built without AddressSanitizer.
extern "C" const char *__asan_default_options() { return "allow_user_poisoning=0"; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  static RunCounts counts;
  bool isSmall = data[0] & 1;
  CheckOptions options;
  options.everyLimit = isSmall;
  options.limitSteps = 60;
  options.gas = 20'000;
  GeneratedProgram program = generateProgram({data + 1, size - 1}, {isSmall});
  std::string wrong = checkProgram(program, options, counts);
  if (!wrong.empty()) {
    fmt::print(stderr, "{}\n", wrong);
    std::abort();
  }
  return 0;
}
