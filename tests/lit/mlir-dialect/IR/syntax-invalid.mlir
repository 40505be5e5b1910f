// RUN: writ-opt %s --split-input-file --verify-diagnostics

// One case for each message of a parser.

contract.func @f() {
  // expected-error @+1 {{unknown trap 'sneeze'}}
  contract.trap sneeze
}

// -----

contract.func @f(%x: i32) {
  // expected-error @+1 {{unknown cost class 'sneeze'}}
  contract.charge_units sneeze, %x
}

// -----

// expected-error @+1 {{unknown kind 'sneeze'; expected func, table, memory or global}}
contract.export "x" sneeze 0

// -----

contract.func @f() {
  // expected-error @+1 {{unknown cost class 'sneeze'}}
  contract.cost <sneeze 1>
}

// -----

contract.func @f() {
  // expected-error @+1 {{count of 'local' is 0; expected at least 1}}
  contract.cost <local 0>
}

// -----

contract.func @f() {
  // expected-error @+1 {{cost class 'local' is given twice; expected once}}
  contract.cost <local 1, call 1, local 2>
}
