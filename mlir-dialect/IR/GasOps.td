//===- GasOps.td - Costs, charges and stack depth -------------------------===//
#ifndef WRIT_GAS_OPS
#define WRIT_GAS_OPS

include "mlir-dialect/IR/ContractTypes.td"
include "mlir-dialect/IR/ContractInterfaces.td"

def Contract_CostOp : Contract_Op<"cost", [
    DeclareOpInterfaceMethods<CostOpInterface>, MemoryEffects<[MemWrite<GasLeft>]>]> {
  let summary = "say what bytecode ops cost";
  let description = [{
    `costs` are to be charged just before the next op runs. A front end puts one before each
    op that may trap, has an effect or ends the block, for all bytecode ops since the
    one before. It executes nothing: `contract-meter` turns costs into charges, and leaves
    them in place, as the record of how much of a charge has been earned at each point
    (docs/metering.md).

    Example: `contract.cost <local 2, integer 1>`
  }];
  let arguments = (ins Contract_CostsAttr:$costs);
  let assemblyFormat = "$costs attr-dict";
}

def Contract_ChargeOp : Contract_Op<"charge", [MemoryEffects<[MemRead<GasLeft>, MemWrite<GasLeft>,
                                                             MemWrite<Outcome>]>]> {
  let summary = "charge a metering region ahead";
  let description = [{
    Takes the price of `costs` from the gas left: the sum of all `contract.cost` from here to
    the end of the region. When less is left, the region runs with each cost charged on
    its own and ends in the trap it finds, at the latest `out_of_gas`. A trap inside the
    region gives back the costs that stand after it.

    Example: `contract.charge <local 2, integer 1>`
  }];
  let arguments = (ins Contract_CostsAttr:$costs);
  let assemblyFormat = "$costs attr-dict";
}

def Contract_ChargeUnitsOp : Contract_Op<"charge_units", [
    ObservesGas, DeclareOpInterfaceMethods<MayTrapOpInterface>,
    MemoryEffects<[MemRead<GasLeft>, MemWrite<GasLeft>, MemWrite<Outcome>]>]> {
  let summary = "charge for a number of units known at run time";
  let description = [{
    Takes `units` (unsigned) times the price of class `unit`. Traps with `out_of_gas`
    when less is left.

    Example: `contract.charge_units memory_bulk_unit, %bytes`
  }];
  let arguments = (ins I32Prop:$unit, I32:$units);
  let assemblyFormat = "custom<CostClassName>($unit) `,` $units attr-dict";
  let hasVerifier = 1;
}

def Contract_EnterOp : Contract_Op<"enter", [
    DeclareOpInterfaceMethods<MayTrapOpInterface>,
    MemoryEffects<[MemWrite<Outcome>]>, HasParent<"FuncOp">]> {
  let summary = "take the function's frame from the metered stack";
  let description = [{
    Traps with `stack_exhausted` when less than `bytes` of the metered stack are left. The
    frame is given back when the function returns, traps or makes a tail call.

    Example: `contract.enter 80`
  }];
  let arguments = (ins I64Prop:$bytes);
  let assemblyFormat = "$bytes attr-dict";
  let hasVerifier = 1;
}

def Contract_ProfileOp : Contract_Op<"profile", [
    ObservesGas, MemoryEffects<[MemRead<GasLeft>, MemWrite<Outcome>]>]> {
  let summary = "tell the profiler that a function was entered or is left";
  let description = [{
    Tells the activation's profiler, if it has one, that function number `func` of the module
    was entered, or with `leave` that it is about to return or make a tail call, and what
    gas is left. Changes nothing else. A trap leaves without saying so.

    Example: `contract.profile 3`
  }];
  let arguments = (ins I32Prop:$func, UnitProp:$leave);
  let assemblyFormat = "(`leave` $leave^)? $func attr-dict";
}

def Contract_TickOp : Contract_Op<"tick", [MemoryEffects<[MemWrite<Outcome>]>, HasParent<"FuncOp">]> {
  let summary = "count that the function runs on";
  let description = [{
    Counts, for whoever decides which functions are worth more compiling; the program does
    not see it, and it costs nothing. `loop` is 0, or a number that no other tick of the function
    has: then this is the first op of a loop's header, and everything that lives on from here
    is in the slots, in constants and in `live`. So code may leave the function here
    and go on in another compiled form of it (docs/tier-up.md).

    Example: `contract.tick 2(%x) : i64`
  }];
  let arguments = (ins I32Prop:$loop, Variadic<Contract_ValueType>:$live);
  let assemblyFormat = "$loop (`(` $live^ `)` `:` type($live))? attr-dict";
}

#endif
