// RUN: writ-opt %s --split-input-file --verify-diagnostics

// One case for each message of a verifier. Case by case: the smallest IR that gets it.

// expected-error @+1 {{has one import name; expected a module and a name, or neither}}
"contract.func"() <{function_type = () -> (), import_module = "env", sym_name = "f"}> ({}) : () -> ()

// -----

// expected-error @+1 {{is imported and has a body; expected one of the two}}
contract.func @f() import "env" "f" {
  contract.return
}

// -----

// expected-error @+1 {{has no body and is not imported; expected one of the two}}
contract.func @f()

// -----

// expected-error @+1 {{has a frame of -8 bytes; expected at least 0}}
contract.func @f() frame -8 {
  contract.return
}

// -----

contract.func @f(%x: i32) -> i64 {
  // expected-error @+1 {{returns 'i32'; expected 'i64'}}
  contract.return %x : i32
}

// -----

contract.func @f() {
  // expected-error @+1 {{names @absent; expected a contract.func}}
  contract.call @absent() : () -> ()
  contract.return
}

// -----

contract.func @f(%x: i32) {
  // expected-error @+1 {{calls @f as '() -> ()'; expected '(i32) -> ()'}}
  contract.call @f() : () -> ()
  contract.return
}

// -----

contract.func @f() {
  // expected-error @+1 {{names @absent; expected a contract.func}}
  %r = contract.ref_func @absent
  contract.return
}

// -----

contract.func @callee() -> i32 import "env" "callee"
contract.func @f() -> i64 {
  // expected-error @+1 {{returns 'i32'; expected the caller's 'i64'}}
  contract.return_call @callee() : () -> i32
}

// -----

contract.func @f(%x: i32) {
  // expected-error @+1 {{passes 'i32'; expected 'i64'}}
  "contract.return_call_indirect"(%x, %x) <{table = 0 : i32, type = (i64) -> ()}> : (i32, i32) -> ()
}

// -----

contract.func @f() {
  // expected-error @+1 {{raises trap 99; expected a kind that code can raise}}
  "contract.trap"() <{kind = 99 : i32}> : () -> ()
}

// -----

contract.func @f() {
  // expected-error @+1 {{raises trap 11; expected a kind that code can raise}}
  contract.trap out_of_gas
}

// -----

contract.func @f(%x: i32) {
  // expected-error @+1 {{charges cost class 99; expected one less than}}
  "contract.charge_units"(%x) <{unit = 99 : i32}> : (i32) -> ()
  contract.return
}

// -----

contract.func @f() {
  // expected-error @+1 {{takes -1 bytes; expected at least 0}}
  contract.enter -1
  contract.return
}

// -----

contract.func @f(%a: i32) {
  // expected-error @+1 {{accesses '!contract.funcref'; expected a number}}
  %r = contract.load 64 %a + 0 : !contract.funcref
  contract.return
}

// -----

contract.func @f(%a: i32) {
  // expected-error @+1 {{accesses 64 bits as 'i32'; expected 8, 16 or 32}}
  %r = contract.load 64 %a + 0 : i32
  contract.return
}

// -----

contract.func @f(%a: i32, %x: f64) {
  // expected-error @+1 {{accesses 32 bits as 'f64'; expected 64}}
  contract.store 32 %x, %a + 0 : f64
  contract.return
}

// -----

contract.func @f(%a: i32) {
  // expected-error @+1 {{has offset 4294967296; expected at most 4294967295}}
  %r = contract.load 32 %a + 4294967296 : i32
  contract.return
}

// -----

contract.func @f(%a: i32) {
  // expected-error @+1 {{sign-extends to 'f32'; expected an integer}}
  %r = contract.load signed 32 %a + 0 : f32
  contract.return
}

// -----

// expected-error @+1 {{has neither; expected an initial value or an import}}
contract.global i32

// -----

// expected-error @+1 {{has an initial value and an import; expected an initial value or an import}}
contract.global i32 = 7 : i32 import "env" "base"

// -----

// expected-error @+1 {{has kind 4; expected 0 (func) to 3 (global)}}
"contract.export"() <{index = 0 : i32, kind = 4 : i32, name = "x"}> : () -> ()
