;; RUN: wat2wasm --enable-tail-call --debug-names %s -o %t.wasm
;; RUN: writ compile %t.wasm --target wasm32 --size 4000 --names -o %t.out.wasm
;; RUN: wasm-validate %t.out.wasm
;; RUN: wasm2wat %t.out.wasm | FileCheck %s

;; A tail call in what nothing can reach asks nothing of the target.
;; CHECK-NOT: return_call
;; CHECK-LABEL: (func $fac
;; CHECK-NOT: return_call
(module
  (func $fac (export "fac") (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.const 1))
      (else (i64.mul (local.get 0) (call $fac (i64.sub (local.get 0) (i64.const 1)))))))
  (func $unused (return_call $unused)))
