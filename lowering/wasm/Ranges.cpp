//===- Ranges.cpp - What numbers can be -----------------------------------===//
#include "lowering/wasm/Ranges.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;
using arith::CmpIPredicate;

static constexpr int64_t two31 = int64_t(1) << 31, two32 = int64_t(1) << 32;

Range wasmgen::exactly(int64_t number) { return {number, number}; }

/// As an unsigned number.
Known wasmgen::asUnsigned(Known range, bool isWide) {
  if (isWide)
    return range && range->base == noBase && range->least >= 0 ? range : std::nullopt;
  Range any{0, two32 - 1};
  if (!range || range->base != noBase)
    return any;
  if (range->most - range->least >= two32)
    return any;
  int64_t base = llvm::divideFloorSigned(range->least, two32) * two32;
  Range moved{range->least - base, range->most - base};
  return moved.most < two32 ? moved : any;
}

Known wasmgen::asSigned(Known range, bool isWide) {
  if (isWide)
    return range;
  Range any{-two31, two31 - 1};
  if (!range || range->base != noBase)
    return any;
  Known moved = asUnsigned(Range{range->least + two31, range->most + two31}, false);
  return Range{moved->least - two31, moved->most - two31};
}

Known wasmgen::bounded(Known range) {
  bool isFine = range && range->least >= -mostNumber && range->most <= mostNumber;
  return isFine ? range : std::nullopt;
}

Known wasmgen::join(Known a, Known b) {
  if (!a || !b || a->base != b->base)
    return std::nullopt;
  return Range{std::min(a->least, b->least), std::max(a->most, b->most), a->base};
}

/// Both hold. Numbers that a test keeps small are hardly addresses.
Known wasmgen::narrower(Known a, Known b) {
  constexpr int64_t few = int64_t(1) << 24;
  if (!a || !b)
    return a ? a : b;
  if (b->base == noBase)
    std::swap(a, b);
  if (a->base != b->base)
    return a->most - a->least < few ? a : b;
  return a->most - a->least < b->most - b->least ? a : b;
}

static Known sum(Range a, Range b, bool isDifference) {
  if (isDifference) {
    if (a.base == b.base)
      a.base = b.base = noBase;
    b = {-b.most, -b.least, b.base};
  }
  if (b.base != noBase && (isDifference || a.base != noBase))
    return std::nullopt;
  return Range{a.least + b.least, a.most + b.most, a.base == noBase ? b.base : a.base};
}

