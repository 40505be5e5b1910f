;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: writ compile %t.wasm --target wasm32 --no-metering --names -o %t.out.wasm
;; RUN: wasm2wat %t.out.wasm | FileCheck %s

;; What a loop is left for stands behind it, also where it is left in the middle; so does a trap to
;; which a way leads from there.
(module
  ;; CHECK-LABEL: (func $scan
  ;; CHECK: loop
  ;; CHECK: br 1
  ;; CHECK-NEXT: end
  ;; CHECK-NEXT: end
  ;; CHECK-NOT: end
  ;; CHECK: i32.mul
  (func $scan (export "scan") (param i32) (result i32)
    (block
      (loop
        (br_if 1 (i32.eq (local.get 0) (i32.const 7)))
        (local.set 0 (i32.add (local.get 0) (i32.const 1)))
        (br 0)))
    (i32.mul (local.get 0) (local.get 0)))

  ;; CHECK-LABEL: (func $fails
  ;; CHECK: block
  ;; CHECK-NEXT: loop
  ;; CHECK: br_if 1
  ;; CHECK: return
  ;; CHECK: end
  ;; CHECK-NEXT: end
  ;; CHECK-NEXT: unreachable
  (func $fails (export "fails") (param i32) (result i32)
    (block $trap
      (block $out
        (loop $again
          (br_if $trap (i32.eq (local.get 0) (i32.const 7)))
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br_if $out (i32.eqz (local.get 0)))
          (br $again)))
      (br_if $trap (i32.eq (local.get 0) (i32.const 3)))
      (return (i32.const 1)))
    (unreachable))
)
