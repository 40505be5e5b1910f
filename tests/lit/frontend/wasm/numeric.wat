;; RUN: wat2wasm --debug-names %s -o %t.wasm && writ-import %t.wasm | FileCheck %s

(module
  ;; CHECK-LABEL: contract.func @integers
  ;; CHECK: contract.clz %{{.*}} : i32
  ;; CHECK-NEXT: contract.ctz %{{.*}} : i32
  ;; CHECK-NEXT: contract.popcnt %{{.*}} : i32
  ;; CHECK: arith.muli %{{.*}} : i32
  ;; CHECK: arith.andi
  ;; CHECK: arith.ori
  ;; CHECK: arith.xori
  ;; CHECK: contract.shl
  ;; CHECK: contract.shr_s
  ;; CHECK: contract.shr_u
  ;; CHECK: contract.rotl
  ;; CHECK: contract.rotr
  (func $integers (param i32) (result i32)
    (i32.clz (local.get 0)) i32.ctz i32.popcnt
    (i32.mul (local.get 0)) (i32.and (local.get 0)) (i32.or (local.get 0)) (i32.xor (local.get 0))
    (i32.shl (local.get 0)) (i32.shr_s (local.get 0)) (i32.shr_u (local.get 0))
    (i32.rotl (local.get 0)) (i32.rotr (local.get 0)))

  ;; The first operand stays the first.
  ;; CHECK-LABEL: contract.func @order
  ;; CHECK: %[[A:.*]] = contract.local_get 0 : i64
  ;; CHECK: %[[B:.*]] = contract.local_get 1 : i64
  ;; CHECK: arith.subi %[[A]], %[[B]] : i64
  (func $order (param i64 i64) (result i64)
    (i64.sub (local.get 0) (local.get 1)))

  ;; Ops that may trap are marked one by one.
  ;; CHECK-LABEL: contract.func @division
  ;; CHECK: contract.cost <local 2, integer_div 1>
  ;; CHECK-NEXT: contract.div_s %{{.*}} : i64
  ;; CHECK: contract.cost <local 1, integer_div 1>
  ;; CHECK-NEXT: contract.div_u
  ;; CHECK: contract.rem_s
  ;; CHECK: contract.rem_u
  (func $division (param i64) (result i64)
    (i64.div_s (local.get 0) (local.get 0)) (i64.div_u (local.get 0))
    (i64.rem_s (local.get 0)) (i64.rem_u (local.get 0)))

  ;; CHECK-LABEL: contract.func @floats
  ;; CHECK: contract.fabs
  ;; CHECK-NEXT: contract.fneg
  ;; CHECK-NEXT: contract.fceil
  ;; CHECK-NEXT: contract.ffloor
  ;; CHECK-NEXT: contract.ftrunc
  ;; CHECK-NEXT: contract.fnearest
  ;; CHECK-NEXT: contract.fsqrt
  ;; CHECK: contract.fadd
  ;; CHECK: contract.fsub
  ;; CHECK: contract.fmul
  ;; CHECK: contract.fdiv
  ;; CHECK: contract.fmin
  ;; CHECK: contract.fmax
  ;; CHECK: contract.fcopysign
  (func $floats (param f32) (result f32)
    (f32.abs (local.get 0)) f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt
    (f32.add (local.get 0)) (f32.sub (local.get 0)) (f32.mul (local.get 0))
    (f32.div (local.get 0)) (f32.min (local.get 0)) (f32.max (local.get 0))
    (f32.copysign (local.get 0)))

  ;; CHECK-LABEL: contract.func @conversions
  ;; CHECK: contract.fto_s %{{.*}} : f64 to i32
  ;; CHECK: arith.extsi %{{.*}} : i32 to i64
  ;; CHECK-NEXT: arith.uitofp %{{.*}} : i64 to f32
  ;; CHECK-NEXT: contract.fext
  ;; CHECK: contract.fto_u %{{.*}} : f64 to i64
  ;; CHECK: arith.sitofp %{{.*}} : i64 to f64
  ;; CHECK-NEXT: contract.fdemote
  ;; CHECK-NEXT: arith.bitcast %{{.*}} : f32 to i32
  ;; CHECK-NEXT: arith.extui %{{.*}} : i32 to i64
  ;; CHECK-NEXT: arith.bitcast %{{.*}} : i64 to f64
  ;; CHECK-NEXT: contract.fto_s_sat %{{.*}} : f64 to i64
  ;; CHECK-NEXT: arith.trunci %{{.*}} : i64 to i32
  ;; CHECK-NEXT: arith.trunci %{{.*}} : i32 to i8
  ;; CHECK-NEXT: arith.extsi %{{.*}} : i8 to i32
  ;; CHECK-NEXT: arith.extsi %{{.*}} : i32 to i64
  ;; CHECK-NEXT: arith.trunci %{{.*}} : i64 to i32
  ;; CHECK-NEXT: arith.extsi %{{.*}} : i32 to i64
  (func $conversions (param f64) (result i64)
    local.get 0
    i32.trunc_f64_s
    i64.extend_i32_s
    f32.convert_i64_u
    f64.promote_f32
    i64.trunc_f64_u
    f64.convert_i64_s
    f32.demote_f64
    i32.reinterpret_f32
    i64.extend_i32_u
    f64.reinterpret_i64
    i64.trunc_sat_f64_s
    i32.wrap_i64
    i32.extend8_s
    i64.extend_i32_s
    i64.extend32_s)
)
