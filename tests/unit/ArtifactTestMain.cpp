//===- ArtifactTestMain.cpp - Runs the tests of artifacts ------------------===//
//
// doctest's own handlers of SIGSEGV would replace the runtime's in every test case.
//
//===----------------------------------------------------------------------===//
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
