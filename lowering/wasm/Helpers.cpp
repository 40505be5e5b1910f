//===- Helpers.cpp - The code of what metered modules bring along ---------===//
#include "lowering/wasm/Helpers.h"

#include "hostabi/Traps.h"
#include "lowering/wasm/Instructions.h"

#include <bit>
#include <cmath>

using namespace writ;
using namespace writ::wasmgen;

const std::array<MeterGlobalRow, 7> wasmgen::meterGlobals = {{
    {"gas_left", ValueType::I64, /*isExported=*/true},
    {"stack_left", ValueType::I32, /*isExported=*/true},
    {"trap_kind", ValueType::I32, /*isExported=*/true},
    {"fault", ValueType::I32},
    {"element", ValueType::I32},
    {"instance", ValueType::I32},
    {"self", ValueType::I32, /*isExported=*/false, /*isMutable=*/false},
}};

std::string_view wasmgen::helperName(Helper helper) {
  static constexpr std::string_view names[numHelpers] = {
      "writ.charge",      "writ.charge_units",     "writ.trap",      "writ.out_of_gas",
      "writ.unreachable", "writ.trap_unreachable", "writ.enter",     "writ.enter_leaf",
      "writ.leave",       "writ.element",          "writ.i32.div_s", "writ.i32.div_u",
      "writ.i32.rem_s",   "writ.i32.rem_u",        "writ.i64.div_s", "writ.i64.div_u",
      "writ.i64.rem_s",   "writ.i64.rem_u",        "writ.i32.f32_s", "writ.i32.f32_u",
      "writ.i32.f64_s",   "writ.i32.f64_u",        "writ.i64.f32_s", "writ.i64.f32_u",
      "writ.i64.f64_s",   "writ.i64.f64_u",        "writ.f32.nan",   "writ.f64.nan",
      "writ.settle"};
  return names[size_t(helper)];
}

namespace {
/// Writes one helper.
class Assembler {
public:
  Assembler(const HelperNeeds &needs, FuncType type) : needs(needs) {
    numParams = uint32_t(type.params.size());
    body.type = needs.type(type);
  }

  uint32_t local(ValueType type) {
    body.locals.push_back({1, type});
    return numParams + uint32_t(body.locals.size()) - 1;
  }
  void op(uint8_t code) { out.byte(code); }
  void op(uint8_t code, uint64_t immediate) {
    out.byte(code);
    out.number(immediate);
  }
  void number(uint64_t value) { out.number(value); }
  void i32(int32_t value) {
    op(i32ConstCode);
    out.signedNumber(value);
  }
  void i64(int64_t value) {
    op(i64ConstCode);
    out.signedNumber(value);
  }
  void real(double value, bool isDouble) {
    op(isDouble ? f64ConstCode : f32ConstCode);
    isDouble ? out.fixed(std::bit_cast<uint64_t>(value), 8)
             : out.fixed(std::bit_cast<uint32_t>(float(value)), 4);
  }
  void get(uint32_t local) { op(localGetCode, local); }
  void get(MeterGlobal global) { meter(globalGetCode, global); }
  void set(MeterGlobal global) { meter(globalSetCode, global); }
  void price(uint32_t amount) {
    op(globalGetCode);
    gap(GapKind::Price, amount);
  }
  void call(Helper helper) {
    op(callCode);
    gap(GapKind::Helper, uint32_t(helper));
  }
  /// `code` tells whether; what follows runs if so, up to `end`.
  void when(uint8_t code) {
    op(code);
    op(ifCode);
    op(emptyBlock);
  }
  void end() { op(endCode); }
  void trap(TrapKind kind) {
    i32(int32_t(kind));
    call(Helper::Trap);
  }
  Body finish() {
    end();
    return std::move(body);
  }

  const HelperNeeds &needs;

private:
  void gap(GapKind kind, uint32_t index) { addGap(body.code, kind, index); }
  void meter(uint8_t code, MeterGlobal global) {
    op(code);
    gap(GapKind::Meter, uint32_t(global));
  }

  Body body;
  Encoder out{body.code.bytes};
  uint32_t numParams = 0;
};
} // namespace

static constexpr ValueType i32 = ValueType::I32, i64 = ValueType::I64;

//===----------------------------------------------------------------------===//
// Gas and traps
//===----------------------------------------------------------------------===//

static Body makeCharge(const HelperNeeds &needs) {
  Assembler a(needs, {{i64}, {}});
  a.get(MeterGlobal::GasLeft);
  a.get(0);
  a.op(i64SubCode);
  a.set(MeterGlobal::GasLeft);
  a.get(MeterGlobal::GasLeft);
  a.i64(0);
  a.when(i64LtSCode);
  a.call(Helper::OutOfGas);
  a.end();
  return a.finish();
}

