;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: writ compile %t.wasm --target wasm32 --meter-only --size 0 --schedule weighted -o %t.out.wasm
;; RUN: wasm2wat %t.out.wasm | FileCheck %s

(module
  (import "env" "host" (func $host (param i32)))
  (memory 1)
  (table 2 funcref)
  (global $g (mut i32) (i32.const 7))
  (start $begin)

  ;; Tables call imports through what takes their price, which stands behind all functions.
  (elem (i32.const 0) $host $unused)

  ;; Instructions stay, in their order; what lasts is paid for just before it.
  ;; CHECK-LABEL: (func $straight
  ;; CHECK-NEXT: i32.const 72
  ;; CHECK-NEXT: call
  ;; CHECK-NEXT: i32.const 8
  ;; CHECK-NEXT: drop
  ;; CHECK-NEXT: nop
  ;; CHECK-NEXT: local.get 0
  ;; CHECK-NEXT: global.get
  ;; CHECK-NEXT: call
  ;; CHECK-NEXT: global.set $g
  ;; CHECK-NEXT: global.get
  ;; CHECK-NEXT: call [[CHARGE:.*]])
  (func $straight (export "straight") (param i32)
    i32.const 8
    drop
    nop
    local.get 0
    global.set $g)

  ;; So do functions that nothing reaches, and code that nothing reaches.
  ;; CHECK-LABEL: (func $unused
  ;; CHECK: global.get
  ;; CHECK-NEXT: call
  ;; CHECK-NEXT: call
  ;; CHECK-NEXT: unreachable
  ;; CHECK-NEXT: i32.const 1
  ;; CHECK-NEXT: i32.const 0
  ;; CHECK-NEXT: i32.div_s
  ;; CHECK-NEXT: drop)
  (func $unused
    nop
    unreachable
    i32.const 1
    i32.const 0
    i32.div_s
    drop)

  ;; A branch that may leave the function leaves a block, behind which the frame is given back.
  ;; CHECK-LABEL: (func $leaves
  ;; CHECK: block (result i32)
  ;; CHECK: br_if 0
  ;; CHECK: call $host
  ;; CHECK: i32.const 76
  ;; CHECK-NEXT: call [[LEAVE:[0-9]+]]
  ;; CHECK-NEXT: return
  ;; CHECK-NEXT: end
  ;; CHECK-NEXT: i32.const 76
  ;; CHECK-NEXT: call [[LEAVE]])
  (func $leaves (export "leaves") (param i32) (result i32)
    local.get 0
    local.get 0
    br_if 0
    call $host
    i32.const 2
    return)

  ;; A division says why it traps; NaNs are made canonical where something sees their bits.
  ;; CHECK-LABEL: (func $numbers
  ;; CHECK: f64.add
  ;; CHECK-NEXT: f64.mul
  ;; CHECK-NEXT: f64.sqrt
  ;; CHECK-NEXT: call [[NAN:[0-9]+]]
  ;; CHECK-NEXT: i64.reinterpret_f64
  ;; CHECK-NEXT: local.get 0
  ;; CHECK-NEXT: i64.const 10
  ;; CHECK-NEXT: i64.div_u
  ;; CHECK-NEXT: local.get 0
  ;; CHECK-NEXT: global.get
  ;; CHECK-NEXT: call
  ;; CHECK-NEXT: call [[DIV:[0-9]+]]
  ;; CHECK-NEXT: i64.add
  (func $numbers (export "numbers") (param i64 f64) (result i64)
    local.get 1
    local.get 1
    local.get 1
    f64.add
    f64.mul
    f64.sqrt
    i64.reinterpret_f64
    local.get 0
    i64.const 10
    i64.div_u
    local.get 0
    i64.div_u
    i64.add)

  (func $begin)

  ;; CHECK: (table
  ;; CHECK: (global $g (mut i32) (i32.const 7))
  ;; CHECK: (export "numbers" (func $numbers))
  ;; CHECK: (export "writ.start" (func $begin))
  ;; CHECK-NOT: (start
  ;; CHECK: (elem (;0;) (i32.const 0) func {{[0-9]+}} $unused)
)
