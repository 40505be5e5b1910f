// RUN: writ-opt %s --contract-meter=each | FileCheck %s

// Every cost is charged alone, just before it, and nothing else is.
// CHECK-LABEL: contract.func @block
// CHECK-NEXT:    contract.charge <local 1, load 1>
// CHECK-NEXT:    contract.cost <local 1, load 1>
// CHECK-NEXT:    contract.load
// CHECK-NEXT:    contract.charge <branch 1>
// CHECK-NEXT:    contract.cost <branch 1>
// CHECK-NEXT:    contract.return
contract.func @block(%a: i32) {
  contract.cost <local 1, load 1>
  %0 = contract.load 32 %a + 0 : i32
  contract.cost <branch 1>
  contract.return
}
