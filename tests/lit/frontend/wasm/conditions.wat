;; RUN: wat2wasm --debug-names %s -o %t.wasm && writ-import %t.wasm | FileCheck %s

(module
  ;; A comparison that only decides stays an i1; eqz turns it round.
  ;; CHECK-LABEL: contract.func @decides
  ;; CHECK: %[[C:.*]] = arith.cmpi sge, %{{.*}}, %{{.*}} : i32
  ;; CHECK-NOT: arith.extui
  ;; CHECK: cf.cond_br %[[C]]
  (func $decides (param i32 i32)
    local.get 0
    local.get 1
    i32.lt_s
    i32.eqz
    if
      nop
    end)

  ;; Turning a float comparison round must give true for NaNs.
  ;; CHECK-LABEL: contract.func @unordered
  ;; CHECK: arith.cmpf uge, %{{.*}}, %{{.*}} : f64
  ;; CHECK: arith.select
  (func $unordered (param f64 f64) (result i64)
    i64.const 1
    i64.const 2
    local.get 0
    local.get 1
    f64.lt
    i32.eqz
    select)

  ;; As a number it is widened; eqz twice is the comparison again.
  ;; CHECK-LABEL: contract.func @number
  ;; CHECK: %[[C:.*]] = arith.cmpi ult, %{{.*}}, %{{.*}} : i64
  ;; CHECK-NEXT: %[[N:.*]] = arith.extui %[[C]] : i1 to i32
  ;; CHECK: contract.return %[[N]]
  (func $number (param i64 i64) (result i32)
    local.get 0
    local.get 1
    i64.lt_u
    i32.eqz
    i32.eqz)

  ;; One that was read before is not changed under its reader.
  ;; CHECK-LABEL: contract.func @read_before
  ;; CHECK: %[[C:.*]] = arith.cmpi eq, %{{.*}}, %c0_i32 : i32
  ;; CHECK: %[[N:.*]] = arith.extui %[[C]] : i1 to i32
  ;; CHECK: contract.local_set 1, %[[N]]
  ;; CHECK: arith.cmpi eq, %[[N]], %c0_i32 : i32
  (func $read_before (param i32 i32)
    local.get 0
    i32.eqz
    local.tee 1
    i32.eqz
    if
      nop
    end)

  ;; A parameter that both arms have is a number in both.
  ;; CHECK-LABEL: contract.func @both_arms
  ;; CHECK: %[[N:.*]] = arith.extui
  ;; CHECK: cf.cond_br %{{.*}}, ^[[THEN:bb[0-9]+]], ^[[ELSE:bb[0-9]+]]
  ;; CHECK: ^[[THEN]]:
  ;; CHECK: arith.cmpi eq, %[[N]], %c0_i32
  ;; CHECK: ^[[ELSE]]:
  ;; CHECK: cf.br ^{{.*}}(%[[N]] : i32)
  (func $both_arms (param i32) (result i32)
    local.get 0
    i32.const 3
    i32.eq
    local.get 0
    if (param i32) (result i32)
      i32.eqz
    else
    end)

  ;; A number decides by not being zero.
  ;; CHECK-LABEL: contract.func @not_zero
  ;; CHECK: %[[C:.*]] = arith.cmpi ne, %{{.*}}, %c0_i32
  ;; CHECK: cf.cond_br %[[C]]
  (func $not_zero (param i32)
    local.get 0
    br_if 0)

  ;; CHECK-LABEL: contract.func @null
  ;; CHECK: %[[C:.*]] = contract.ref_is_null %{{.*}} : !contract.externref
  ;; CHECK: arith.extui %[[C]] : i1 to i64
  (func $null (param externref) (result i64)
    local.get 0
    ref.is_null
    i64.extend_i32_u)
)
