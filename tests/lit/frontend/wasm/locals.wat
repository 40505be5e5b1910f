;; RUN: wat2wasm --debug-names %s -o %t.wasm && writ-import %t.wasm | FileCheck %s

(module
  ;; Locals that nothing names have no slot, but are part of the frame: 64 + 4 (parameter)
  ;; + 3 * 8 + 2 * 4 + 8 (operands).
  ;; CHECK-LABEL: contract.func @compacted(%{{.*}}: i32) locals [f32, i64] frame 108 {
  ;; CHECK: contract.local_get 1 : f32
  ;; CHECK: contract.local_set 1
  ;; CHECK: contract.local_get 2 : i64
  ;; CHECK: contract.local_set 2
  ;; CHECK: contract.local_get 0 : i32
  (func $compacted (param i32) (local i64 i64 f32 f32 f64)
    local.get 4
    local.set 4
    local.get 1
    local.set 1
    local.get 0
    drop)

  ;; Nor have those that only dead code names.
  ;; CHECK-LABEL: contract.func @dead() frame 72 {
  (func $dead (local i64)
    return
    local.get 0
    drop)

  ;; References are locals too.
  ;; CHECK-LABEL: contract.func @references() -> !contract.funcref locals [!contract.funcref]
  (func $references (result funcref) (local externref funcref)
    local.get 1)

  ;; CHECK-LABEL: contract.func @tee
  ;; CHECK: contract.local_set 0, %c3_i32 : i32
  ;; CHECK: contract.return %c3_i32
  (func $tee (param i32) (result i32)
    i32.const 3
    local.tee 0)
)
