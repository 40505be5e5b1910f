//===- AsmjitDebug.cpp - What asmjit prints, for shared libraries ---------===//
//
// Debian's asmjit is an archive that can go into shared libraries but for one of its files, which
// names `stderr` directly. These are that file's functions, so that the linker leaves it out.
//
//===----------------------------------------------------------------------===//
#include <asmjit/core.h>

#include <cstdio>
#include <cstdlib>

const char *asmjit::DebugUtils::errorAsString(Error) noexcept { return "asmjit failed"; }

void asmjit::DebugUtils::debugOutput(const char *text) noexcept { std::fputs(text, stderr); }

void asmjit::DebugUtils::assertionFailed(const char *file, int line, const char *text) noexcept {
  std::fprintf(stderr, "%s:%d: asmjit: %s\n", file, line, text);
  std::abort();
}
