;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: writ compile %t.wasm --target wasm32 --size 2000 --names --schedule weighted -o %t.out.wasm
;; RUN: wasm2wat %t.out.wasm | FileCheck %s

(module
  (memory 1)

  ;; A region that writes is paid at its start. One look stands for both addresses; the others are for
  ;; when it fails. The way out is the twin, which charges just before each store.
  ;; CHECK-LABEL: (func $fill
  ;; CHECK: loop
  ;; CHECK-NEXT: local.get [[GAS:[0-9]+]]
  ;; CHECK-NEXT: i64.const
  ;; CHECK-NEXT: i64.sub
  ;; CHECK-NEXT: local.set [[GAS]]
  ;; CHECK-NEXT: block
  ;; CHECK-NEXT: block
  ;; CHECK-NEXT: local.get [[GAS]]
  ;; CHECK-NEXT: i64.const 0
  ;; CHECK-NEXT: i64.lt_s
  ;; CHECK-NEXT: br_if 0
  ;; CHECK-NEXT: block
  ;; CHECK-NEXT: local.get 0
  ;; CHECK-NEXT: i32.const 8
  ;; CHECK-NEXT: i32.add
  ;; CHECK-NEXT: i64.extend_i32_u
  ;; CHECK-NEXT: i64.const 8
  ;; CHECK-NEXT: i64.add
  ;; CHECK-NEXT: local.get [[LIMIT:[0-9]+]]
  ;; CHECK-NEXT: i64.le_s
  ;; CHECK-NEXT: br_if 0
  ;; The twin:
  ;; CHECK: br 1
  ;; CHECK-NEXT: end
  ;; CHECK-NEXT: local.get [[GAS]]
  ;; CHECK-NEXT: global.get
  ;; CHECK-NEXT: i64.add
  ;; CHECK-NEXT: local.tee [[GAS]]
  ;; CHECK: i64.sub
  ;; CHECK-NEXT: local.tee [[GAS]]
  ;; CHECK-NEXT: global.set
  ;; CHECK: i32.store
  ;; CHECK: i32.store
  ;; CHECK: call $writ.out_of_gas
  ;; CHECK-NEXT: unreachable
  ;; CHECK-NEXT: end
  ;; The region:
  ;; CHECK-NOT: global.set
  ;; CHECK: i32.store
  ;; CHECK-NEXT: local.get 0
  ;; CHECK-NEXT: i32.const 12
  ;; CHECK-NEXT: i32.add
  ;; CHECK-NEXT: i32.const 2
  ;; CHECK-NEXT: i32.store offset=4
  ;; CHECK-NOT: i64.lt_s
  ;; CHECK: br_if 0
  (func $fill (export "fill") (param i32 i32)
    (loop
      (i32.store (i32.add (local.get 0) (i32.const 8)) (i32.const 1))
      (i32.store offset=4 (i32.add (local.get 0) (i32.const 12)) (i32.const 2))
      (local.set 0 (i32.add (local.get 0) (i32.const 8)))
      (br_if 0 (i32.lt_u (local.get 0) (local.get 1)))))

  ;; An address that is only known on the way is looked at just before the access, and what has
  ;; been paid too early is given back. Gas is looked at on the way back.
  ;; CHECK-LABEL: (func $chase
  ;; CHECK: loop
  ;; CHECK: i64.extend_i32_u
  ;; CHECK-NEXT: local.get
  ;; CHECK-NEXT: i64.gt_s
  ;; CHECK-NEXT: if
  ;; CHECK-NEXT: local.get [[GAS:[0-9]+]]
  ;; CHECK-NEXT: global.get
  ;; CHECK-NEXT: i64.add
  ;; CHECK-NEXT: global.set 0
  ;; CHECK-NEXT: i32.const 2
  ;; CHECK-NEXT: call $writ.trap
  ;; CHECK-NEXT: unreachable
  ;; CHECK-NEXT: end
  ;; CHECK: i32.load
  ;; CHECK: local.get [[GAS]]
  ;; CHECK-NEXT: i64.const 0
  ;; CHECK-NEXT: i64.lt_s
  ;; CHECK-NEXT: if
  ;; CHECK-NEXT: call $writ.out_of_gas
  ;; CHECK-NEXT: unreachable
  ;; CHECK-NEXT: end
  ;; CHECK-NEXT: br_if 0
  (func $chase (export "chase") (param i32)
    (loop
      (local.set 0 (i32.load (local.get 0)))
      (br_if 0 (local.get 0))))
)
