;; RUN: wat2wasm --debug-names %s -o %t.wasm && writ-import %t.wasm | FileCheck %s

(module
  ;; Each distinct constant exists once, at the function's entry, in order of first use;
  ;; what tells floats apart is their bits.
  ;; CHECK-LABEL: contract.func @once
  ;; CHECK-NEXT: arith.constant 1 : i32
  ;; CHECK-NEXT: arith.constant 1 : i64
  ;; CHECK-NEXT: arith.constant 0.000000e+00 : f64
  ;; CHECK-NEXT: arith.constant -0.000000e+00 : f64
  ;; CHECK-NEXT: arith.constant 0x7FA00000 : f32
  ;; CHECK-NEXT: arith.constant 0x7FC00000 : f32
  ;; CHECK-NEXT: arith.constant -1 : i32
  ;; CHECK-NEXT: arith.constant 0 : i32
  ;; CHECK-NOT: arith.constant
  ;; CHECK: contract.return
  (func $once
    i32.const 1
    drop
    i64.const 1
    drop
    f64.const 0
    drop
    f64.const -0
    drop
    block
      f32.const nan:0x200000
      drop
      f32.const nan
      drop
      i32.const 0xffffffff
      br_if 0
      i32.const -1
      drop
      i32.const 1
      drop
    end)

  ;; CHECK-LABEL: contract.func @again
  ;; CHECK-NEXT: arith.constant 1 : i32
  (func $again
    i32.const 1
    drop)
)
