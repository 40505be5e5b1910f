//===- Ranges.h - What numbers can be -------------------------------------===//
#ifndef WRIT_LOWERING_WASM_RANGES_H
#define WRIT_LOWERING_WASM_RANGES_H

#include "mlir-dialect/IR/Contract.h"

#include <optional>

namespace writ::wasmgen {

/// What a function begins with that is taken for an address: a parameter, or a global.
using Base = uint32_t;
inline constexpr Base noBase = ~0u, firstGlobalBase = 1u << 31;

/// Integers, one of which equals a value in its ring: modulo 2^32 for i32, 2^64 for i64.
struct Range {
  int64_t least, most;
  Base base = noBase; ///< Counted from what that is when the function begins.
};
/// A constant.
Range exactly(int64_t number);

using Known = std::optional<Range>; ///< None: anything.

/// Sums and small products of numbers up to this do not wrap around 64 bits.
inline constexpr int64_t mostNumber = int64_t(1) << 45;
/// None if it goes beyond.
Known bounded(Known range);

/// As an unsigned or signed number of 32 bits, or 64.
Known asUnsigned(Known range, bool isWide);
Known asSigned(Known range, bool isWide);
/// As a narrow number that is zero-extended.
Known extended(Known range, unsigned bits);

/// One of them holds.
Known join(Known a, Known b);
/// Both hold. Numbers that a test keeps small are hardly addresses.
Known narrower(Known a, Known b);

Known product(Known a, Known b);
/// Numbers below 2^bits.
Range below(unsigned bits);
/// What `op` makes of its operands: a sum, a product, …
Known combined(mlir::Operation *op, Known a, Known b);
/// The same for those whose second operand must be a constant.
Known withConstant(mlir::Operation *op, Known a, int64_t by);

/// The numbers for which a comparison holds.
Known whereHolds(mlir::arith::CmpIPredicate holds, int64_t than, bool isWide);
/// Rounds until a test fails that holds while a number, which each round changes by `by`, is still
/// on its way.
std::optional<int64_t> roundsUntil(Known first, int64_t by, mlir::arith::CmpIPredicate holds,
                                   int64_t than, bool isWide);

} // namespace writ::wasmgen

#endif
