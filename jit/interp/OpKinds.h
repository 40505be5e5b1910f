//===- OpKinds.h - Core ops as an enumeration -----------------------------===//
#ifndef WRIT_JIT_INTERP_OPKINDS_H
#define WRIT_JIT_INTERP_OPKINDS_H

#include "jit/interp/Bytecode.h"
#include "mlir-dialect/IR/Contract.h"

namespace writ::interp {

enum class OpKind : uint8_t {
  Other, ///< Not a core op.
#define WRIT_KIND(Kind, OpClass) Kind,
#include "jit/interp/OpKinds.def"
};

/// Finds the kind of an op by its name, in one look-up.
class OpKinds {
public:
  explicit OpKinds(mlir::MLIRContext *context);
  OpKind of(mlir::Operation *op) const { return kinds.lookup(op->getName().getAsOpaquePointer()); }

private:
  llvm::DenseMap<const void *, OpKind> kinds;
};

/// How ops that become one bytecode op do.
enum class Family : uint8_t { None, IntBinary, IntDivision, IntUnary, Float };

struct KindInfo {
  Family family = Family::None;
  Opcode narrow{}, wide{}; ///< For 32 and 64 bits.
  bool isCommutative = false;
};

const KindInfo &kindInfo(OpKind kind);

/// No effect, no trap: not run if nothing reads its result.
bool isPure(OpKind kind);

/// Whether what comes before a point where the gas runs out can be told from nothing.
bool hasEffect(OpKind kind);

/// Bits of a value; 64 for references.
inline unsigned widthOf(mlir::Type type) {
  return type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 64;
}

} // namespace writ::interp

#endif
