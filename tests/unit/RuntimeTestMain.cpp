//===- RuntimeTestMain.cpp - Runs the tests of the run side ---------------===//
//
// doctest's own handlers of SIGSEGV would replace the runtime's in every test case.
//
//===----------------------------------------------------------------------===//
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "tests/unit/SignalSetup.h"

#include <cstring>

int main(int argc, char **argv) {
  if (argc == 2 && std::strcmp(argv[1], "--die-by-fault") == 0)
    return writ::test::dieByFault();
  if (argc == 2 && std::strcmp(argv[1], "--die-by-raise") == 0)
    return writ::test::dieByRaise();
  writ::test::installHostHandlers();
  return doctest::Context(argc, argv).run();
}
