// RUN: writ-opt %s --contract-verify-core=metered=false --split-input-file --verify-diagnostics --allow-unregistered-dialect

// One case for each way in which an op of a function can be outside the core stratum.

contract.func @f() {
  // expected-error @+1 {{is not an op of the core stratum}}
  "test.op"() : () -> ()
  contract.return
}

// -----

contract.func @f(%x: i32) {
  // expected-error @+1 {{is not an op of the core stratum}}
  %0 = arith.divui %x, %x : i32
  contract.return
}

// -----

contract.func @f(%x: i32) {
  // expected-error @+1 {{carries #arith.overflow<nsw>; expected no flags}}
  %0 = arith.addi %x, %x overflow<nsw> : i32
  contract.return
}

// -----

contract.func @f(%x: f32) {
  // expected-error @+1 {{carries #arith.fastmath<nnan>; expected no flags}}
  %0 = arith.cmpf olt, %x, %x fastmath<nnan> : f32
  contract.return
}

// -----

contract.func @f(%x: i64) {
  // expected-error @+1 {{gives 'i24'; no tier knows that}}
  %0 = arith.trunci %x : i64 to i24
  contract.return
}

// -----

contract.func @f(%x: i64) {
  %0 = arith.trunci %x : i64 to i8
  // expected-error @+1 {{takes 'i8'; no tier knows that}}
  %1 = arith.addi %0, %0 : i8
  contract.return
}

// -----

contract.func @f(%x: i64) {
  // expected-error @+1 {{switches on 'i64'; expected i32}}
  cf.switch %x : i64, [default: ^bb1]
^bb1:
  contract.return
}

// -----

contract.func @f(%x: i32) {
  %0 = arith.cmpi eq, %x, %x : i32
  cf.br ^next(%0 : i1)
// expected-error @+1 {{block argument is 'i1'; expected a core value}}
^next(%y: i1):
  contract.return
}

// -----

contract.func @f(%x: i32) locals [i64] {
  // expected-error @+1 {{names slot 2; expected one of 2}}
  contract.local_set 2, %x : i32
  contract.return
}

// -----

contract.func @f(%x: i32) locals [i64] {
  // expected-error @+1 {{takes slot 1 for 'i32'; expected 'i64'}}
  %0 = contract.local_get 1 : i32
  contract.return
}

// -----

contract.func @f() {
  // expected-error @+1 {{names global 0; expected one of 0}}
  %0 = contract.global_get 0 : i32
  contract.return
}

// -----

contract.global i32 = 7 : i32
contract.func @f() {
  // expected-error @+1 {{takes global 0 for 'i64'; expected 'i32'}}
  %0 = contract.global_get 0 : i64
  contract.return
}

// -----

contract.global i32 = 7 : i32
contract.func @f(%x: i32) {
  // expected-error @+1 {{writes global 0; expected a mutable one}}
  contract.global_set 0, %x : i32
  contract.return
}

// -----

contract.func @f() {
  // expected-error @+1 {{needs the memory; expected one to be declared}}
  %0 = contract.memory_size
  contract.return
}

// -----

contract.memory 1
contract.func @f(%x: i32) {
  // expected-error @+1 {{names data segment 0; expected one of 0}}
  contract.memory_init 0, %x, %x, %x
  contract.return
}

// -----

contract.func @f() {
  // expected-error @+1 {{names element segment 4294967295; expected one of 0}}
  contract.elem_drop -1
  contract.return
}

// -----

contract.func @f() {
  // expected-error @+1 {{names table 0; expected one of 0}}
  %0 = contract.table_size 0
  contract.return
}

// -----

contract.table !contract.externref 1
contract.func @f(%i: i32) {
  // expected-error @+1 {{takes table 0 for '!contract.funcref'; expected '!contract.externref'}}
  contract.call_indirect 0[%i]() : () -> ()
  contract.return
}

// -----

contract.table !contract.externref 1
contract.table !contract.funcref 1
contract.func @f(%i: i32) {
  // expected-error @+1 {{takes table 0 for '!contract.funcref'; expected '!contract.externref'}}
  contract.table_copy 0[%i], 1[%i], %i
  contract.return
}

// -----

contract.table !contract.externref 1
contract.elem !contract.funcref []
contract.func @f(%i: i32) {
  // expected-error @+1 {{takes table 0 for '!contract.funcref'; expected '!contract.externref'}}
  contract.table_init 0[%i], 0[%i], %i
  contract.return
}
