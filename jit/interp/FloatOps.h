//===- FloatOps.h - WebAssembly's float operations, to the bit ------------===//
//
// For the expressions of Bytecode.def. Strict IEEE 754 is the compiler's default; contraction
// is off for the whole tree.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_INTERP_FLOATOPS_H
#define WRIT_JIT_INTERP_FLOATOPS_H

#include "hostabi/Traps.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace writ::interp {

inline constexpr uint32_t signBit32 = 0x8000'0000;
inline constexpr uint64_t signBit64 = 0x8000'0000'0000'0000;

inline float canonicalNaN(float) { return std::bit_cast<float>(0x7fc0'0000u); }
inline double canonicalNaN(double) { return std::bit_cast<double>(uint64_t(0x7ff8) << 48); }

template <typename T>
inline T canonical(T x) {
  return __builtin_expect(x != x, 0) ? canonicalNaN(x) : x;
}

template <typename T>
inline T floatMin(T x, T y) {
  if (x < y)
    return x;
  if (y < x)
    return y;
  if (x != y)
    return canonicalNaN(x); // One is a NaN.
  return std::signbit(x) ? x : y;
}

template <typename T>
inline T floatMax(T x, T y) {
  if (x > y)
    return x;
  if (y > x)
    return y;
  if (x != y)
    return canonicalNaN(x);
  return std::signbit(x) ? y : x;
}

inline float nearestEven(float x) { return __builtin_roundevenf(x); }
inline double nearestEven(double x) { return __builtin_roundeven(x); }

/// The floats that truncate to a value of type To are those above `lowerBound` and below
/// `upperBound`. Both are exact, except that a float of type T below an inexact lower bound
/// does not exist: then the bound itself is the least value and belongs to them.
template <typename To, typename T>
inline bool truncates(T x) {
  constexpr T upperBound = T(std::numeric_limits<To>::max() / 2 + 1) * 2;
  constexpr T least = T(std::numeric_limits<To>::min());
  constexpr bool hasFraction = std::numeric_limits<To>::digits < std::numeric_limits<T>::digits;
  if constexpr (!std::numeric_limits<To>::is_signed)
    return x > T(-1) && x < upperBound;
  else if constexpr (hasFraction)
    return x > least - 1 && x < upperBound;
  else
    return x >= least && x < upperBound;
}

/// Why `x` does not truncate to a value.
template <typename T>
inline TrapKind truncationTrap(T x) {
  return x != x ? TrapKind::InvalidConversion : TrapKind::IntegerOverflow;
}

template <typename To, typename T>
inline To saturate(T x) {
  if (truncates<To>(x))
    return To(x);
  if (x != x)
    return 0;
  return x < 0 ? std::numeric_limits<To>::min() : std::numeric_limits<To>::max();
}

} // namespace writ::interp

#endif
