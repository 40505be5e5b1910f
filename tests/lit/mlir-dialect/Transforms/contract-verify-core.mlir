// RUN: writ-opt %s --contract-verify-core | FileCheck %s
// RUN: writ-opt %s --contract-verify-core | writ-opt --contract-verify-core -o /dev/null

// A module with everything that the tiers take is accepted and left as it is.
// CHECK: contract.memory 1 max 16
contract.memory 1 max 16
contract.table !contract.funcref 2 import "env" "table"
contract.table !contract.externref 0 max 4294967295
contract.global i32 import "env" "base"
contract.global mutable i64 = 7 : i64
contract.global !contract.funcref = @init
contract.data at #contract.global<0> "hello"
contract.elem !contract.funcref in 0 at 1 : i32 [@init, unit]
contract.elem declarative !contract.funcref [@init]
contract.export "memory" memory 0
contract.start @init

contract.func @read(i32) -> i64 import "env" "read"

// Stack before anything that can be seen, then regions: each paid ahead, all spent at its end.
// CHECK: contract.func @init
contract.func @init() frame 64 {
  %c = arith.constant 1 : i32
  contract.charge <call 1, frame_unit 8>
  contract.cost <frame_unit 8>
  contract.enter 64
  contract.cost <call 1>
  %r = contract.call @read(%c) : (i32) -> i64
  contract.charge <local 3, load 1>
  contract.cost <local 1, load 1>
  %x = contract.load 32 %c + 0 : i32
  contract.cost <local 2>
  contract.return
}

// Costs charged one by one are as exact.
// CHECK: contract.func @each
contract.func @each(%x: i32, %f: f64) -> f64 locals [!contract.externref] frame 84 {
  contract.charge <frame_unit 11>
  contract.cost <frame_unit 11>
  contract.enter 84
  contract.charge <branch 1>
  contract.cost <branch 1>
  %b = arith.cmpf ult, %f, %f : f64
  cf.cond_br %b, ^free, ^next(%x : i32)
^free:
  %s = arith.select %b, %f, %f : f64
  contract.return %s : f64
^next(%i: i32):
  %narrow = arith.trunci %i : i32 to i8
  %wide = arith.extsi %narrow : i8 to i64
  %g = arith.bitcast %wide : i64 to f64
  contract.return %g : f64
}
