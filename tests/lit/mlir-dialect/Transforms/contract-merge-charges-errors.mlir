// RUN: writ-opt %s --contract-merge-charges --verify-diagnostics

contract.func @too_much() {
  // expected-error @+1 {{merges into more than 4294967295 of one class}}
  contract.charge <nop 4294967295>
  contract.cost <nop 4294967295>
  cf.br ^next
^next:
  contract.charge <nop 1>
  contract.cost <nop 1>
  contract.return
}
