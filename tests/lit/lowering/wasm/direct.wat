;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: writ compile %t.wasm --target wasm32 --size 4000 --names -o %t.out.wasm
;; RUN: wasm2wat %t.out.wasm | FileCheck %s

;; A fast function takes the gas and the stack left behind its parameter; others call it through an
;; entry, behind which the stack left is as before.
;; CHECK: (func $fac (type {{[0-9]+}}) (param i64 i64 i32) (result i64)
;; CHECK: else
;; CHECK: end
;; CHECK: local.get 1
;; CHECK-NEXT: local.get 2
;; CHECK-NEXT: call $fac
;; CHECK-NEXT: global.get 0
;; CHECK-NEXT: local.set 1

;; CHECK: (func $fac.1 (type {{[0-9]+}}) (param i64) (result i64)
;; CHECK-NEXT: (local i32)
;; CHECK-NEXT: local.get 0
;; CHECK-NEXT: global.get 0
;; CHECK-NEXT: global.get 1
;; CHECK-NEXT: local.tee 1
;; CHECK-NEXT: call $fac
;; CHECK-NEXT: local.get 1
;; CHECK-NEXT: global.set 1
(module
  (func $fac (export "fac") (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.const 1))
      (else (i64.mul (local.get 0) (call $fac (i64.sub (local.get 0) (i64.const 1))))))))
