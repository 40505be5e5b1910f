;; RUN: wat2wasm %s -o %t.wasm
;; RUN: writ compile %t.wasm --target wasm32 --no-metering -o %t.out.wasm
;; RUN: wasm2wat %t.out.wasm | FileCheck %s

(module
  (memory 1)

  ;; Values that are read once and in order stay on the stack, what was a `tee` is one again, and a
  ;; loop with one way back is a `br_if`.
  ;; CHECK-LABEL: (func (;0;)
  ;; CHECK-NOT: (local
  ;; CHECK: loop
  ;; CHECK-NEXT: local.get 0
  ;; CHECK-NEXT: i32.const 1
  ;; CHECK-NEXT: i32.add
  ;; CHECK-NEXT: local.tee 0
  ;; CHECK-NEXT: local.get 1
  ;; CHECK-NEXT: i32.lt_u
  ;; CHECK-NEXT: br_if 0
  (func (export "count") (param i32 i32) (result i32)
    loop
      (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (local.get 1)))
    end
    local.get 0)

  ;; What is skipped stands in an `if`; comparisons with zero are conditions as they are.
  ;; CHECK-LABEL: (func (;1;)
  ;; CHECK: local.get 0
  ;; CHECK-NEXT: if
  ;; CHECK-NEXT: i32.const 8
  ;; CHECK-NEXT: local.get 0
  ;; CHECK-NEXT: i32.store
  ;; CHECK-NEXT: end
  (func (export "skip") (param i32)
    block
      (br_if 0 (i32.eqz (local.get 0)))
      (i32.store (i32.const 8) (local.get 0))
    end)

  ;; A value is saved before its slot is written, and loads keep their order with stores.
  ;; CHECK-LABEL: (func (;2;)
  ;; CHECK: local.get 1
  ;; CHECK-NEXT: local.get 0
  ;; CHECK-NEXT: local.set [[OLD:[0-9]+]]
  ;; CHECK-NEXT: local.set 0
  ;; CHECK-NEXT: local.get [[OLD]]
  ;; CHECK-NEXT: local.set 1
  ;; CHECK: i32.load
  ;; CHECK-NEXT: local.set [[LOADED:[0-9]+]]
  ;; CHECK: i32.store
  ;; CHECK: local.get [[LOADED]]
  (func (export "swap") (param i32 i32) (result i32)
    local.get 0
    (local.set 0 (local.get 1))
    local.set 1
    (i32.load (local.get 0))
    (i32.store (local.get 1) (i32.const 5)))
)
