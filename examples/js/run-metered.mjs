// run-metered.mjs - Run a module that meters itself -----------------------------
//
// node run-metered.mjs MODULE GAS FUNCTION [ARGUMENT…]: calls an exported function with that much
// gas, and says what came of it. Integers only; nothing is imported.
import {readFileSync} from 'node:fs';

const traps = ['none', 'unreachable', 'memory_out_of_bounds', 'table_out_of_bounds',
  'undefined_element', 'uninitialized_element', 'indirect_call_type_mismatch',
  'integer_divide_by_zero', 'integer_overflow', 'invalid_conversion', 'stack_exhausted',
  'out_of_gas', 'host'];

const [file, gasText, name, ...args] = process.argv.slice(2);
const gas = BigInt(gasText);
const {exports} = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {});

function begin() {
  exports['writ.gas_left'].value = gas;
  exports['writ.stack_left'].value = 262144;
  exports['writ.trap_kind'].value = 0;
}

/// i64 parameters take BigInt, i32 ones numbers: try one, then the other.
function call() {
  try {
    return exports[name](...args.map(BigInt));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    begin();
    return exports[name](...args.map(Number));
  }
}

begin();
let failed = false;
try {
  console.log(String(call()));
} catch (error) {
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  exports['writ.settle'](); // Some traps are the engine's own: only now the globals are exact.
  console.log(`trap: ${traps[exports['writ.trap_kind'].value]}`);
  failed = true;
}
console.log(`gas: ${gas - exports['writ.gas_left'].value}`);
process.exit(failed ? 1 : 0);