/// Prices of classes are below 2^32, so the product fits; 2^62 can never be paid.
static Body makeChargeUnits(const HelperNeeds &needs) {
  Assembler a(needs, {{i32, i64}, {}});
  a.get(0);
  a.op(i64ExtendI32UCode);
  a.get(1);
  a.op(i64MulCode);
  a.op(localTeeCode, 1);
  a.i64(int64_t(1) << 62);
  a.when(i64GeUCode);
  a.call(Helper::OutOfGas);
  a.end();
  a.get(1);
  a.call(Helper::Charge);
  return a.finish();
}

static Body makeOutOfGas(const HelperNeeds &needs) {
  Assembler a(needs, {});
  a.i32(int32_t(TrapKind::OutOfGas));
  a.set(MeterGlobal::TrapKind);
  a.i64(0);
  a.set(MeterGlobal::GasLeft);
  a.op(unreachableCode);
  return a.finish();
}

/// Charges in loops do not look at what is left where nothing lasting follows.
static Body makeTrap(const HelperNeeds &needs) {
  Assembler a(needs, {{i32}, {}});
  a.get(MeterGlobal::GasLeft);
  a.i64(0);
  a.when(i64LtSCode);
  a.call(Helper::OutOfGas);
  a.end();
  a.get(0);
  a.set(MeterGlobal::TrapKind);
  a.op(unreachableCode);
  return a.finish();
}

static Body makeUnreachable(const HelperNeeds &needs, bool takesCost) {
  Assembler a(needs, {});
  if (takesCost) {
    a.price(needs.branch);
    a.call(Helper::Charge);
  }
  a.trap(TrapKind::Unreachable);
  return a.finish();
}

/// Whether it is one that has not been given to elements of `table` at instantiation, if nothing
/// else writes them; else the table is asked.
static void findElementFault(Assembler &a, uint32_t index, uint32_t kind) {
  const HelperNeeds::Table &table = a.needs.tables[index];
  auto assign = [&](TrapKind value) {
    a.i32(int32_t(value));
    a.op(localSetCode, kind);
  };
  a.get(MeterGlobal::Fault);
  a.i32(int32_t(faultInCall + index));
  a.when(i32EqCode);
  assign(TrapKind::UninitializedElement);
  if (!a.needs.hasReferences)
    for (auto [from, to] : table.filled) {
      a.get(MeterGlobal::Element);
      a.i32(int32_t(from));
      a.op(i32SubCode);
      a.i32(int32_t(to - from));
      a.when(i32LtUCode);
      assign(TrapKind::IndirectCallTypeMismatch);
      a.end();
    }
  a.get(MeterGlobal::Element);
  if (a.needs.hasReferences) {
    a.op(miscCode, miscTableSizeCode);
    a.number(index);
  } else {
    a.i32(int32_t(table.size));
  }
  a.when(i32GeUCode);
  assign(TrapKind::UndefinedElement);
  if (a.needs.hasReferences) {
    a.op(elseCode);
    a.get(MeterGlobal::Element);
    a.op(tableGetCode, index);
    a.op(refIsNullCode);
    a.when(i32EqzCode);
    assign(TrapKind::IndirectCallTypeMismatch);
    a.end();
  }
  a.end();
  a.end();
}

static Body makeSettle(const HelperNeeds &needs) {
  Assembler a(needs, {});
  uint32_t kind = a.local(i32);
  a.get(MeterGlobal::TrapKind);
  a.op(ifCode);
  a.op(emptyBlock);
  a.op(returnCode);
  a.end();
  a.get(MeterGlobal::Fault);
  a.op(localSetCode, kind);
  for (uint32_t index = 0; index < needs.tables.size(); ++index)
    if (needs.tables[index].isFunc)
      findElementFault(a, index, kind);
  a.get(MeterGlobal::GasLeft);
  a.i64(0);
  a.when(i64LtSCode);
  a.i32(int32_t(TrapKind::OutOfGas));
  a.op(localSetCode, kind);
  a.i64(0);
  a.set(MeterGlobal::GasLeft);
  a.end();
  a.get(kind);
  a.set(MeterGlobal::TrapKind);
  return a.finish();
}

//===----------------------------------------------------------------------===//
// Frames and calls
//===----------------------------------------------------------------------===//

static Body makeEnter(const HelperNeeds &needs, bool isLeaf) {
  Assembler a(needs, {{i32}, {}});
  a.get(0);
  a.i32(7);
  a.op(i32AddCode);
  a.i32(3);
  a.op(i32ShrUCode);
  a.op(i64ExtendI32UCode);
  a.price(needs.frameUnit);
  a.op(i64MulCode);
  a.call(Helper::Charge);
  a.get(MeterGlobal::StackLeft);
  a.get(0);
  a.when(i32LtUCode);
  a.trap(TrapKind::StackExhausted);
  a.end();
  if (!isLeaf) {
    a.get(MeterGlobal::StackLeft);
    a.get(0);
    a.op(i32SubCode);
    a.set(MeterGlobal::StackLeft);
  }
  a.i32(int32_t(faultInMemory));
  a.set(MeterGlobal::Fault);
  return a.finish();
}

