// RUN: writ-opt %s --contract-merge-charges | FileCheck %s

contract.func @callee() import "env" "callee"

// A chain becomes one block and one region; its values pass through the block arguments.
// CHECK-LABEL: contract.func @chain
// CHECK-SAME:    (%[[X:.*]]: i32) -> i32
// CHECK-NEXT:    contract.charge <branch 2, local 1, integer 1>
// CHECK-NEXT:    contract.cost <branch 1, local 1>
// CHECK-NEXT:    contract.cost <branch 1>
// CHECK-NEXT:    contract.cost <integer 1>
// CHECK-NEXT:    %[[SUM:.*]] = arith.addi %[[X]], %[[X]] : i32
// CHECK-NEXT:    contract.return %[[SUM]] : i32
// CHECK-NEXT:  }
contract.func @chain(%x: i32) -> i32 {
  contract.charge <local 1, branch 1>
  contract.cost <local 1, branch 1>
  cf.br ^second(%x : i32)
^second(%y: i32):
  contract.charge <branch 1>
  contract.cost <branch 1>
  cf.br ^third(%y, %y : i32, i32)
^third(%a: i32, %b: i32):
  contract.charge <integer 1>
  contract.cost <integer 1>
  %sum = arith.addi %a, %b : i32
  contract.return %sum : i32
}

// The order in which the blocks are listed does not matter.
// CHECK-LABEL: contract.func @listed_backwards
// CHECK-NEXT:    contract.charge <nop 3>
// CHECK-NOT:     ^
// CHECK:         contract.return
contract.func @listed_backwards() {
  contract.charge <nop 1>
  contract.cost <nop 1>
  cf.br ^second
^third:
  contract.charge <nop 1>
  contract.cost <nop 1>
  contract.return
^second:
  contract.charge <nop 1>
  contract.cost <nop 1>
  cf.br ^third
}

// A call between two charges keeps them apart.
// CHECK-LABEL: contract.func @call_between
// CHECK-NEXT:    contract.charge <call 1>
// CHECK:         contract.call
// CHECK-NEXT:    contract.charge <nop 1>
contract.func @call_between() {
  contract.charge <call 1>
  contract.cost <call 1>
  contract.call @callee() : () -> ()
  cf.br ^next
^next:
  contract.charge <nop 1>
  contract.cost <nop 1>
  contract.return
}

// Two ways in: not a chain. (Both ways of one branch are two.)
// CHECK-LABEL: contract.func @two_ways_in
// CHECK:         cf.cond_br %{{.*}}, ^bb1, ^bb1
// CHECK-NEXT:  ^bb1:
// CHECK:         cf.cond_br
// CHECK:       ^bb2:
// CHECK-NEXT:    cf.br ^bb3
// CHECK-NEXT:  ^bb3:
contract.func @two_ways_in(%c: i1) {
  cf.cond_br %c, ^both, ^both
^both:
  cf.cond_br %c, ^left, ^join
^left:
  cf.br ^join
^join:
  contract.return
}

// A loop's back edge is a second way in, so its head stays; and code that only reaches
// itself is left as it is.
// CHECK-LABEL: contract.func @loops
// CHECK-NEXT:    cf.br ^bb1
// CHECK-NEXT:  ^bb1:
// CHECK-NEXT:    contract.charge <local 2>
// CHECK-NEXT:    contract.cost <local 1>
// CHECK-NEXT:    contract.cost <local 1>
// CHECK-NEXT:    cf.br ^bb1
// CHECK-NEXT:  ^bb2:
// CHECK-NEXT:    cf.br ^bb3
// CHECK-NEXT:  ^bb3:
// CHECK-NEXT:    cf.br ^bb2
// CHECK-NEXT:  ^bb4:
// CHECK-NEXT:    cf.br ^bb4
contract.func @loops() {
  cf.br ^head
^head:
  contract.charge <local 1>
  contract.cost <local 1>
  cf.br ^latch
^latch:
  contract.charge <local 1>
  contract.cost <local 1>
  cf.br ^head
^unreachable:
  cf.br ^too
^too:
  cf.br ^unreachable
^alone:
  cf.br ^alone
}
