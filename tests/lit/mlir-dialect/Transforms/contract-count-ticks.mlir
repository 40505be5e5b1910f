// RUN: writ-opt %s --contract-count-ticks | FileCheck %s
// RUN: writ-opt %s --contract-count-ticks=values=0 | FileCheck %s --check-prefix=NONE

// Entry and loop head count; the loop's argument lives on.
// CHECK-LABEL: contract.func @loop
// CHECK:         contract.enter 80
// CHECK-NEXT:    contract.tick 0
// CHECK:       ^[[HEAD:.*]](%[[ARG:.*]]: i32):
// CHECK-NEXT:    contract.tick 1(%[[ARG]]) : i32
contract.func @loop(%n: i32) -> i32 frame 80 {
  %one = arith.constant 1 : i32
  contract.enter 80
  cf.br ^head(%n : i32)
^head(%i: i32):
  %next = arith.subi %i, %one : i32
  %more = arith.cmpi ne, %next, %one : i32
  cf.cond_br %more, ^head(%next : i32), ^after
^after:
  contract.return %next : i32
}

// A value made before the loop and read after it lives on; a constant need not be named. More
// than may be leave the loop without a number.
// CHECK-LABEL: contract.func @around
// CHECK:         %[[KEPT:.*]] = contract.local_get 0
// CHECK:         contract.tick 1(%[[KEPT]]) : i64
// NONE-LABEL:  contract.func @around
// NONE:          cf.br
// NONE:          contract.tick 0{{$}}
contract.func @around(%n: i64) -> i64 frame 72 {
  %zero = arith.constant 0 : i64
  %kept = contract.local_get 0 : i64
  cf.br ^head
^head:
  %left = contract.local_get 0 : i64
  %more = arith.cmpi ne, %left, %zero : i64
  cf.cond_br %more, ^head, ^after
^after:
  contract.return %kept : i64
}

// What lives on in the inner loop only is not named at the outer one.
// CHECK-LABEL: contract.func @nested
// CHECK:       ^{{.*}}:
// CHECK-NEXT:    contract.tick 1{{$}}
// CHECK:         %[[V:.*]] = contract.local_get 0
// CHECK:       ^{{.*}}:
// CHECK-NEXT:    contract.tick 2(%[[V]]) : i32
contract.func @nested(%n: i32) frame 68 {
  %zero = arith.constant 0 : i32
  cf.br ^outer
^outer:
  %v = contract.local_get 0 : i32
  cf.br ^inner
^inner:
  %c = contract.local_get 0 : i32
  %again = arith.cmpi ne, %c, %zero : i32
  cf.cond_br %again, ^inner, ^out
^out:
  contract.local_set 0, %v : i32
  %more = arith.cmpi eq, %v, %zero : i32
  cf.cond_br %more, ^outer, ^done
^done:
  contract.return
}
