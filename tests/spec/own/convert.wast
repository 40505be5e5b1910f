;; Conversions: bounds that trap, bounds that saturate, rounding.

(module
  (func (export "i32 of f64") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func (export "u32 of f32") (param f32) (result i32) (i32.trunc_f32_u (local.get 0)))
  (func (export "i64 of f32") (param f32) (result i64) (i64.trunc_f32_s (local.get 0)))
  (func (export "u64 of f64") (param f64) (result i64) (i64.trunc_f64_u (local.get 0)))
  (func (export "sat i32") (param f64) (result i32) (i32.trunc_sat_f64_s (local.get 0)))
  (func (export "sat u64") (param f32) (result i64) (i64.trunc_sat_f32_u (local.get 0)))
  (func (export "f32 of u64") (param i64) (result f32) (f32.convert_i64_u (local.get 0)))
  (func (export "f64 of i64") (param i64) (result f64) (f64.convert_i64_s (local.get 0)))
  (func (export "wrap") (param i64) (result i32) (i32.wrap_i64 (local.get 0)))
  (func (export "extend_u") (param i32) (result i64) (i64.extend_i32_u (local.get 0)))
  (func (export "promote") (param f32) (result f64) (f64.promote_f32 (local.get 0))))

(assert_return (invoke "i32 of f64" (f64.const -2147483648.9)) (i32.const -2147483648))
(assert_trap (invoke "i32 of f64" (f64.const 2147483648)) "integer overflow")
(assert_trap (invoke "i32 of f64" (f64.const nan)) "invalid conversion to integer")
(assert_return (invoke "u32 of f32" (f32.const -0.99)) (i32.const 0))
(assert_trap (invoke "u32 of f32" (f32.const -1)) "integer overflow")
(assert_trap (invoke "i64 of f32" (f32.const 0x1p63)) "integer overflow")
(assert_return (invoke "i64 of f32" (f32.const -0x1p63)) (i64.const 0x8000000000000000))
(assert_return (invoke "u64 of f64" (f64.const 0x1.fffffffffffffp63)) (i64.const -2048))
(assert_trap (invoke "u64 of f64" (f64.const inf)) "integer overflow")
(assert_return (invoke "sat i32" (f64.const nan)) (i32.const 0))
(assert_return (invoke "sat i32" (f64.const -inf)) (i32.const -2147483648))
(assert_return (invoke "sat u64" (f32.const -5)) (i64.const 0))
(assert_return (invoke "sat u64" (f32.const 0x1p64)) (i64.const -1))
(assert_return (invoke "f32 of u64" (i64.const 0xffffff8000000001)) (f32.const 0x1p64))
(assert_return (invoke "f64 of i64" (i64.const 0x7fffffffffffffff)) (f64.const 0x1p63))
(assert_return (invoke "wrap" (i64.const 0x1ffffffff)) (i32.const -1))
(assert_return (invoke "extend_u" (i32.const -1)) (i64.const 0xffffffff))
(assert_return (invoke "promote" (f32.const 0x1p-149)) (f64.const 0x1p-149))

;; A register that is only needed for large numbers is made free for small ones too.
(module
  (memory (export "memory") 1 3)
  (global (mut i32) (i32.const -529159240))
  (global (mut i64) (i64.const 4564461485393580442))
  (data (i32.const 6) "W\e6\feH\e2\f5@\14:\c5+\b2\b5\905\efb\f2H\84\1e\fe\1d@\bf\01f\dc7\b2\bdr \03\88\a6u\c2\b1\c0\a4\f7,%\08HjC")
  (func (export "spilled around a conversion") (result i32)
    (local i64 funcref i32 funcref funcref i32 i32 i32)
    local.get 3
 local.tee 3
 local.tee 1
 ref.is_null
 i32.const 32767
 i32.and
    global.get 0
    ref.null func
    ref.is_null
    local.get 2
    local.tee 2
    local.tee 2
    local.get 2
    f64.convert_i32_u
    i32.trunc_sat_f64_s
    i32.add
    global.get 1
    f64.convert_i64_u
    i32.const 0
    f64.load align=1
    i32.const 0
    i32.load align=1
    select
    i32.const 0
    i32.load align=1
    f64.load align=1
    f64.lt
    i32.const 0
    i32.load align=1
    i32.load align=1
    i32.load align=1
    select
    i32.mul
    i32.shl
    i32.store align=1
    i32.const 1
    i32.load))
(assert_return (invoke "spilled around a conversion") (i32.const -529159240))
