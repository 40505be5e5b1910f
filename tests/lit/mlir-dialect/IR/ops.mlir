// RUN: writ-opt %s | FileCheck %s
// RUN: writ-opt %s --mlir-print-op-generic | writ-opt | FileCheck %s
// RUN: writ-opt %s --emit-bytecode | writ-opt | FileCheck %s

// Every op reads back as it was printed, in the pretty, the generic and the bytecode form.
// (That there is an example of each op which parses is td-examples.test's business.)

// CHECK:      contract.memory 1 max 16 import "env" "memory"
contract.memory 1 max 16 import "env" "memory"
// CHECK-NEXT: contract.table !contract.externref 2 max 8 import "env" "table"
contract.table !contract.externref 2 max 8 import "env" "table"
// CHECK-NEXT: contract.table !contract.funcref 2
contract.table !contract.funcref 2
// CHECK-NEXT: contract.global i32 import "env" "base"
contract.global i32 import "env" "base"
// CHECK-NEXT: contract.global mutable i64 = 7 : i64
contract.global mutable i64 = 7 : i64
// CHECK-NEXT: contract.global i32 = #contract.global<0>
contract.global i32 = #contract.global<0>
// CHECK-NEXT: contract.global !contract.funcref = @callee
contract.global !contract.funcref = @callee
// CHECK-NEXT: contract.global mutable !contract.externref = unit
contract.global mutable !contract.externref = unit
// CHECK-NEXT: contract.data at 8 : i32 "hello"
contract.data at 8 : i32 "hello"
// CHECK-NEXT: contract.data "\00\FF"
contract.data "\00\FF"
// CHECK-NEXT: contract.elem !contract.funcref in 1 at 0 : i32 [@callee, unit]
contract.elem !contract.funcref in 1 at 0 : i32 [@callee, unit]
// CHECK-NEXT: contract.elem declarative !contract.funcref [@callee]
contract.elem declarative !contract.funcref [@callee]
// CHECK-NEXT: contract.export "run" func 1
contract.export "run" func 1
// CHECK-NEXT: contract.export "table" table 0
contract.export "table" table 0
// CHECK-NEXT: contract.export "" memory 0
contract.export "" memory 0
// CHECK-NEXT: contract.export "counter" global 1
contract.export "counter" global 1
// CHECK-NEXT: contract.start @start
contract.start @start

// CHECK-NEXT: contract.func @read(i32, f64) -> (i64, i32) import "env" "read"
contract.func @read(i32, f64) -> (i64, i32) import "env" "read"

// CHECK-NEXT: contract.func @callee(%{{.*}}: i32) -> i32 {
contract.func @callee(%x: i32) -> i32 {
  contract.return %x : i32
}

// CHECK:      contract.func @start() locals [i64, !contract.funcref] frame 80 {
contract.func @start() locals [i64, !contract.funcref] frame 80 {
  // CHECK-NEXT: contract.return{{$}}
  contract.return
}

// CHECK-LABEL: contract.func @calls
contract.func @calls(%i: i32, %d: f64) -> (i64, i32) {
  // CHECK: contract.call @read(%{{.*}}, %{{.*}}) : (i32, f64) -> (i64, i32)
  %r:2 = contract.call @read(%i, %d) : (i32, f64) -> (i64, i32)
  // CHECK: contract.call @start() : () -> ()
  contract.call @start() : () -> ()
  // CHECK: contract.call_indirect 1[%{{.*}}](%{{.*}}) : (f64) -> i32
  %s = contract.call_indirect 1[%i](%d) : (f64) -> i32
  cf.switch %s : i32, [default: ^return, 0: ^direct, 1: ^indirect, 2: ^trap]
^return:
  // CHECK: contract.return %{{.*}}, %{{.*}} : i64, i32
  contract.return %r#0, %r#1 : i64, i32
^direct:
  // CHECK: contract.return_call @read(%{{.*}}, %{{.*}}) : (i32, f64) -> (i64, i32)
  contract.return_call @read(%i, %d) : (i32, f64) -> (i64, i32)
^indirect:
  // CHECK: contract.return_call_indirect 1[%{{.*}}]() : () -> (i64, i32)
  contract.return_call_indirect 1[%i]() : () -> (i64, i32)
^trap:
  // CHECK: contract.trap unreachable
  contract.trap unreachable
}

// CHECK-LABEL: contract.func @gas
contract.func @gas(%units: i32) frame 72 {
  // CHECK-NEXT: contract.charge <local 2, integer 1, frame_unit 9>
  contract.charge <frame_unit 9, integer 1, local 2>
  // CHECK-NEXT: contract.cost <frame_unit 9>
  contract.cost #contract.costs<frame_unit 9>
  // CHECK-NEXT: contract.enter 72
  contract.enter 72
  // CHECK-NEXT: contract.charge_units memory_bulk_unit, %{{.*}}
  contract.charge_units memory_bulk_unit, %units
  // CHECK-NEXT: contract.profile 7
  contract.profile 7
  // CHECK-NEXT: contract.profile leave 7
  contract.profile leave 7
  contract.return
}

// CHECK-LABEL: contract.func @storage
contract.func @storage(%a: i32, %x: i64, %f: f32) {
  // CHECK-NEXT: contract.load signed 8 %{{.*}} + 16 : i32
  %0 = contract.load signed 8 %a + 16 : i32
  // CHECK-NEXT: contract.load 32 %{{.*}} + 4294967295 : i64
  %1 = contract.load 32 %a + 4294967295 : i64
  // CHECK-NEXT: contract.store 16 %{{.*}}, %{{.*}} + 0 : i64
  contract.store 16 %x, %a + 0 : i64
  // CHECK-NEXT: contract.store 32 %{{.*}}, %{{.*}} + 0 : f32
  contract.store 32 %f, %a + 0 : f32
  // CHECK-NEXT: contract.local_set 0, %{{.*}} : i32
  contract.local_set 0, %0 : i32
  // CHECK-NEXT: contract.global_set 1, %{{.*}} : i64
  contract.global_set 1, %1 : i64
  // CHECK-NEXT: contract.memory_init 1, %{{.*}}, %{{.*}}, %{{.*}}
  contract.memory_init 1, %a, %a, %a
  // CHECK-NEXT: contract.table_copy 1[%{{.*}}], 0[%{{.*}}], %{{.*}}
  contract.table_copy 1[%a], 0[%a], %a
  // CHECK-NEXT: contract.fto_u_sat %{{.*}} : f32 to i64
  %2 = contract.fto_u_sat %f : f32 to i64
  contract.return
}
