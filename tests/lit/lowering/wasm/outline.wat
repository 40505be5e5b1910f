;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: writ compile %t.wasm --target wasm32 --size 0 --names --positions -o %t.out.wasm
;; RUN: wasm2wat %t.out.wasm | FileCheck %s

(module
  (memory 1)

  ;; What recurs around charges is a function; locals stay outside.
  ;; CHECK: (func $[[$SHARED:writ.shared.[0-9]+]] (type {{[0-9]+}}) (param i32) (result i32)
  ;; CHECK-NEXT: local.get 0
  ;; CHECK-NEXT: global.get
  ;; CHECK-NEXT: call $writ.charge
  ;; CHECK-NEXT: i32.load offset=1000)
  ;; CHECK-LABEL: (func $a
  ;; CHECK: call $[[$SHARED]]
  ;; CHECK-NEXT: local.tee 0
  ;; CHECK-NEXT: call $[[$SHARED]]
  ;; CHECK-NEXT: local.tee 1
  (func $a (export "a") (param i32) (result i32)
    (local i32)
    (local.set 1 (i32.load offset=1000 (local.get 0)))
    (local.set 0 (i32.load offset=1000 (local.get 1)))
    (local.set 1 (i32.load offset=1000 (local.get 0)))
    (local.set 0 (i32.load offset=1000 (local.get 1)))
    (local.set 1 (i32.load offset=1000 (local.get 0)))
    (local.set 0 (i32.load offset=1000 (local.get 1)))
    (local.set 1 (i32.load offset=1000 (local.get 0)))
    (local.set 0 (i32.load offset=1000 (local.get 1)))
    (local.set 1 (i32.load offset=1000 (local.get 0)))
    (local.set 0 (i32.load offset=1000 (local.get 1)))
    (local.set 1 (i32.load offset=1000 (local.get 0)))
    (local.set 0 (i32.load offset=1000 (local.get 1)))
    (local.get 0))

  ;; What is there once stays where it is.
  ;; CHECK-LABEL: (func $b
  ;; CHECK: i64.load32_s offset=500
  ;; CHECK-NEXT: {{call|global.get}}
  (func $b (export "b") (param i32) (result i64)
    (i64.load32_s offset=500 (local.get 0))))