Known wasmgen::product(Known a, Known b) {
  constexpr int64_t mostFactor = int64_t(1) << 31;
  if (!a || !b || a->base != noBase || b->base != noBase ||
      std::max(std::abs(b->least), std::abs(b->most)) > mostFactor ||
      std::max(std::abs(a->least), std::abs(a->most)) > mostFactor)
    return std::nullopt;
  auto [least, most] =
      std::minmax({a->least * b->least, a->least * b->most, a->most * b->least, a->most * b->most});
  return Range{least, most};
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

/// Numbers below 2^bits.
Range wasmgen::below(unsigned bits) { return {0, (int64_t(1) << bits) - 1}; }

/// As narrow numbers are zero-extended.
Known wasmgen::extended(Known range, unsigned bits) {
  if (bits == 32)
    return asUnsigned(range, false);
  bool fits = range && range->least >= 0 && range->most <= below(bits).most;
  return fits ? range : below(bits);
}

Known wasmgen::combined(Operation *op, Known a, Known b) {
  bool isWide = op->getResult(0).getType().isInteger(64);
  if (isa<arith::AddIOp, arith::SubIOp>(op))
    return a && b ? sum(*a, *b, isa<arith::SubIOp>(op)) : std::nullopt;
  if (isa<arith::MulIOp>(op))
    return product(a, b);
  a = asUnsigned(a, isWide);
  b = asUnsigned(b, isWide);
  if (isa<arith::AndIOp>(op)) {
    int64_t most = std::min(a ? a->most : INT64_MAX, b ? b->most : INT64_MAX);
    return Range{0, most};
  }
  if (isa<arith::OrIOp, arith::XOrIOp>(op) && a && b)
    return below(llvm::Log2_64_Ceil(uint64_t(std::max(a->most, b->most)) + 1));
  return std::nullopt;
}

/// The second operand is `by`.
Known wasmgen::withConstant(Operation *op, Known a, int64_t by) {
  bool isWide = op->getResult(0).getType().isInteger(64);
  int64_t width = isWide ? 64 : 32;
  if (isa<ShlOp>(op) && by >= 0 && by < 31)
    return product(a, exactly(int64_t(1) << by));
  a = asUnsigned(a, isWide);
  if (isa<ShrUOp>(op) && by > 0 && by < width)
    return a ? Range{a->least >> by, a->most >> by} : below(unsigned(width - by));
  if (isa<RemUOp>(op) && by > 0)
    return Range{0, by - 1};
  if (isa<DivUOp>(op) && by > 0 && a)
    return Range{a->least / by, a->most / by};
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

/// The numbers for which a comparison holds.
Known wasmgen::whereHolds(CmpIPredicate holds, int64_t than, bool isWide) {
  int64_t mostUnsigned = isWide ? mostNumber : two32 - 1;
  switch (holds) {
  case CmpIPredicate::eq:
    return Range{than, than};
  case CmpIPredicate::ult:
    return Range{0, than - 1};
  case CmpIPredicate::ule:
    return Range{0, than};
  case CmpIPredicate::ugt:
    return isWide ? Known() : Range{than + 1, mostUnsigned};
  case CmpIPredicate::uge:
    return isWide ? Known() : Range{than, mostUnsigned};
  case CmpIPredicate::sgt:
    return isWide ? Known() : Range{than + 1, two31 - 1};
  case CmpIPredicate::sge:
    return isWide ? Known() : Range{than, two31 - 1};
  case CmpIPredicate::slt:
    return isWide ? Known() : Range{-two31, than - 1};
  case CmpIPredicate::sle:
    return isWide ? Known() : Range{-two31, than};
  case CmpIPredicate::ne:
    return std::nullopt;
  }
  return std::nullopt;
}

/// Rounds until a test fails that holds while a number, which each round changes by `by`, is still
/// on its way.
std::optional<int64_t> wasmgen::roundsUntil(Known first, int64_t by, CmpIPredicate holds,
                                            int64_t than, bool isWide) {
  bool isSigned = holds >= CmpIPredicate::slt && holds <= CmpIPredicate::sge;
  int64_t floor = isWide ? -mostNumber : isSigned ? -two31 : 0;
  int64_t ceiling = isWide ? mostNumber : isSigned ? two31 : two32;
  if (holds == CmpIPredicate::ne) {
    if (!first || first->base != noBase || first->least != first->most || by == 0)
      return std::nullopt;
    int64_t way = by > 0 ? than - first->least : first->least - than;
    if (!isWide)
      way = asUnsigned(Range{way, way}, false)->least;
    bool hits = way >= 0 && way % std::abs(by) == 0;
    return hits ? std::optional(way / std::abs(by)) : std::nullopt;
  }
  first = isSigned ? asSigned(first, isWide) : asUnsigned(first, isWide);
  if (!first)
    return std::nullopt;
  bool isUpper = holds == CmpIPredicate::ult || holds == CmpIPredicate::ule ||
                 holds == CmpIPredicate::slt || holds == CmpIPredicate::sle;
  bool isStrict = holds == CmpIPredicate::ult || holds == CmpIPredicate::slt ||
                  holds == CmpIPredicate::ugt || holds == CmpIPredicate::sgt;
  if (isUpper && by > 0) {
    int64_t end = isStrict ? than : than + 1; // The first number for which it fails.
    if (end + by > ceiling)
      return std::nullopt;
    return std::max<int64_t>(0, llvm::divideCeilSigned(end - first->least, by));
  }
  bool isLower = !isUpper && holds != CmpIPredicate::eq;
  if (isLower && by < 0) {
    int64_t end = isStrict ? than : than - 1;
    if (end + by < floor)
      return std::nullopt;
    return std::max<int64_t>(0, llvm::divideCeilSigned(first->most - end, -by));
  }
  return std::nullopt;
}
