//===- Native.h - Kernels as native code, for comparison ------------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_NATIVE_H
#define WRIT_TOOLS_WRIT_BENCH_NATIVE_H

#include "hostabi/Result.h"
#include "tools/writ/bench/Measure.h"

#include <string>
#include <vector>

namespace writ::bench {

/// The compiler for native builds: `asked` if it is not empty, else the first one found on PATH
/// of clang-22, clang, gcc, cc. Empty if there is none.
std::string findCompiler(const std::string &asked);

/// The shared library of the task's native configuration: the one that was given, or one built
/// from the source on first use. An error says why there is none.
Result<std::string> nativeLibrary(const Task &task);

/// Builds the module as C by wasm2c and a compiler, on first use; `cpuSeconds` is what that took.
Result<std::string> wasm2cLibrary(const Task &task, double &cpuSeconds);

} // namespace writ::bench

#endif
