// RUN: writ-opt %s --contract-meter --split-input-file --verify-diagnostics

contract.func @too_much() {
  // expected-error @+1 {{starts a region that costs more than 4294967295 of one class}}
  contract.cost <nop 4294967295>
  contract.cost <nop 1>
  contract.return
}
