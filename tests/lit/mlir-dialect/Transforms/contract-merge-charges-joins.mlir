// RUN: writ-opt %s --contract-merge-charges | FileCheck %s
// RUN: writ-opt %s --contract-merge-charges | writ-opt --contract-merge-charges | FileCheck %s

contract.func @callee() import "env" "callee"

// The join's cost goes to both ways: to the last charge of one, and to the end of the other,
// which has none.
// CHECK-LABEL: contract.func @join
// CHECK:       ^bb1:
// CHECK-NEXT:    contract.charge <branch 1, local 1, integer 1>
// CHECK-NEXT:    contract.cost <branch 1, local 1, integer 1>
// CHECK-NEXT:    cf.br ^bb3
// CHECK-NEXT:  ^bb2:
// CHECK-NEXT:    contract.call
// CHECK-NEXT:    contract.charge <local 1, integer 1>
// CHECK-NEXT:    contract.cost <local 1, integer 1>
// CHECK-NEXT:    cf.br ^bb3
// CHECK-NEXT:  ^bb3:
// CHECK-NEXT:    contract.local_get
// CHECK-NOT:     contract.charge
contract.func @join(%c: i1, %x: i32) -> i32 locals [i1, i32] {
  cf.cond_br %c, ^left, ^right
^left:
  contract.charge <branch 1>
  contract.cost <branch 1>
  cf.br ^join
^right:
  contract.call @callee() : () -> ()
  cf.br ^join
^join:
  contract.charge <local 1, integer 1>
  %y = contract.local_get 1 : i32
  %sum = arith.addi %y, %y : i32
  contract.cost <local 1, integer 1>
  contract.return %sum : i32
}

// A join that leads to a join pays for both, on the ways to the first.
// CHECK-LABEL: contract.func @joins
// CHECK:         contract.charge <nop 6>
// CHECK:         contract.charge <nop 7>
// CHECK:         contract.charge <nop 5>
// CHECK-NOT:     contract.charge
contract.func @joins(%c: i1) locals [i1] {
  cf.cond_br %c, ^a, ^b
^a:
  contract.charge <nop 1>
  contract.cost <nop 1>
  cf.br ^first
^b:
  contract.charge <nop 2>
  contract.cost <nop 2>
  cf.cond_br %c, ^c, ^d
^c:
  contract.charge <nop 2>
  contract.cost <nop 2>
  cf.br ^first
^d:
  contract.charge <nop 2>
  contract.cost <nop 2>
  cf.br ^second
^first:
  contract.charge <nop 2>
  contract.cost <nop 2>
  cf.br ^second
^second:
  contract.charge <nop 3>
  contract.cost <nop 3>
  contract.return
}

// Something happens before all is due: the charge stays.
// CHECK-LABEL: contract.func @trap_between
// CHECK:       ^bb3:
// CHECK-NEXT:    contract.charge <integer 2>
contract.func @trap_between(%c: i1, %x: i32) -> i32 locals [i1, i32] {
  cf.cond_br %c, ^left, ^right
^left:
  cf.br ^join
^right:
  cf.br ^join
^join:
  contract.charge <integer 2>
  contract.cost <integer 1>
  %q = contract.div_u %x, %x : i32
  contract.cost <integer 1>
  contract.return %q : i32
}

// A way out of `^right` leads elsewhere, and must not pay.
// CHECK-LABEL: contract.func @elsewhere
// CHECK:       ^bb3:
// CHECK-NEXT:    contract.charge <nop 1>
contract.func @elsewhere(%c: i1) locals [i1] {
  cf.cond_br %c, ^left, ^right
^left:
  cf.br ^join
^right:
  cf.cond_br %c, ^join, ^other
^join:
  contract.charge <nop 1>
  contract.cost <nop 1>
  contract.return
^other:
  contract.return
}

// A switch gets a block on its way to the join, one for all cases, which passes values on.
// CHECK-LABEL: contract.func @switch
// CHECK:         cf.switch %{{.*}} : i32, [
// CHECK-NEXT:      default: ^bb1,
// CHECK-NEXT:      0: ^bb2(%[[X:.*]] : i32),
// CHECK-NEXT:      1: ^bb2(%[[Y:.*]] : i32)
// CHECK-NEXT:    ]
// CHECK-NEXT:  ^bb1:
// CHECK-NEXT:    contract.charge <branch 1, integer 1>
// CHECK:       ^bb2(%[[ON:.*]]: i32):
// CHECK-NEXT:    contract.charge <integer 1>
// CHECK-NEXT:    contract.cost <integer 1>
// CHECK-NEXT:    cf.br ^bb3(%[[ON]] : i32)
// CHECK-NEXT:  ^bb3(
// CHECK-NEXT:    arith.addi
contract.func @switch(%x: i32, %y: i32) -> i32 locals [i32, i32] {
  cf.switch %x : i32, [
    default: ^case,
    0: ^join(%x : i32),
    1: ^join(%y : i32)
  ]
^case:
  contract.charge <branch 1>
  contract.cost <branch 1>
  cf.br ^join(%y : i32)
^join(%z: i32):
  contract.charge <integer 1>
  %sum = arith.addi %z, %z : i32
  contract.cost <integer 1>
  contract.return %sum : i32
}

// The head of a loop: once on the way in, once on the way back.
// CHECK-LABEL: contract.func @loop
// CHECK-NEXT:    contract.charge <loop 1, local 1>
// CHECK:       ^bb1:
// CHECK-NOT:     contract.charge
// CHECK:       ^bb2:
// CHECK-NEXT:    contract.charge <branch 1, local 1>
contract.func @loop(%c: i1) locals [i1] {
  contract.charge <loop 1>
  contract.cost <loop 1>
  cf.br ^head
^head:
  contract.charge <local 1>
  contract.cost <local 1>
  cf.cond_br %c, ^latch, ^exit
^latch:
  contract.charge <branch 1>
  contract.cost <branch 1>
  cf.br ^head
^exit:
  contract.return
}
