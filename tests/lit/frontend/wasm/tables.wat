;; RUN: wat2wasm --debug-names %s -o %t.wasm && writ-import %t.wasm | FileCheck %s

(module
  (table $f 4 funcref)
  (table $e 4 externref)
  (elem $s funcref (ref.func $access) (ref.null func))

  ;; CHECK-LABEL: contract.func @access
  ;; CHECK: contract.cost <const 2, table_access 1>
  ;; CHECK-NEXT: %[[E:.*]] = contract.table_get 1[%c1_i32] : !contract.externref
  ;; CHECK: contract.table_set 1[%c2_i32], %[[E]] : !contract.externref
  ;; CHECK: %[[F:.*]] = contract.ref_func @access
  ;; CHECK: contract.table_set 0[%c3_i32], %[[F]] : !contract.funcref
  ;; CHECK: contract.table_size 1
  (func $access
    i32.const 2
    (table.get $e (i32.const 1))
    table.set $e
    (table.set $f (i32.const 3) (ref.func $access))
    (drop (table.size $e)))

  ;; CHECK-LABEL: contract.func @bulk
  ;; CHECK: contract.cost <local 1, const 1, table_grow 1>
  ;; CHECK-NEXT: contract.charge_units table_grow_unit, %[[N:.*]]
  ;; CHECK-NEXT: contract.table_grow 0, %[[NULL:.*]], %[[N]] : !contract.funcref
  ;; CHECK: contract.charge_units table_bulk_unit, %c7_i32
  ;; CHECK-NEXT: contract.table_fill 1[%c5_i32], %{{.*}}, %c7_i32 : !contract.externref
  ;; CHECK: contract.charge_units table_bulk_unit, %c3_i32
  ;; CHECK-NEXT: contract.table_copy 0[%c1_i32], 0[%c2_i32], %c3_i32
  ;; CHECK: contract.charge_units table_bulk_unit, %c3_i32
  ;; CHECK-NEXT: contract.table_init 0[%c1_i32], 0[%c2_i32], %c3_i32
  ;; CHECK: contract.elem_drop 0
  (func $bulk (param i32)
    (drop (table.grow $f (ref.null func) (local.get 0)))
    (table.fill $e (i32.const 5) (ref.null extern) (i32.const 7))
    (table.copy $f $f (i32.const 1) (i32.const 2) (i32.const 3))
    (table.init $f $s (i32.const 1) (i32.const 2) (i32.const 3))
    (elem.drop $s))
)