static Body makeLeave(const HelperNeeds &needs) {
  Assembler a(needs, {{i32}, {}});
  a.get(MeterGlobal::StackLeft);
  a.get(0);
  a.op(i32AddCode);
  a.set(MeterGlobal::StackLeft);
  return a.finish();
}

static Body makeElement(const HelperNeeds &needs) {
  Assembler a(needs, {{i32}, {i32}});
  a.get(0);
  a.set(MeterGlobal::Element);
  a.i32(int32_t(faultInCall));
  a.set(MeterGlobal::Fault);
  if (needs.isShared) {
    a.get(MeterGlobal::Self);
    a.set(MeterGlobal::Instance);
  }
  a.get(0);
  return a.finish();
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

static Body makeDivision(const HelperNeeds &needs, Helper helper) {
  unsigned place = unsigned(helper) - unsigned(Helper::DivS32);
  bool isWide = place >= 4, mayOverflow = place % 4 == 0;
  ValueType type = isWide ? i64 : i32;
  Assembler a(needs, {{type, type}, {type}});
  a.get(1);
  a.when(isWide ? i64EqzCode : i32EqzCode);
  a.trap(TrapKind::IntegerDivideByZero);
  a.end();
  if (mayOverflow) {
    a.get(0);
    isWide ? a.i64(INT64_MIN) : a.i32(INT32_MIN);
    a.op(isWide ? i64EqCode : i32EqCode);
    a.get(1);
    isWide ? a.i64(-1) : a.i32(-1);
    a.op(isWide ? i64EqCode : i32EqCode);
    a.when(i32AndCode);
    a.trap(TrapKind::IntegerOverflow);
    a.end();
  }
  a.get(0);
  a.get(1);
  a.op(uint8_t((isWide ? 0x7f : 0x6d) + place % 4));
  return a.finish();
}

/// A NaN is no number; what is beyond the limits does not fit.
static Body makeTruncation(const HelperNeeds &needs, Helper helper) {
  unsigned place = unsigned(helper) - unsigned(Helper::F32ToS32);
  bool isWide = place >= 4, isDouble = place & 2, isSigned = !(place & 1);
  Assembler a(needs, {{isDouble ? ValueType::F64 : ValueType::F32}, {isWide ? i64 : i32}});
  uint8_t equal = isDouble ? f64EqCode : f32EqCode; // eq, ne, lt, gt, le, ge
  a.get(0);
  a.get(0);
  a.when(equal + 1);
  a.trap(TrapKind::InvalidConversion);
  a.end();
  int bits = isWide ? 64 : 32;
  double limit = std::ldexp(1.0, isSigned ? bits - 1 : bits);
  a.get(0);
  a.real(limit, isDouble);
  a.op(equal + 5);
  a.get(0);
  if (isSigned && (isWide || !isDouble)) {
    a.real(-limit, isDouble);
    a.op(equal + 2);
  } else { // There are doubles between -limit - 1 and -limit.
    a.real(isSigned ? -limit - 1 : -1, isDouble);
    a.op(equal + 4);
  }
  a.when(i32OrCode);
  a.trap(TrapKind::IntegerOverflow);
  a.end();
  a.get(0);
  a.op(uint8_t((isWide ? 0xae : 0xa8) + place % 4));
  return a.finish();
}

static Body makeCanonical(const HelperNeeds &needs, bool isDouble) {
  ValueType type = isDouble ? ValueType::F64 : ValueType::F32;
  Assembler a(needs, {{type}, {type}});
  a.get(0);
  a.real(std::numeric_limits<double>::quiet_NaN(), isDouble);
  a.get(0);
  a.get(0);
  a.op(isDouble ? f64EqCode : f32EqCode);
  a.op(selectCode);
  return a.finish();
}

Body wasmgen::makeHelper(Helper helper, const HelperNeeds &needs) {
  switch (helper) {
  case Helper::Charge:
    return makeCharge(needs);
  case Helper::ChargeUnits:
    return makeChargeUnits(needs);
  case Helper::Trap:
    return makeTrap(needs);
  case Helper::OutOfGas:
    return makeOutOfGas(needs);
  case Helper::Unreachable:
  case Helper::TrapUnreachable:
    return makeUnreachable(needs, helper == Helper::Unreachable);
  case Helper::Enter:
  case Helper::EnterLeaf:
    return makeEnter(needs, helper == Helper::EnterLeaf);
  case Helper::Leave:
    return makeLeave(needs);
  case Helper::Element:
    return makeElement(needs);
  case Helper::CanonicalF32:
  case Helper::CanonicalF64:
    return makeCanonical(needs, helper == Helper::CanonicalF64);
  case Helper::Settle:
    return makeSettle(needs);
  default:
    return helper < Helper::F32ToS32 ? makeDivision(needs, helper) : makeTruncation(needs, helper);
  }
}
