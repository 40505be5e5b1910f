;; factorial.wat: three ways to compute n!, and three ways to fail.
;;
;; 21! does not fit 64 bits: `factorial` traps then. `recursive` wraps around, and for a
;; large n uses up the metered stack; `tail` wraps too and uses no stack.
(module $factorial
  (func $factorial (export "factorial") (param $n i64) (result i64)
    (local $product i64)
    (if (i64.gt_u (local.get $n) (i64.const 20))
      (then (unreachable)))
    (local.set $product (i64.const 1))
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $n)))
        (local.set $product (i64.mul (local.get $product) (local.get $n)))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (br $next)))
    (local.get $product))

  (func $recursive (export "recursive") (param $n i64) (result i64)
    (if (result i64) (i64.eqz (local.get $n))
      (then (i64.const 1))
      (else
        (i64.mul
          (local.get $n)
          (call $recursive (i64.sub (local.get $n) (i64.const 1)))))))

  (func $step (param $n i64) (param $product i64) (result i64)
    (if (i64.eqz (local.get $n))
      (then (return (local.get $product))))
    (return_call $step
      (i64.sub (local.get $n) (i64.const 1))
      (i64.mul (local.get $product) (local.get $n))))

  (func $tail (export "tail") (param $n i64) (result i64)
    (return_call $step (local.get $n) (i64.const 1)))

  (func $choose (export "choose") (param $n i64) (param $k i64) (result i64)
    ;; Of course there are better ways.
    (i64.div_u
      (call $factorial (local.get $n))
      (i64.mul
        (call $factorial (local.get $k))
        (call $factorial (i64.sub (local.get $n) (local.get $k)))))))
