// Costs that are attached to an op count as a contract.cost before it.
// RUN: writ-opt %s --contract-limit-stack --contract-meter --contract-merge-charges \
// RUN:     --contract-verify-core | FileCheck %s

module {
contract.memory 1
contract.func @callee() import "env" "callee"

// CHECK-LABEL: contract.func @block
// CHECK-NEXT:    contract.charge <branch 1, local 1, load 2, frame_unit 10>
// CHECK-NEXT:    contract.cost <frame_unit 10>
// CHECK-NEXT:    contract.enter 80
// CHECK-NEXT:    contract.load {{.*}}contract.costs = #contract.costs<load 1>
// CHECK-NEXT:    contract.load {{.*}}contract.costs = #contract.costs<local 1, load 1>
// CHECK-NEXT:    contract.return
contract.func @block(%a: i32) frame 80 {
  %0 = contract.load 32 %a + 0 {contract.costs = #contract.costs<load 1>} : i32
  %1 = contract.load 32 %a + 4 {contract.costs = #contract.costs<local 1, load 1>} : i32
  contract.return {contract.costs = #contract.costs<branch 1>}
}
}
