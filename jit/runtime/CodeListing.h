//===- CodeListing.h - Names of machine code, for perf and GDB ------------===//
//
// What tools of the machine need to show contract functions by name. Nothing of it happens
// unasked. Thread-safe.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_RUNTIME_CODELISTING_H
#define WRIT_JIT_RUNTIME_CODELISTING_H

#include "hostabi/Result.h"
#include "jit/runtime/CompiledModule.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace writ {

/// A function as tools know it.
struct NamedCode {
  std::string name;
  const void *begin;
  size_t bytes;
};

/// The code of `tier`, which has `names` for the function index space: "transfer [llvm]". Empty
/// for an interpreter.
std::vector<NamedCode> nameCode(const TierCode &tier, std::span<const std::string> names);

/// Adds to /tmp/perf-PID.map, where `perf report` looks. The code must not be freed while the
/// process is recorded. Errors are Internal.
Result<void> writePerfMap(std::span<const NamedCode> code);

/// Adds to `folder`/jit-PID.dump, with the code itself, for `perf record -k 1` and `perf inject
/// --jit`. Errors are Internal.
Result<void> writeJitDump(std::span<const NamedCode> code, const std::string &folder);

/// Shows the code to a GDB that debugs this process, until it ends.
void showToDebugger(std::span<const NamedCode> code);

} // namespace writ

#endif
