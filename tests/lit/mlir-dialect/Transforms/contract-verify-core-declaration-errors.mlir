// RUN: writ-opt %s --contract-verify-core=metered=false --split-input-file --verify-diagnostics --allow-unregistered-dialect

// One case for each way in which a declaration can be outside the core stratum.

// expected-error @+1 {{is not a declaration of the core stratum}}
"test.op"() : () -> ()

// -----

contract.global i32 = 7 : i32
// expected-error @+1 {{is imported after one that is not; expected imports first}}
contract.global i32 import "env" "base"

// -----

// expected-error @+1 {{has one import name; expected a module and a name, or neither}}
"contract.memory"() <{min = 1 : i64, import_name = "memory"}> : () -> ()

// -----

// expected-error @+1 {{takes or gives 'index'; expected core values}}
contract.func @f(index) import "env" "f"

// -----

// expected-error @+1 {{has a local of type 'i8'; expected a core value}}
contract.func @f() locals [i8] {
  contract.return
}

// -----

contract.memory 1
// expected-error @+1 {{is the second one; expected at most one}}
contract.memory 1

// -----

// expected-error @+1 {{has size 65537; expected at most 65536}}
contract.memory 65537

// -----

// expected-error @+1 {{has size 4294967296; expected at most 4294967295}}
contract.table !contract.funcref 0 max 4294967296

// -----

// expected-error @+1 {{has maximum 1; expected at least the minimum 2}}
contract.table !contract.funcref 2 max 1

// -----

// expected-error @+1 {{holds 'i32'; expected a reference type}}
contract.table i32 2

// -----

// expected-error @+1 {{holds 'i8'; expected a core value}}
contract.global i8 import "env" "base"

// -----

// expected-error @+1 {{initial value is 7 : i64; expected a constant of type 'i32'}}
contract.global i32 = 7 : i64

// -----

// expected-error @+1 {{initial value is unit; expected a constant of type 'i32'}}
contract.global i32 = unit

// -----

// expected-error @+1 {{initial value is @absent; expected a constant of type '!contract.funcref'}}
contract.global !contract.funcref = @absent

// -----

// expected-error @+1 {{initial value is "seven"; expected a constant of type 'i32'}}
contract.global i32 = "seven"

// -----

// expected-error @+1 {{initial value names global 1; expected one of 1}}
contract.global i32 = #contract.global<1>

// -----

contract.global i32 = 7 : i32
// expected-error @+1 {{initial value names global 0; expected an imported constant}}
contract.global i32 = #contract.global<0>

// -----

contract.global i32 import "env" "base"
// expected-error @+1 {{initial value is #contract.global<0>; expected a constant of type 'i64'}}
contract.global i64 = #contract.global<0>

// -----

// expected-error @+1 {{is active; expected a memory}}
contract.data at 0 : i32 "hello"

// -----

contract.memory 1
// expected-error @+1 {{offset is 0 : i64; expected a constant of type 'i32'}}
contract.data at 0 : i64 "hello"

// -----

// expected-error @+1 {{holds 'i32'; expected a reference type}}
contract.elem i32 []

// -----

// expected-error @+1 {{item is 7 : i32; expected a constant of type '!contract.funcref'}}
contract.elem !contract.funcref [7 : i32]

// -----

// expected-error @+1 {{has a table or an offset alone; expected both or neither}}
"contract.elem"() <{type = !contract.funcref, items = [], table = 0 : i64}> : () -> ()

// -----

// expected-error @+1 {{is declarative and active; expected one of the two}}
contract.elem declarative !contract.funcref in 0 at 0 : i32 []

// -----

// expected-error @+1 {{names table 0; expected one of 0}}
contract.elem !contract.funcref in 0 at 0 : i32 []

// -----

contract.table !contract.externref 1
// expected-error @+1 {{holds '!contract.funcref'; expected '!contract.externref', as table 0}}
contract.elem !contract.funcref in 0 at 0 : i32 []

// -----

// expected-error @+1 {{names index 0; expected one of 0}}
contract.export "x" func 0

// -----

contract.memory 1
contract.export "x" memory 0
// expected-error @+1 {{has the name of another: "x"; expected its own}}
contract.export "x" memory 0

// -----

contract.func @f() {
  contract.return
}
contract.start @f
// expected-error @+1 {{is the second one; expected at most one}}
contract.start @f

// -----

// expected-error @+1 {{names @absent; expected a contract.func}}
contract.start @absent

// -----

contract.func @f(i32) import "env" "f"
// expected-error @+1 {{calls a function of type '(i32) -> ()'; expected () -> ()}}
contract.start @f
