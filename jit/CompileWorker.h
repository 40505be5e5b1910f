//===- CompileWorker.h - The other side of a compile in a child process ---===//
#ifndef WRIT_JIT_COMPILEWORKER_H
#define WRIT_JIT_COMPILEWORKER_H

#include "jit/Engine.h"
#include "jit/tierup/UnitFormat.h"

namespace writ {

/// What a child process needs to compile units of the module in `bytes` as `options` say.
/// `charges` is the module's charge table, as its other tiers made it.
ChildRequest makeChildRequest(std::span<const uint8_t> bytes, const CompileOptions &options,
                              const std::vector<CostCounts> &charges);

/// Reads a request from file `in` to its end, sets the process's limits, compiles and writes the
/// answer to `out`. The exit code: 0 if there was an answer, also an error.
int runCompileWorker(int in, int out);

} // namespace writ

#endif
