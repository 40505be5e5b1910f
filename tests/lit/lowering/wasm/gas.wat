;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: writ compile %t.wasm --target wasm32 --size 0 --names --schedule weighted -o %t.out.wasm
;; RUN: wasm2wat %t.out.wasm | FileCheck %s

(module
  (memory 1)

  ;; Costs are taken just before the store, and what is left of them at the end. The second store
  ;; cannot be outside if the first was not.
  ;; CHECK-LABEL: (func $stores
  ;; CHECK-NEXT: i32.const 76
  ;; CHECK-NEXT: call $writ.enter_leaf
  ;; CHECK-NEXT: local.get 0
  ;; CHECK-NEXT: i32.const 1
  ;; CHECK-NEXT: global.get
  ;; CHECK-NEXT: call $writ.charge
  ;; CHECK-NEXT: i32.store offset=4
  (func $stores (export "stores") (param i32)
    (i32.store offset=4 (local.get 0) (i32.const 1))
    (i32.store (local.get 0) (i32.const 1)))

  ;; Loads inside the memory's least size need no charge of their own: there is one, at the end.
  ;; CHECK-LABEL: (func $loads
  ;; CHECK: i32.const 8
  ;; CHECK-NEXT: i32.load
  ;; CHECK-NEXT: i32.const 12
  ;; CHECK-NEXT: i32.load
  ;; CHECK-NEXT: i32.add
  ;; CHECK-NEXT: global.get
  ;; CHECK-NEXT: call $writ.charge)
  (func $loads (export "loads") (result i32)
    (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 12))))

  ;; A frame that is taken is given back; divisions that may trap say why.
  ;; CHECK-LABEL: (func $calls
  ;; CHECK: call $writ.enter
  ;; CHECK: call $writ.i32.div_s
  ;; CHECK: call $stores
  ;; CHECK: call $writ.leave
  (func $calls (export "calls") (param i32 i32)
    (call $stores (i32.div_s (local.get 0) (local.get 1))))

  ;; Divisions by a number that is neither 0 nor -1 are as they were.
  ;; CHECK-LABEL: (func $safe
  ;; CHECK: i32.const 10
  ;; CHECK-NEXT: i32.div_s
  (func $safe (export "safe") (param i32) (result i32)
    (i32.div_s (local.get 0) (i32.const 10)))
)
