//===- CacheTestMain.cpp - Runs the unit tests of the cache ---------------===//
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
