;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: writ compile %t.wasm --target wasm32 --size 4000 --names -o %t.out.wasm
;; RUN: wasm2wat %t.out.wasm | FileCheck %s

;; Accesses that are never outside need no look; each function ends where the next one begins.
(module
  (memory 1)
  (global $stack (mut i32) (i32.const 4096))

  ;; A mask, and a loop that counts up to a constant.
  ;; CHECK-LABEL: (func $masked
  ;; CHECK: loop
  ;; CHECK-NOT: i64.extend_i32_u
  ;; CHECK: i32.load8_u
  ;; CHECK-NOT: i64.extend_i32_u
  ;; CHECK: i32.store
  ;; CHECK: br_if 0
  (func $masked (export "masked") (param i32 i32) (result i32)
    (loop
      (local.set 0 (i32.add (local.get 0) (i32.const 7)))
      (local.set 1 (i32.load8_u offset=100 (i32.and (local.get 0) (i32.const 255))))
      (i32.store offset=1024 (i32.shl (local.get 1) (i32.const 2)) (local.get 0))
      (br_if 0 (i32.lt_s (local.get 0) (i32.const 1000000))))
    (local.get 1))

  ;; The loop counts from 0 to 99: 16 times that is below 1600.
  ;; CHECK-LABEL: (func $counted
  ;; CHECK: loop
  ;; CHECK-NOT: i64.extend_i32_u
  ;; CHECK: f64.store
  ;; CHECK: br_if 0
  (func $counted (export "counted") (local $i i32) (local $p i32)
    (loop
      (f64.store offset=8000 (local.get $p) (f64.const 1))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (br_if 0 (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100)))))

  ;; So may the last byte of the memory be reached, and not more: this one is looked at.
  ;; CHECK-LABEL: (func $over
  ;; CHECK: loop
  ;; CHECK: i64.extend_i32_u
  ;; CHECK: i32.load8_u
  (func $over (export "over") (param i32) (result i32)
    (loop
      (local.set 0 (i32.add (local.get 0) (i32.load8_u offset=65281
        (i32.and (local.get 0) (i32.const 255)))))
      (br_if 0 (i32.lt_u (local.get 0) (i32.const 1000000))))
    (local.get 0))

  ;; A frame on the module's own stack is assumed to be in the memory: else the small form runs.
  ;; CHECK-LABEL: (func $framed.2
  ;; CHECK: i32.const -16
  ;; CHECK-NEXT: i32.add
  ;; CHECK-NEXT: i64.extend_i32_u
  ;; CHECK: i64.gt_s
  ;; CHECK-NEXT: if
  ;; CHECK: call $framed.1
  ;; CHECK-NEXT: return
  ;; CHECK-NEXT: end
  ;; CHECK: loop
  ;; CHECK-NOT: i64.extend_i32_u
  ;; CHECK: i32.store offset=12
  ;; CHECK: br_if 0
  (func $framed (export "framed") (param i32) (local i32)
    (local.set 1 (i32.sub (global.get $stack) (i32.const 16)))
    (loop
      (i32.store offset=12 (local.get 1)
        (i32.add (i32.load offset=12 (local.get 1)) (local.get 0)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
)
