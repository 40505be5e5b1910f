//===- NumericOps.td - Integer and float ops that arith lacks -------------===//
#ifndef WRIT_NUMERIC_OPS
#define WRIT_NUMERIC_OPS

include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir-dialect/IR/ContractTypes.td"
include "mlir-dialect/IR/ContractInterfaces.td"

class Contract_Binary<string mnemonic, Type type, list<Trait> traits>
    : Contract_Op<mnemonic, !listconcat([SameOperandsAndResultType], traits)> {
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
}
class Contract_Unary<string mnemonic, Type type, list<Trait> traits>
    : Contract_Op<mnemonic, !listconcat([SameOperandsAndResultType], traits)> {
  let arguments = (ins type:$operand);
  let results = (outs type:$result);
  let assemblyFormat = "$operand attr-dict `:` type($result)";
}

/// Traps, so it is never removed, though nothing reads its result.
class Contract_TrappingBinary<string mnemonic>
    : Contract_Binary<mnemonic, Contract_IntType, [
        DeclareOpInterfaceMethods<MayTrapOpInterface>, MemoryEffects<[MemWrite<Outcome>]>]> {
  let hasFolder = 1;
}

def Contract_DivSOp : Contract_TrappingBinary<"div_s"> {
  let summary = "signed division, rounding toward zero";
  let description = [{
    Traps with `integer_divide_by_zero` if `rhs` is 0 and with `integer_overflow` if the
    quotient cannot be represented (the least value divided by -1).

    Example: `%q = contract.div_s %a, %b : i64`
  }];
}
def Contract_DivUOp : Contract_TrappingBinary<"div_u"> {
  let summary = "unsigned division";
  let description = [{
    Traps with `integer_divide_by_zero` if `rhs` is 0.

    Example: `%q = contract.div_u %a, %b : i32`
  }];
}
def Contract_RemSOp : Contract_TrappingBinary<"rem_s"> {
  let summary = "signed remainder, with the sign of the dividend";
  let description = [{
    Traps with `integer_divide_by_zero` if `rhs` is 0. The least value by -1 gives 0.

    Example: `%r = contract.rem_s %a, %b : i32`
  }];
}
def Contract_RemUOp : Contract_TrappingBinary<"rem_u"> {
  let summary = "unsigned remainder";
  let description = [{
    Traps with `integer_divide_by_zero` if `rhs` is 0.

    Example: `%r = contract.rem_u %a, %b : i32`
  }];
}

class Contract_Shift<string mnemonic> : Contract_Binary<mnemonic, Contract_IntType, [Pure]> {
  let hasFolder = 1;
}
def Contract_ShlOp : Contract_Shift<"shl"> {
  let summary = "shift left by `rhs` modulo the width";
  let description = [{
    Example: `%r = contract.shl %a, %b : i32`
  }];
}
def Contract_ShrSOp : Contract_Shift<"shr_s"> {
  let summary = "arithmetic shift right by `rhs` modulo the width";
  let description = [{
    Example: `%r = contract.shr_s %a, %b : i32`
  }];
}
def Contract_ShrUOp : Contract_Shift<"shr_u"> {
  let summary = "logical shift right by `rhs` modulo the width";
  let description = [{
    Example: `%r = contract.shr_u %a, %b : i32`
  }];
}
def Contract_RotlOp : Contract_Shift<"rotl"> {
  let summary = "rotate left by `rhs` modulo the width";
  let description = [{
    Example: `%r = contract.rotl %a, %b : i64`
  }];
}
def Contract_RotrOp : Contract_Shift<"rotr"> {
  let summary = "rotate right by `rhs` modulo the width";
  let description = [{
    Example: `%r = contract.rotr %a, %b : i64`
  }];
}

class Contract_BitCount<string mnemonic> : Contract_Unary<mnemonic, Contract_IntType, [Pure]> {
  let hasFolder = 1;
}
def Contract_ClzOp : Contract_BitCount<"clz"> {
  let summary = "count leading zeros; the width for 0";
  let description = [{
    Example: `%n = contract.clz %a : i32`
  }];
}
def Contract_CtzOp : Contract_BitCount<"ctz"> {
  let summary = "count trailing zeros; the width for 0";
  let description = [{
    Example: `%n = contract.ctz %a : i32`
  }];
}
def Contract_PopcntOp : Contract_BitCount<"popcnt"> {
  let summary = "count one bits";
  let description = [{
    Example: `%n = contract.popcnt %a : i32`
  }];
}

//===----------------------------------------------------------------------===//
// Floats. IEEE 754, round to nearest even. A NaN result is the canonical NaN: positive,
// quiet, payload zero.
//===----------------------------------------------------------------------===//

class Contract_FloatBinary<string mnemonic> : Contract_Binary<mnemonic, Contract_FloatType, [Pure]>;
class Contract_FloatUnary<string mnemonic> : Contract_Unary<mnemonic, Contract_FloatType, [Pure]>;

