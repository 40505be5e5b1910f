// RUN: writ-opt %s --contract-limit-stack | FileCheck %s

// The frame is taken first of all, and paid for before that: 76 bytes are 10 started units of 8.
// CHECK-LABEL: contract.func @frame
// CHECK-NEXT:    contract.cost <frame_unit 10>
// CHECK-NEXT:    contract.enter 76
// CHECK-NEXT:    arith.constant
contract.func @frame(%x: i32, %y: i64) -> i32 frame 76 {
  %zero = arith.constant 0 : i32
  contract.return %zero : i32
}

// An import has no frame of ours, and no frame is nothing to take.
// CHECK-LABEL: contract.func @import() import
// CHECK-LABEL: contract.func @no_frame
// CHECK-NEXT:    contract.return
contract.func @import() import "env" "import"
contract.func @no_frame() {
  contract.return
}
