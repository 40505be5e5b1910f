//===- RuntimeCall.h - Calls of runtime functions -------------------------===//
#ifndef WRIT_JIT_SINGLEPASS_RUNTIMECALL_H
#define WRIT_JIT_SINGLEPASS_RUNTIMECALL_H

#include "jit/singlepass/FunctionCompiler.h"

namespace writ::singlepass {

/// One call of a function of `RuntimeCalls`, with the context as first argument. Arguments are
/// integers and references. Ends with exactly one of `call`, `define` and `trapIfNotZero`.
class RuntimeCall {
public:
  /// `offset` is the function's in `RuntimeCalls`.
  RuntimeCall(FunctionCompiler &f, mlir::Operation *op, size_t offset)
      : f(f), op(op), offset(offset) {}

  RuntimeCall &pass(mlir::Value value);
  RuntimeCall &pass(uint32_t constant);

  void call();
  void define(mlir::Value result);
  void trapIfNotZero(TrapKind kind);

private:
  FunctionCompiler &f;
  mlir::Operation *op;
  size_t offset;
  llvm::SmallVector<Move, 5> moves;
  llvm::SmallVector<mlir::Value, 4> values;
};

} // namespace writ::singlepass

#endif
