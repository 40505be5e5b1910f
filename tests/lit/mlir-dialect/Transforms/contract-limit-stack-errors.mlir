// RUN: writ-opt %s --contract-limit-stack --split-input-file --verify-diagnostics

// expected-error @+1 {{has a frame of 34359738361 bytes; expected at most 34359738360}}
contract.func @huge() frame 34359738361 {
  contract.return
}

// -----

// The largest one that is accepted.
contract.func @large() frame 34359738360 {
  contract.return
}
