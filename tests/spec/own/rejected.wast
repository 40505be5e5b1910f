;; Modules that are not valid, and bytes that are no module.

(assert_invalid (module (func (result i32) (i64.const 1))) "type mismatch")
(assert_invalid (module (func (i32.add (i32.const 1)))) "type mismatch")
(assert_invalid (module (func (local.get 0) (drop))) "unknown local")
(assert_invalid (module (func (br 1))) "unknown label")
(assert_invalid (module (func (call 5))) "unknown function")
(assert_invalid (module (func (i32.load (i32.const 0)) (drop))) "unknown memory")
(assert_invalid (module (memory 1) (func (i32.load align=8 (i32.const 0)) (drop)))
  "alignment must not be larger than natural")
(assert_invalid (module (global i32 (i32.const 0)) (func (global.set 0 (i32.const 1))))
  "global is immutable")
(assert_invalid (module (memory 1) (memory 1)) "multiple memories")
(assert_invalid (module (memory 65537)) "memory size must be at most 65536 pages (4GiB)")
(assert_invalid (module (func (export "a")) (func (export "a"))) "duplicate export name")
(assert_invalid (module (func (param i32)) (start 0)) "start function")
(assert_invalid (module (func $f) (func (drop (ref.func $f)))) "undeclared function reference")
(assert_invalid (module (func (block (result i32) (i32.const 1) (i32.const 2)) (drop)))
  "type mismatch")
(assert_invalid
  (module (func (param i32) (block (result i32) (block (br_table 0 1 (local.get 0))) (i32.const 1))
    (drop))) "type mismatch")

(assert_malformed (module binary "") "unexpected end")
(assert_malformed (module binary "\00asx\01\00\00\00") "magic header not detected")
(assert_malformed (module binary "\00asm\02\00\00\00") "unknown binary version")
(assert_malformed (module binary "\00asm\01\00\00\00\0e\00") "malformed section id")
(assert_malformed (module binary "\00asm\01\00\00\00\01\05\01\60\00") "unexpected end")
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00")
  "function and code section have inconsistent lengths")
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\05\08\01\00\80\80\80\80\80\00")
  "integer representation too long")
