//===- ContractInterfaces.td - Cost, trap and metering facts of ops -------===//
#ifndef WRIT_CONTRACT_INTERFACES
#define WRIT_CONTRACT_INTERFACES

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def CostOpInterface : OpInterface<"CostOpInterface"> {
  let cppNamespace = "::writ::contract";
  let description = [{
    An op that says what bytecode ops cost. `contract-meter` sums these; it knows no
    op by name.
  }];
  let methods = [
    InterfaceMethod<"How many bytecode ops of each class are to be charged just before the next op.",
                    "::writ::contract::CostsAttr", "getStaticCosts">
  ];
}

def MayTrapOpInterface : OpInterface<"MayTrapOpInterface"> {
  let cppNamespace = "::writ::contract";
  let description = [{
    An op that traps for some inputs. A tier keeps a trap site for each such op: kind,
    position and the charge to give back.
  }];
  let methods = [
    InterfaceMethod<"The trap kinds that this op itself can raise, as a bit set: bit k for kind k.",
                    "uint32_t", "getTrapKinds">
  ];
}

/// Ends a metering region: what comes after the op is charged after it. Such an op
/// lets something else see or change the gas left (a callee, a charge of another size).
def ObservesGas : NativeOpTrait<"ObservesGas"> {
  let cppNamespace = "::writ::contract";
}

/// What ops read and write. A trap is an effect: an op that may trap is never removed.
def LinearMemory : Resource<"::writ::contract::LinearMemoryResource">;
def GlobalCells : Resource<"::writ::contract::GlobalCellsResource">;
def TableCells : Resource<"::writ::contract::TableCellsResource">;
def LocalSlots : Resource<"::writ::contract::LocalSlotsResource">;
def GasLeft : Resource<"::writ::contract::GasLeftResource">;
def Outcome : Resource<"::writ::contract::OutcomeResource">;

#endif
