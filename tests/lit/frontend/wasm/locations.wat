;; RUN: wat2wasm %s -o %t.wasm && writ-import --locations %t.wasm | FileCheck %s

;; The line of an op's location is its byte offset in the module. A cost is located at
;; the op that it stands before.
;; CHECK: contract.cost <local 1, load 1> loc(#[[LOAD:.*]])
;; CHECK-NEXT: contract.load {{.*}} loc(#[[LOAD]])
;; CHECK: contract.div_u {{.*}} loc(#[[DIV:.*]])
;; CHECK: contract.trap unreachable loc(#[[TRAP:.*]])
;; CHECK: #[[LOAD]] = loc("{{.*}}.wasm":31:0)
;; CHECK: #[[DIV]] = loc("{{.*}}.wasm":36:0)
;; CHECK: #[[TRAP]] = loc("{{.*}}.wasm":38:0)
(module
  (memory 1)
  (func (param i32)
    local.get 0
    i32.load
    i32.const 3
    i32.div_u
    drop
    unreachable)
)
