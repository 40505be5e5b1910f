// RUN: writ-opt %s --canonicalize | FileCheck %s

// Shifts and rotations of constants: the amount counts modulo the width.
// CHECK-LABEL: contract.func @shifts
// CHECK-DAG:     %[[SHL:.*]] = arith.constant 2 : i32
// CHECK-DAG:     %[[SHRS:.*]] = arith.constant -1 : i32
// CHECK-DAG:     %[[SHRU:.*]] = arith.constant 1 : i32
// CHECK-DAG:     %[[ROTL:.*]] = arith.constant 3 : i32
// CHECK-DAG:     %[[ROTR:.*]] = arith.constant -1073741824 : i32
// CHECK:         contract.return %[[SHL]], %[[SHRS]], %[[SHRU]], %[[ROTL]], %[[ROTR]]
contract.func @shifts() -> (i32, i32, i32, i32, i32) {
  %one = arith.constant 1 : i32
  %c31 = arith.constant 31 : i32
  %c33 = arith.constant 33 : i32
  %least = arith.constant 0x80000000 : i32
  %odd = arith.constant 0x80000001 : i32
  %0 = contract.shl %one, %c33 : i32
  %1 = contract.shr_s %least, %c31 : i32
  %2 = contract.shr_u %least, %c31 : i32
  %3 = contract.rotl %odd, %one : i32
  %4 = contract.rotr %odd, %one : i32
  contract.return %0, %1, %2, %3, %4 : i32, i32, i32, i32, i32
}

// A shift by a multiple of the width is no shift, whatever is shifted.
// CHECK-LABEL: contract.func @shift_by_width
// CHECK-SAME:    (%[[X:.*]]: i64)
// CHECK-NEXT:    contract.return %[[X]]
contract.func @shift_by_width(%x: i64) -> i64 {
  %c128 = arith.constant 128 : i64
  %0 = contract.rotr %x, %c128 : i64
  contract.return %0 : i64
}

// CHECK-LABEL: contract.func @bit_counts
// CHECK-DAG:     %[[WIDTH:.*]] = arith.constant 64 : i64
// CHECK-DAG:     %[[TWO:.*]] = arith.constant 2 : i64
// CHECK-DAG:     %[[THREE:.*]] = arith.constant 3 : i64
// CHECK:         contract.return %[[WIDTH]], %[[WIDTH]], %[[TWO]], %[[THREE]]
contract.func @bit_counts() -> (i64, i64, i64, i64) {
  %zero = arith.constant 0 : i64
  %c28 = arith.constant 28 : i64
  %0 = contract.clz %zero : i64
  %1 = contract.ctz %zero : i64
  %2 = contract.ctz %c28 : i64
  %3 = contract.popcnt %c28 : i64
  contract.return %0, %1, %2, %3 : i64, i64, i64, i64
}

// CHECK-LABEL: contract.func @divisions
// CHECK-DAG:     %[[DIVS:.*]] = arith.constant -3 : i32
// CHECK-DAG:     %[[DIVU:.*]] = arith.constant 2147483644 : i32
// CHECK-DAG:     %[[REMS:.*]] = arith.constant -1 : i32
// CHECK-DAG:     %[[REMU:.*]] = arith.constant 1 : i32
// CHECK-DAG:     %[[ZERO:.*]] = arith.constant 0 : i32
// CHECK:         contract.return %[[DIVS]], %[[DIVU]], %[[REMS]], %[[REMU]], %[[ZERO]]
contract.func @divisions() -> (i32, i32, i32, i32, i32) {
  %c-7 = arith.constant -7 : i32
  %c2 = arith.constant 2 : i32
  %c-1 = arith.constant -1 : i32
  %least = arith.constant 0x80000000 : i32
  %0 = contract.div_s %c-7, %c2 : i32
  %1 = contract.div_u %c-7, %c2 : i32
  %2 = contract.rem_s %c-7, %c2 : i32
  %3 = contract.rem_u %c-7, %c2 : i32
  %4 = contract.rem_s %least, %c-1 : i32
  contract.return %0, %1, %2, %3, %4 : i32, i32, i32, i32, i32
}

// What would trap stays, and so does its trap.
// CHECK-LABEL: contract.func @division_traps
// CHECK:         contract.div_u
// CHECK:         contract.rem_s
// CHECK:         contract.div_s
contract.func @division_traps(%x: i32) {
  %zero = arith.constant 0 : i32
  %c-1 = arith.constant -1 : i32
  %least = arith.constant 0x80000000 : i32
  %0 = contract.div_u %x, %zero : i32
  %1 = contract.rem_s %c-1, %zero : i32
  %2 = contract.div_s %least, %c-1 : i32
  contract.return
}

// Bit ops on floats fold for NaNs too: payload and all.
// CHECK-LABEL: contract.func @float_bits
// CHECK-DAG:     %[[NEG:.*]] = arith.constant 0xFFA00000 : f32
// CHECK-DAG:     %[[ABS:.*]] = arith.constant 0x7FA00000 : f32
// CHECK-DAG:     %[[COPY:.*]] = arith.constant -1.0{{.*}} : f32
// CHECK:         contract.return %[[NEG]], %[[ABS]], %[[COPY]]
contract.func @float_bits() -> (f32, f32, f32) {
  %nan = arith.constant 0x7FA00000 : f32
  %negative = arith.constant 0xFFA00000 : f32
  %one = arith.constant 1.0 : f32
  %0 = contract.fneg %nan : f32
  %1 = contract.fabs %negative : f32
  %2 = contract.fcopysign %one, %negative : f32
  contract.return %0, %1, %2 : f32, f32, f32
}

// An op that may trap, reads what others write, or charges is not dead, though unused.
// CHECK-LABEL: contract.func @effects_stay
// CHECK:         contract.charge
// CHECK:         contract.cost
// CHECK:         contract.load
// CHECK:         contract.fto_s
// CHECK-NOT:     contract.fadd
contract.func @effects_stay(%a: i32, %x: f32) {
  contract.charge <load 1>
  contract.cost <load 1>
  %0 = contract.load 32 %a + 0 : i32
  %1 = contract.fto_s %x : f32 to i32
  %2 = contract.fadd %x, %x : f32
  contract.return
}
