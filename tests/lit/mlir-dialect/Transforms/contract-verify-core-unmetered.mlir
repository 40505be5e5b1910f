// RUN: writ-opt %s --contract-verify-core=metered=false --split-input-file --verify-diagnostics

// Before metering, costs are only written down and frames not yet taken.
contract.func @f() {
  contract.cost <nop 1>
  contract.return
}

// -----

contract.func @f() {
  // expected-error @+1 {{stands in a module that is said not to be metered; expected no charge}}
  contract.charge <nop 1>
  contract.cost <nop 1>
  contract.return
}
