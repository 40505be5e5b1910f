;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: writ compile %t.wasm --target wasm32 --size 4000 --names --schedule weighted -o %t.out.wasm
;; RUN: wasm2wat %t.out.wasm | FileCheck %s

;; All rounds of a loop that counts are paid for before it; else its twin, which takes costs when
;; they are due, runs until the gas is gone.
(module
  (memory 1)
  ;; CHECK-LABEL: (func $fill
  ;; CHECK: i64.sub
  ;; CHECK-NEXT: local.tee [[GAS:[0-9]+]]
  ;; CHECK-NEXT: i64.const 0
  ;; CHECK-NEXT: i64.lt_s
  ;; CHECK: loop
  ;; CHECK: global.set
  ;; CHECK: i64.lt_s
  ;; CHECK: i32.store
  ;; CHECK: br_if 0
  ;; CHECK: call $writ.out_of_gas
  ;; CHECK: loop
  ;; CHECK-NOT: i64
  ;; CHECK: i32.store
  ;; CHECK-NOT: i64
  ;; CHECK: br_if 0
  (func $fill (export "fill") (local i32)
    (loop
      (i32.store (local.get 0) (i32.const 7))
      (br_if 0 (i32.ne (local.tee 0 (i32.add (local.get 0) (i32.const 4))) (i32.const 4000))))))
