;; RUN: wat2wasm --debug-names %s -o %t.wasm && writ-import %t.wasm | FileCheck %s

;; Imports first, in the order of the import section; then what is the module's own.
;; CHECK-LABEL: module @token
;; CHECK-NEXT: contract.global i32 import "env" "base"
;; CHECK-NEXT: contract.func @log(i32, i32) import "env" "log \22quoted\22"
;; CHECK-NEXT: contract.global mutable f64 import "env" "rate"
;; CHECK-NEXT: contract.memory 1 max 2 import "env" "memory"
;; CHECK-NEXT: contract.table !contract.funcref 3 import "env" "table"
;; CHECK-NEXT: contract.table !contract.externref 1 max 9
;; CHECK-NEXT: contract.global mutable i64 = -1 : i64
;; CHECK-NEXT: contract.global f32 = 0x7FA00000 : f32
;; CHECK-NEXT: contract.global i32 = #contract.global<0>
;; CHECK-NEXT: contract.global !contract.funcref = @start
;; CHECK-NEXT: contract.global !contract.externref = unit
;; CHECK-NEXT: contract.export "run" func 1
;; CHECK-NEXT: contract.export "" global 2
;; CHECK-NEXT: contract.start @start
;; CHECK-NEXT: contract.elem !contract.funcref in 0 at #contract.global<0> [@start, unit]
;; CHECK-NEXT: contract.elem !contract.externref [unit]
;; CHECK-NEXT: contract.elem declarative !contract.funcref [@log]
;; CHECK-NEXT: contract.data at 8 : i32 "hi\00"
;; CHECK-NEXT: contract.data "later"
;; CHECK-NEXT: contract.func @start() frame 64 {
(module $token
  (import "env" "base" (global i32))
  (import "env" "log \"quoted\"" (func $log (param i32 i32)))
  (import "env" "rate" (global (mut f64)))
  (import "env" "memory" (memory 1 2))
  (import "env" "table" (table 3 funcref))
  (table 1 9 externref)
  (global $counter (mut i64) (i64.const -1))
  (global f32 (f32.const nan:0x200000))
  (global i32 (global.get 0))
  (global funcref (ref.func $start))
  (global externref (ref.null extern))
  (export "run" (func $start))
  (export "" (global $counter))
  (start $start)
  (elem (table 0) (offset global.get 0) funcref (ref.func $start) (ref.null func))
  (elem externref (ref.null extern))
  (elem declare func $log)
  (data (i32.const 8) "hi\00")
  (data "later")
  (func $start)
)
