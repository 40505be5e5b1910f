//===- Passes.td - Metering, limits and the line around the core ----------===//
#ifndef WRIT_CONTRACT_PASSES
#define WRIT_CONTRACT_PASSES

include "mlir/Pass/PassBase.td"

def LimitStack : Pass<"contract-limit-stack", "::writ::contract::FuncOp"> {
  let summary = "Take each function's frame from the metered stack at its entry";
  let description = [{
    Puts `contract.enter` with the function's `frame` at the start of its body, and before
    it a `contract.cost` of one `frame_unit` for each started 8 bytes.
  }];
  let dependentDialects = ["::writ::contract::ContractDialect"];
}

def Profile : Pass<"contract-profile", "::mlir::ModuleOp"> {
  let summary = "Tell the profiler where functions begin and end";
  let description = [{
    Puts a `contract.profile` at the start of each function, after its frame is taken, and a
    `contract.profile leave` before each return and tail call. Comes before `contract-meter`,
    so that all that is due is charged when the profiler looks at the gas left.
  }];
  let dependentDialects = ["::writ::contract::ContractDialect"];
}

def Meter : Pass<"contract-meter", "::writ::contract::FuncOp"> {
  let summary = "Charge each metering region once, at its start";
  let description = [{
    A region is straight-line code inside a block, ended by an op that observes gas (a
    call, a charge of unknown size) or by the block's end. Sums the costs of every op with
    `CostOpInterface` and puts one `contract.charge` at the region's start. A region that
    costs nothing is left alone. With `each`, every cost is charged on its own, just where it
    stands: slow, and by definition right.
  }];
  let options = [Option<"each", "each", "bool", "false", "Charge every cost alone">];
  let dependentDialects = ["::writ::contract::ContractDialect"];
}

def MergeCharges : Pass<"contract-merge-charges", "::writ::contract::FuncOp"> {
  let summary = "Merge charges along chains of blocks, and of joins with what leads to them";
  let description = [{
    A block whose only predecessor ends in a branch to it alone is spliced onto that
    predecessor. Regions that become one by it get one charge.

    What a join costs before anything happens in it is moved to the ends of the blocks that
    lead to it, if all of them lead there alone (a `cf.switch` gets a block on its way): they
    pay it with their own last charge.
  }];
  let dependentDialects = ["::writ::contract::ContractDialect"];
}

def CountTicks : Pass<"contract-count-ticks", "::writ::contract::FuncOp"> {
  let summary = "Count how often functions are entered and loops go round";
  let description = [{
    Puts a `contract.tick` behind each function's `contract.enter`, and one at the start of each
    block that a branch goes back to. The latter get a number, so that code can be left there, if
    all that lives on can be named: at most `values`, and not more slots and values in all loops together than
    are in proportion to the function's size. To be run after all passes that change the control flow.
  }];
  let options = [Option<"mostValues", "values", "unsigned", "32",
                        "Values of the operand stack that a numbered loop may keep alive">];
  let dependentDialects = ["::writ::contract::ContractDialect"];
}

def VerifyCore : Pass<"contract-verify-core", "::mlir::ModuleOp"> {
  let summary = "Accept exactly what the tiers take";
  let description = [{
    Every op is a core op of the contract dialect or one of the total ops of `arith` and `cf`,
    without flags. Slots, globals, tables, segments and exports exist and have the types
    that their uses say. Expects IR that verifies (types of operands, dominance).

    With `metered`, which is the default, also the limits are in place: every function takes
    its whole frame at its entry, and charges cover costs exactly. What was charged has been
    spent at each op that observes gas, before the next charge, and at the end of each block.
    Without it, the module has not been through `contract-meter`: no charge is accepted, and
    frames and costs are not looked at.
  }];
  let options = [Option<"metered", "metered", "bool", "true",
                        "Demand that gas and stack depth are metered">];
}

#endif
