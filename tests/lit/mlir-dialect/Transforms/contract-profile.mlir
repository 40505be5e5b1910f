// RUN: writ-opt %s --contract-limit-stack --contract-profile --contract-meter | FileCheck %s

// Functions are counted with imports first. The frame is paid for by the caller, and all costs
// up to a way out are charged before the profiler looks.
// CHECK-LABEL: contract.func @import
contract.func @import() import "env" "import"

// CHECK-LABEL: contract.func @choose
// CHECK:         contract.charge <frame_unit 8>
// CHECK:         contract.enter 64
// CHECK-NEXT:    contract.profile 1
// CHECK:         contract.charge <branch 1>
contract.func @choose(%x: i32) -> i32 frame 64 {
  %which = arith.constant true
  contract.cost <branch 1>
  cf.cond_br %which, ^returns, ^calls
^returns:
  // CHECK:         contract.charge <const 1>
  // CHECK:         contract.profile leave 1
  // CHECK-NEXT:    contract.return
  %one = arith.constant 1 : i32
  contract.cost <const 1>
  contract.return %one : i32
^calls:
  // CHECK:         contract.profile leave 1
  // CHECK-NEXT:    contract.return_call @choose
  contract.cost <call 1>
  contract.return_call @choose(%x) : (i32) -> i32
}

// A trap leaves without a word.
// CHECK-LABEL: contract.func @trap
// CHECK-NEXT:    contract.profile 2
// CHECK-NEXT:    contract.trap
contract.func @trap() {
  contract.trap unreachable
}
