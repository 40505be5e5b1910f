;; RUN: wat2wasm --debug-names %s -o %t.wasm && writ-import %t.wasm | FileCheck %s
;; RUN: writ-import --cost-per-op %t.wasm | FileCheck %s --check-prefix=EACH

(module
  (memory 1)
  (global $g (mut i32) (i32.const 0))

  ;; Costs stand before the next op that can be observed: here, the return.
  ;; CHECK-LABEL: contract.func @pure
  ;; CHECK: arith.addi
  ;; CHECK-NEXT: contract.local_set
  ;; CHECK-NEXT: contract.cost <marker 1, nop 1, local 2, const 1, integer 1>
  ;; CHECK-NEXT: contract.return
  ;; EACH-LABEL: contract.func @pure
  ;; EACH: contract.cost <local 1>
  ;; EACH-NEXT: contract.local_get 0
  ;; EACH-NEXT: contract.cost <const 1>
  ;; EACH-NEXT: contract.cost <integer 1>
  ;; EACH-NEXT: arith.addi
  ;; EACH-NEXT: contract.cost <local 1>
  ;; EACH-NEXT: contract.local_set
  ;; EACH-NEXT: contract.cost <nop 1>
  ;; EACH-NEXT: contract.cost <marker 1>
  ;; EACH-NEXT: contract.return
  (func $pure (param i32)
    local.get 0
    i32.const 1
    i32.add
    local.set 0
    nop)

  ;; Loads, stores and writes to globals can be observed; reading a global cannot.
  ;; CHECK-LABEL: contract.func @observed
  ;; CHECK: contract.cost <const 1, load 1>
  ;; CHECK-NEXT: contract.load
  ;; CHECK-NEXT: contract.global_get
  ;; CHECK-NEXT: contract.cost <global 1, const 1, store 1>
  ;; CHECK-NEXT: contract.store
  ;; CHECK-NEXT: contract.cost <global 1, const 1>
  ;; CHECK-NEXT: contract.global_set
  ;; CHECK-NEXT: contract.cost <marker 1, parametric 1>
  ;; CHECK-NEXT: contract.return
  (func $observed
    i32.const 0
    i32.load
    i32.const 4
    global.get $g
    i32.store
    i32.const 5
    global.set $g
    drop)

  ;; `loop` costs when control falls into it, `end` when it falls out of a block; a branch
  ;; to the label pays for neither.
  ;; CHECK-LABEL: contract.func @loop_in_block
  ;; CHECK: contract.cost <marker 1, loop 1>
  ;; CHECK-NEXT: cf.br ^[[LOOP:bb[0-9]+]]
  ;; CHECK-NEXT: ^[[LOOP]]:
  ;; CHECK: contract.cost <branch 1, local 1>
  ;; CHECK-NEXT: cf.cond_br %{{.*}}, ^[[OUT:bb[0-9]+]], ^[[STAY:bb[0-9]+]]
  ;; CHECK-NEXT: ^[[STAY]]:
  ;; CHECK: contract.cost <branch 1, local 1>
  ;; CHECK-NEXT: cf.cond_br %{{.*}}, ^[[LOOP]], ^[[FALL:bb[0-9]+]]
  ;; CHECK-NEXT: ^[[FALL]]:
  ;; CHECK-NEXT: contract.cost <marker 2>
  ;; CHECK-NEXT: cf.br ^[[OUT]]
  ;; CHECK-NEXT: ^[[OUT]]:
  ;; CHECK-NEXT: contract.cost <marker 1>
  ;; CHECK-NEXT: contract.return
  (func $loop_in_block (param i32)
    block
      loop
        local.get 0
        br_if 1
        local.get 0
        br_if 0
      end
    end)

  ;; The arm that ends at `else` pays for it, the other one for `end`.
  ;; CHECK-LABEL: contract.func @arms
  ;; CHECK: contract.cost <branch 1, local 1>
  ;; CHECK-NEXT: cf.cond_br
  ;; CHECK: contract.cost <marker 1, nop 1>
  ;; CHECK-NEXT: cf.br
  ;; CHECK: contract.cost <marker 1, nop 2>
  ;; CHECK-NEXT: cf.br
  ;; CHECK: contract.cost <marker 1>
  ;; CHECK-NEXT: contract.return
  ;; EACH-LABEL: contract.func @arms
  ;; EACH: contract.cost <nop 1>
  ;; EACH-NEXT: contract.cost <marker 1>
  ;; EACH-NEXT: cf.br
  (func $arms (param i32)
    local.get 0
    if
      nop
    else
      nop
      nop
    end)

  ;; Without an else, the branch that is not taken pays for nothing more.
  ;; CHECK-LABEL: contract.func @one_arm
  ;; CHECK: contract.cost <branch 1, local 1>
  ;; CHECK-NEXT: cf.cond_br %{{.*}}, ^[[THEN:bb[0-9]+]], ^[[END:bb[0-9]+]]
  ;; CHECK-NEXT: ^[[THEN]]:
  ;; CHECK-NEXT: contract.cost <marker 1, nop 1>
  ;; CHECK-NEXT: cf.br ^[[END]]
  ;; CHECK-NEXT: ^[[END]]:
  ;; CHECK-NEXT: contract.cost <marker 1>
  ;; CHECK-NEXT: contract.return
  (func $one_arm (param i32)
    local.get 0
    if
      nop
    end)

  ;; A bulk op has a fixed cost, then one for each unit.
  ;; CHECK-LABEL: contract.func @bulk
  ;; CHECK: contract.cost <local 1, const 2, memory_bulk 1>
  ;; CHECK-NEXT: contract.charge_units memory_bulk_unit, %[[N:.*]]
  ;; CHECK-NEXT: contract.memory_fill %c0_i32, %c1_i32, %[[N]]
  ;; CHECK: contract.cost <local 1, memory_grow 1>
  ;; CHECK-NEXT: contract.charge_units memory_grow_unit, %[[PAGES:.*]]
  ;; CHECK-NEXT: contract.memory_grow %[[PAGES]]
  (func $bulk (param i32)
    i32.const 0
    i32.const 1
    local.get 0
    memory.fill
    local.get 0
    memory.grow
    drop)
)
