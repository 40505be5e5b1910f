;; What the examples in C run: counts its calls in a global, and has the host print a greeting.
(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1 2)
  (global $calls (export "calls") (mut i32) (i32.const 0))
  (data (i32.const 16) "hello from a contract\n")

  ;; Prints the greeting and gives the number of the call.
  (func $greet (export "greet") (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (call $log (i32.const 16) (i32.const 22))
    (global.get $calls))

  (func $mix (export "mix") (param i32 i64 f32 f64) (result f64)
    (f64.add
      (f64.add (f64.convert_i32_s (local.get 0)) (f64.convert_i64_s (local.get 1)))
      (f64.add (f64.promote_f32 (local.get 2)) (local.get 3))))

  (func $swap (export "swap") (param i32 i64) (result i64 i32)
    (local.get 1) (local.get 0))

  (func $divide (export "divide") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1)))

  ;; Never ends but by its gas.
  (func $spin (export "spin")
    (loop (br 0)))

  (func $deep (export "deep") (result i32)
    (i32.add (call $deep) (i32.const 1))))
