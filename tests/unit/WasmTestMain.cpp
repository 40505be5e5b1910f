//===- WasmTestMain.cpp - Runs the unit tests of frontend/wasm ------------===//
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
