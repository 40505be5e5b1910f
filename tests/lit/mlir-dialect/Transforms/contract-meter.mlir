// RUN: writ-opt %s --contract-meter | FileCheck %s

contract.func @callee(i32) import "env" "callee"

// One block is one region: one charge ahead for all its costs, which stay where they are.
// CHECK-LABEL: contract.func @block
// CHECK-NEXT:    contract.charge <branch 1, local 3, load 2>
// CHECK-NEXT:    contract.cost <local 1, load 1>
// CHECK-NEXT:    contract.load
// CHECK-NEXT:    contract.cost <local 2, load 1>
// CHECK-NEXT:    contract.load
// CHECK-NEXT:    contract.cost <branch 1>
// CHECK-NEXT:    contract.return
contract.func @block(%a: i32) {
  contract.cost <local 1, load 1>
  %0 = contract.load 32 %a + 0 : i32
  contract.cost <local 2, load 1>
  %1 = contract.load 32 %a + 4 : i32
  contract.cost <branch 1>
  contract.return
}

// A call sees the gas left: its own cost is charged before it, what follows after it.
// CHECK-LABEL: contract.func @call
// CHECK-NEXT:    contract.charge <call 1>
// CHECK:         contract.call @callee
// CHECK-NEXT:    contract.charge <marker 1>
// CHECK-NEXT:    contract.cost <marker 1>
contract.func @call(%a: i32) {
  contract.cost <call 1>
  contract.call @callee(%a) : (i32) -> ()
  contract.cost <marker 1>
  contract.return
}

// So does a charge of a size known at run time, and each of two in a row.
// CHECK-LABEL: contract.func @units
// CHECK-NEXT:    contract.charge <memory_grow 1>
// CHECK:         contract.charge_units
// CHECK-NEXT:    contract.charge_units
// CHECK-NEXT:    contract.charge <marker 1>
contract.func @units(%n: i32) {
  contract.cost <memory_grow 1>
  contract.charge_units memory_grow_unit, %n
  contract.charge_units memory_grow_unit, %n
  contract.cost <marker 1>
  contract.return
}

// A tail call ends its block and its region.
// CHECK-LABEL: contract.func @tail_call
// CHECK-NEXT:    contract.charge <call 1>
// CHECK-NEXT:    contract.cost
// CHECK-NEXT:    contract.return_call
contract.func @tail_call(%a: i32) {
  contract.cost <call 1>
  contract.return_call @callee(%a) : (i32) -> ()
}

// Each block for itself; one that costs nothing is left alone.
// CHECK-LABEL: contract.func @blocks
// CHECK-NEXT:    contract.charge <branch 1>
// CHECK:       ^bb1:
// CHECK-NEXT:    contract.return
// CHECK:       ^bb2:
// CHECK-NEXT:    contract.charge <nop 2>
contract.func @blocks(%c: i1) {
  contract.cost <branch 1>
  cf.cond_br %c, ^free, ^paid
^free:
  contract.return
^paid:
  contract.cost <nop 2>
  contract.return
}

// The charge stands before the block's first op, constants too.
// CHECK-LABEL: contract.func @constants
// CHECK-NEXT:    contract.charge <const 1>
// CHECK-NEXT:    arith.constant
contract.func @constants() -> i32 {
  %0 = arith.constant 7 : i32
  contract.cost <const 1>
  contract.return %0 : i32
}
