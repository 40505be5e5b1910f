// RUN: writ-opt %s --contract-verify-core --split-input-file --verify-diagnostics

// One case for each way in which a charge or a frame can be wrong.

contract.func @not_charged() frame 64 {
  contract.enter 64
  // expected-error @+1 {{costs #contract.costs<nop 1>; expected at most the charged #contract.costs<>}}
  contract.cost <nop 1>
  contract.return
}

// -----

contract.func @charged_too_little() frame 64 {
  contract.charge <nop 3, local 5>
  contract.enter 64
  contract.cost <nop 1, local 1>
  // expected-error @+1 {{costs #contract.costs<nop 3>; expected at most the charged #contract.costs<nop 2, local 4>}}
  contract.cost <nop 3>
  contract.return
}

// -----

contract.func @charged_too_much() frame 64 {
  contract.charge <nop 3>
  contract.enter 64
  contract.cost <nop 1>
  // expected-error @+1 {{ends a region with #contract.costs<nop 2> charged and not spent; expected none}}
  contract.return
}

// -----

contract.func @late_charge() frame 64 {
  contract.enter 64
  // expected-error @+1 {{costs #contract.costs<nop 1>}}
  contract.cost <nop 1>
  contract.charge <nop 1>
  contract.return
}

// -----

contract.func @charge_over_a_call() frame 64 {
  contract.charge <nop 1>
  contract.enter 64
  // expected-error @+1 {{ends a region with #contract.costs<nop 1> charged and not spent; expected none}}
  contract.call @charge_over_a_call() : () -> ()
  contract.cost <nop 1>
  contract.return
}

// -----

contract.func @charge_over_blocks() frame 64 {
  contract.charge <nop 1>
  contract.enter 64
  // expected-error @+1 {{ends a region with #contract.costs<nop 1> charged and not spent; expected none}}
  cf.br ^next
^next:
  contract.cost <nop 1>
  contract.return
}

// -----

contract.func @charge_in_a_charge() frame 64 {
  contract.charge <nop 2>
  contract.enter 64
  contract.cost <nop 1>
  // expected-error @+1 {{follows a charge of which #contract.costs<nop 1> is not spent; expected none}}
  contract.charge <nop 1>
  contract.cost <nop 2>
  contract.return
}

// -----

// expected-error @+1 {{does not take its frame; expected 'contract.enter' at its entry}}
contract.func @no_enter() frame 64 {
  contract.return
}

// -----

// expected-error @+1 {{does not take its frame; expected 'contract.enter' at its entry}}
contract.func @enter_after_a_call() frame 64 {
  contract.call @enter_after_a_call() : () -> ()
  contract.enter 64
  contract.return
}

// -----

contract.func @enter_twice() frame 64 {
  contract.enter 64
  // expected-error @+1 {{is not at the function's entry; expected nothing but charges before it}}
  contract.enter 64
  contract.return
}

// -----

contract.func @enter_less() frame 72 {
  // expected-error @+1 {{takes 64 bytes; expected the frame of 72}}
  contract.enter 64
  contract.return
}

// -----

// 64, a parameter of 4 bytes, a local of 8.
// expected-error @+1 {{has a frame of 72 bytes; expected at least 76}}
contract.func @small_frame(%x: i32) locals [!contract.funcref] frame 72 {
  contract.enter 72
  contract.return
}