def Contract_FAddOp : Contract_FloatBinary<"fadd"> {
  let summary = "float addition";
  let description = [{
    Example: `%r = contract.fadd %x, %y : f64`
  }];
}
def Contract_FSubOp : Contract_FloatBinary<"fsub"> {
  let summary = "float subtraction";
  let description = [{
    Example: `%r = contract.fsub %x, %y : f64`
  }];
}
def Contract_FMulOp : Contract_FloatBinary<"fmul"> {
  let summary = "float multiplication";
  let description = [{
    Example: `%r = contract.fmul %x, %y : f64`
  }];
}
def Contract_FDivOp : Contract_FloatBinary<"fdiv"> {
  let summary = "float division";
  let description = [{
    Example: `%r = contract.fdiv %x, %y : f32`
  }];
}
def Contract_FMinOp : Contract_FloatBinary<"fmin"> {
  let summary = "the lesser; -0 is less than +0; NaN if either is NaN";
  let description = [{
    Example: `%r = contract.fmin %x, %y : f32`
  }];
}
def Contract_FMaxOp : Contract_FloatBinary<"fmax"> {
  let summary = "the greater; -0 is less than +0; NaN if either is NaN";
  let description = [{
    Example: `%r = contract.fmax %x, %y : f32`
  }];
}
def Contract_FCopysignOp : Contract_FloatBinary<"fcopysign"> {
  let summary = "`lhs` with the sign bit of `rhs`; keeps a NaN's bits";
  let description = [{
    Example: `%r = contract.fcopysign %x, %y : f64`
  }];
  let hasFolder = 1;
}
def Contract_FSqrtOp : Contract_FloatUnary<"fsqrt"> {
  let summary = "square root";
  let description = [{
    Example: `%r = contract.fsqrt %x : f64`
  }];
}
def Contract_FCeilOp : Contract_FloatUnary<"fceil"> {
  let summary = "round up to an integer";
  let description = [{
    Example: `%r = contract.fceil %x : f64`
  }];
}
def Contract_FFloorOp : Contract_FloatUnary<"ffloor"> {
  let summary = "round down to an integer";
  let description = [{
    Example: `%r = contract.ffloor %x : f64`
  }];
}
def Contract_FTruncOp : Contract_FloatUnary<"ftrunc"> {
  let summary = "round to an integer toward zero";
  let description = [{
    Example: `%r = contract.ftrunc %x : f64`
  }];
}
def Contract_FNearestOp : Contract_FloatUnary<"fnearest"> {
  let summary = "round to the nearest integer, ties to even";
  let description = [{
    Example: `%r = contract.fnearest %x : f64`
  }];
}
def Contract_FAbsOp : Contract_FloatUnary<"fabs"> {
  let summary = "clear the sign bit; keeps a NaN's payload";
  let description = [{
    Example: `%r = contract.fabs %x : f64`
  }];
  let hasFolder = 1;
}
def Contract_FNegOp : Contract_FloatUnary<"fneg"> {
  let summary = "flip the sign bit; keeps a NaN's payload";
  let description = [{
    Example: `%r = contract.fneg %x : f64`
  }];
  let hasFolder = 1;
}
def Contract_FExtOp : Contract_Op<"fext", [Pure]> {
  let summary = "f32 to f64; a NaN becomes the canonical one";
  let description = [{
    Example: `%d = contract.fext %x`
  }];
  let arguments = (ins F32:$operand);
  let results = (outs F64:$result);
  let assemblyFormat = "$operand attr-dict";
}
def Contract_FDemoteOp : Contract_Op<"fdemote", [Pure]> {
  let summary = "f64 to f32, rounding to nearest even; a NaN becomes the canonical one";
  let description = [{
    Example: `%s = contract.fdemote %x`
  }];
  let arguments = (ins F64:$operand);
  let results = (outs F32:$result);
  let assemblyFormat = "$operand attr-dict";
}

class Contract_FloatToInt<string mnemonic, list<Trait> traits> : Contract_Op<mnemonic, traits> {
  let arguments = (ins Contract_FloatType:$operand);
  let results = (outs Contract_IntType:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `to` type($result)";
}
class Contract_TrappingFloatToInt<string mnemonic> : Contract_FloatToInt<mnemonic, [
    DeclareOpInterfaceMethods<MayTrapOpInterface>, MemoryEffects<[MemWrite<Outcome>]>]>;

def Contract_FToSOp : Contract_TrappingFloatToInt<"fto_s"> {
  let summary = "truncate to a signed integer, or trap";
  let description = [{
    Traps with `invalid_conversion` for NaN and with `integer_overflow` if the truncated value
    cannot be represented.

    Example: `%i = contract.fto_s %x : f64 to i32`
  }];
}
def Contract_FToUOp : Contract_TrappingFloatToInt<"fto_u"> {
  let summary = "truncate to an unsigned integer, or trap";
  let description = [{
    Traps as `contract.fto_s` does.

    Example: `%i = contract.fto_u %x : f32 to i64`
  }];
}
def Contract_FToSSatOp : Contract_FloatToInt<"fto_s_sat", [Pure]> {
  let summary = "truncate to a signed integer, saturating; 0 for NaN";
  let description = [{
    Example: `%i = contract.fto_s_sat %x : f64 to i32`
  }];
}
def Contract_FToUSatOp : Contract_FloatToInt<"fto_u_sat", [Pure]> {
  let summary = "truncate to an unsigned integer, saturating; 0 for NaN";
  let description = [{
    Example: `%i = contract.fto_u_sat %x : f64 to i64`
  }];
}

#endif
