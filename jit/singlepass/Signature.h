//===- Signature.h - How a function's parameters are passed ---------------===//
//
// As LLVM's tailcc (or, in modules without tail calls, fastcc) does for
// `{i64 gas, [first result]} f(ptr ctx, i64 gas, i64 stackLeft, params...)`; docs/native-abi.md.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_SINGLEPASS_SIGNATURE_H
#define WRIT_JIT_SINGLEPASS_SIGNATURE_H

#include "hostabi/ModuleInfo.h"
#include "jit/singlepass/Values.h"

#include "mlir/IR/BuiltinTypes.h"

#include "llvm/ADT/SmallVector.h"

namespace writ::singlepass {

inline Kind kindOf(mlir::Type type) {
  if (auto integer = mlir::dyn_cast<mlir::IntegerType>(type))
    return integer.getWidth() == 64 ? Kind::I64 : Kind::I32;
  if (type.isF32())
    return Kind::F32;
  return type.isF64() ? Kind::F64 : Kind::I64;
}

inline Kind kindOf(ValueType type) {
  switch (type) {
  case ValueType::I32:
    return Kind::I32;
  case ValueType::F32:
    return Kind::F32;
  case ValueType::F64:
    return Kind::F64;
  default:
    return Kind::I64;
  }
}

/// Where one parameter is passed: `reg`, or else a word of the caller's outgoing area.
struct Passed {
  Kind kind;
  Reg reg = noReg;
  uint32_t word = 0;
};

struct Signature {
  Signature(const FuncType &type, bool calleePops);

  FuncType type;
  llvm::SmallVector<Passed, 6> params;
  llvm::SmallVector<Kind, 2> results;
  uint32_t stackWords = 0;
  /// Bytes of arguments that the callee takes from the stack when it returns. All functions of
  /// a module with tail calls do that, and then it is never 0, for the stack's alignment.
  uint32_t popBytes = 0;

  /// Bytes that a caller must have at the bottom of its frame.
  uint32_t areaBytes() const { return popBytes ? popBytes : 8 * stackWords; }
};

} // namespace writ::singlepass

#endif
