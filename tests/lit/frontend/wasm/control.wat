;; RUN: wat2wasm --debug-names %s -o %t.wasm && writ-import %t.wasm | FileCheck %s

(module
  ;; A block that nothing branches to leaves nothing behind.
  ;; CHECK-LABEL: contract.func @unused_label
  ;; CHECK-NOT: cf.
  ;; CHECK-NOT: ^bb
  ;; CHECK: contract.return
  (func $unused_label (param i32) (result i32)
    block (result i32)
      block (result i32)
        local.get 0
      end
    end)

  ;; A loop has a header even so, and branches to it pass its parameters.
  ;; CHECK-LABEL: contract.func @loop
  ;; CHECK: cf.br ^[[HEADER:bb[0-9]+]](%{{.*}} : i32)
  ;; CHECK: ^[[HEADER]](%[[N:.*]]: i32):
  ;; CHECK: %[[NEXT:.*]] = arith.subi %[[N]], %c1_i32
  ;; CHECK: cf.cond_br %{{.*}}, ^[[HEADER]](%[[NEXT]] : i32), ^[[OUT:bb[0-9]+]]
  ;; CHECK: ^[[OUT]]:
  ;; CHECK: contract.return %[[NEXT]] : i32
  (func $loop (param i32) (result i32)
    local.get 0
    loop (param i32) (result i32)
      i32.const 1
      i32.sub
      local.tee 0
      local.get 0
      br_if 0
    end)

  ;; Both arms pass their result to what follows.
  ;; CHECK-LABEL: contract.func @if_else
  ;; CHECK: cf.cond_br %{{.*}}, ^[[THEN:bb[0-9]+]], ^[[ELSE:bb[0-9]+]]
  ;; CHECK: ^[[THEN]]:
  ;; CHECK: cf.br ^[[END:bb[0-9]+]](%c1_i32 : i32)
  ;; CHECK: ^[[ELSE]]:
  ;; CHECK: cf.br ^[[END]](%c2_i32 : i32)
  ;; CHECK: ^[[END]](%[[RESULT:.*]]: i32):
  ;; CHECK: contract.return %[[RESULT]] : i32
  (func $if_else (param i32) (result i32)
    local.get 0
    if (result i32)
      i32.const 1
    else
      i32.const 2
    end)

  ;; Without an else, the parameters are the results.
  ;; CHECK-LABEL: contract.func @if_params
  ;; CHECK: %[[X:.*]] = contract.local_get 0 : i64
  ;; CHECK: cf.cond_br %{{.*}}, ^[[THEN:bb[0-9]+]], ^[[ELSE:bb[0-9]+]]
  ;; CHECK: ^[[THEN]]:
  ;; CHECK: %[[SUM:.*]] = arith.addi %[[X]], %c1_i64
  ;; CHECK: cf.br ^[[END:bb[0-9]+]](%[[SUM]] : i64)
  ;; CHECK: ^[[ELSE]]:
  ;; CHECK-NEXT: cf.br ^[[END]](%[[X]] : i64)
  (func $if_params (param i64 i32) (result i64)
    local.get 0
    local.get 1
    if (param i64) (result i64)
      i64.const 1
      i64.add
    end)

  ;; A branch out of the arm and the branch that is not taken meet after the end.
  ;; CHECK-LABEL: contract.func @if_without_else
  ;; CHECK: cf.cond_br %{{.*}}, ^[[THEN:bb[0-9]+]], ^[[END:bb[0-9]+]]
  ;; CHECK: ^[[THEN]]:
  ;; CHECK: cf.br ^[[END]]
  ;; CHECK-NOT: ^bb
  ;; CHECK: ^[[END]]:
  ;; CHECK-NEXT: contract.cost <marker 1>
  ;; CHECK-NEXT: contract.return
  (func $if_without_else (param i32)
    local.get 0
    if
      br 0
    end)

  ;; Branches of br_table to the function's own label share one returning block.
  ;; CHECK-LABEL: contract.func @table
  ;; CHECK: cf.switch %{{.*}} : i32, [
  ;; CHECK-NEXT: default: ^[[RETURN:bb[0-9]+]](%c7_i32 : i32),
  ;; CHECK-NEXT: 0: ^[[BLOCK:bb[0-9]+]](%c7_i32 : i32),
  ;; CHECK-NEXT: 1: ^[[RETURN]](%c7_i32 : i32)
  ;; CHECK: ^[[BLOCK]](%[[X:.*]]: i32):
  ;; CHECK: contract.return %{{.*}} : i32
  ;; CHECK: ^[[RETURN]](%[[Y:.*]]: i32):
  ;; CHECK-NEXT: contract.return %[[Y]] : i32
  (func $table (param i32) (result i32)
    block (result i32)
      i32.const 7
      local.get 0
      br_table 0 1 1
    end
    i32.const 1
    i32.add)

  ;; A br_table with the default label alone is a branch.
  ;; CHECK-LABEL: contract.func @table_default
  ;; CHECK-NOT: cf.switch
  ;; CHECK: cf.br
  (func $table_default (param i32)
    block
      local.get 0
      br_table 0
    end)

  ;; Code that is not reached is not there, however deep.
  ;; CHECK-LABEL: contract.func @dead
  ;; CHECK-NEXT: contract.cost <branch 1>
  ;; CHECK-NEXT: contract.trap unreachable
  ;; CHECK-NEXT: }
  (func $dead (result i32)
    unreachable
    block (result i32)
      i32.const 1
      if (result i32)
        i32.const 2
      else
        loop
          br 0
        end
        i32.const 3
      end
    end
    i32.add)

  ;; Code after a branch comes back to life at the label it goes to.
  ;; CHECK-LABEL: contract.func @alive_again
  ;; CHECK: cf.br ^[[END:bb[0-9]+]](%c1_i32 : i32)
  ;; CHECK: ^[[END]](%[[X:.*]]: i32):
  ;; CHECK: contract.return %[[X]] : i32
  (func $alive_again (result i32)
    block (result i32)
      i32.const 1
      br 0
      i32.const 2
      br 1
    end)

  ;; CHECK-LABEL: contract.func @return_early
  ;; CHECK: contract.cost <marker 1, branch 1, const 1>
  ;; CHECK-NEXT: contract.return %c5_i32 : i32
  ;; CHECK-NEXT: }
  (func $return_early (result i32)
    block
      i32.const 5
      return
    end
    i32.const 6)
)
