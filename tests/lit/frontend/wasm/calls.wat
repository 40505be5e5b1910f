;; RUN: wat2wasm --enable-tail-call --debug-names %s -o %t.wasm && writ-import %t.wasm | FileCheck %s

(module
  (type $binary (func (param i32 i64) (result i32 i64)))
  (import "env" "host" (func $host (param i32)))
  (table 4 funcref)

  ;; Each call is marked by itself, since the callee can see the gas left.
  ;; CHECK-LABEL: contract.func @caller
  ;; CHECK: contract.cost <call 1, const 1>
  ;; CHECK-NEXT: contract.call @host(%c1_i32) : (i32) -> ()
  ;; CHECK-NEXT: contract.cost <call 1, const 2>
  ;; CHECK-NEXT: %[[R:.*]]:2 = contract.call @swap(%c1_i32, %c2_i64) : (i32, i64) -> (i32, i64)
  ;; CHECK-NEXT: contract.cost <call_indirect 1, const 1>
  ;; CHECK-NEXT: %[[S:.*]]:2 = contract.call_indirect 0[%c3_i32](%[[R]]#0, %[[R]]#1) : (i32, i64) -> (i32, i64)
  ;; CHECK: contract.return %[[S]]#0, %[[S]]#1 : i32, i64
  (func $caller (result i32 i64)
    i32.const 1
    call $host
    i32.const 1
    i64.const 2
    call $swap
    i32.const 3
    call_indirect (type $binary))

  ;; CHECK-LABEL: contract.func @swap
  ;; CHECK: contract.cost <call 1, local 2>
  ;; CHECK-NEXT: contract.return_call @other(%{{.*}}, %{{.*}}) : (i32, i64) -> (i32, i64)
  ;; CHECK-NEXT: }
  (func $swap (type $binary)
    local.get 0
    local.get 1
    return_call $other)

  ;; CHECK-LABEL: contract.func @other
  ;; CHECK: contract.return_call_indirect 0[%c2_i32](%{{.*}}, %{{.*}}) : (i32, i64) -> (i32, i64)
  ;; CHECK-NEXT: }
  (func $other (type $binary)
    local.get 0
    local.get 1
    i32.const 2
    return_call_indirect (type $binary))
)
