;; Tail calls take no stack, whatever they call.

(module
  (type $step (func (param i64 i64) (result i64)))
  (table funcref (elem $even $odd))
  (func $count (export "count") (param i64 i64) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call $count (i64.sub (local.get 0) (i64.const 1)) (i64.add (local.get 1) (i64.const 2))))
  (func $even (export "even") (type $step)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 44))))
    (return_call_indirect (type $step) (i64.sub (local.get 0) (i64.const 1)) (i64.const 0)
      (i32.const 1)))
  (func $odd (type $step)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 99))))
    (return_call $even (i64.sub (local.get 0) (i64.const 1)) (i64.const 0)))
  (func $wide (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64)
    (i64.add (local.get 0) (local.get 9)))
  (func (export "wider") (param i64) (result i64)
    (return_call $wide (local.get 0) (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)
      (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9)))
  (func (export "bad") (param i32) (result i64)
    (return_call_indirect (type $step) (i64.const 0) (i64.const 0) (local.get 0))))

(assert_return (invoke "count" (i64.const 1000000) (i64.const 5)) (i64.const 2000005))
(assert_return (invoke "even" (i64.const 100000) (i64.const 0)) (i64.const 44))
(assert_return (invoke "even" (i64.const 100001) (i64.const 0)) (i64.const 99))
(assert_return (invoke "wider" (i64.const 33)) (i64.const 42))
(assert_trap (invoke "bad" (i32.const 2)) "undefined element")
(assert_invalid
  (module (func (result i32) (return_call 1)) (func (result i64) (i64.const 0))) "type mismatch")

;; Tail calls of a function whose pointer is so near the end of the memory that not all it may read
;; there is inside: however often, the stack does not grow.
(module
  (memory 1)
  (func $walk (export "walk") (param $p i32) (param $n i32) (param $far i32) (result i32)
    (i32.store (local.get $p) (i32.add (i32.load (local.get $p)) (i32.const 1)))
    (if (local.get $far)
      (then (i32.store offset=8 (local.get $p) (i32.const 1))))
    (if (i32.eqz (local.get $n))
      (then (return (i32.load (local.get $p)))))
    (return_call $walk (local.get $p) (i32.sub (local.get $n) (i32.const 1)) (local.get $far)))
)
(assert_return (invoke "walk" (i32.const 0) (i32.const 300000) (i32.const 1)) (i32.const 300001))
(assert_return (invoke "walk" (i32.const 65532) (i32.const 300000) (i32.const 0)) (i32.const 300001))
(assert_trap (invoke "walk" (i32.const 65532) (i32.const 2) (i32.const 1))
  "out of bounds memory access")
