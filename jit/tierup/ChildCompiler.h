//===- ChildCompiler.h - Compile units in processes of their own ----------===//
#ifndef WRIT_JIT_TIERUP_CHILDCOMPILER_H
#define WRIT_JIT_TIERUP_CHILDCOMPILER_H

#include "jit/tierup/UnitFormat.h"

#include <string>

namespace writ {

/// Starts a process for each unit, so that a compiler that crashes or blows up is an error and not
/// an outage.
struct ChildOptions {
  /// The program and its arguments; `writ compile-worker` does it.
  std::vector<std::string> command;
  ChildLimits limits;
  size_t mostAnswerBytes = size_t(64) << 20;
};

/// `request` has everything but the unit. Compiles are one at a time. Errors of the result: those
/// of the compiler; Internal if its process could not be started, died, was too late, or gave an
/// answer that contradicts itself or the request.
std::unique_ptr<UnitCompiler> makeChildCompiler(ChildRequest request, ChildOptions options);

/// Runs `options.command`, gives it `request` and reads what it answers. As above.
Result<UnitImage> compileInChild(const ChildRequest &request, const ChildOptions &options);

} // namespace writ

#endif
