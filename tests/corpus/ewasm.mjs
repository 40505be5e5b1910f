// ewasm.mjs - The calls of ewasm/inputs on emitted modules -----------------------
//
// node ewasm.mjs WRIT CONTRACTS-DIR EXPECTED [OPTION…]: EXPECTED is what run_contracts has printed,
// the options are of `writ compile`.
import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {basename} from 'node:path';

const [writ, contracts, expectedFile, ...options] = process.argv.slice(2);
const gasOf = {};
for (const line of readFileSync(expectedFile, 'utf8').split('\n')) {
  const found = /^(\S+) +(\S+) +(\d+) gas$/.exec(line);
  if (found) gasOf[`${found[1]} ${found[2]}`] = BigInt(found[3]);
}

function adler32(memory, at, size) {
  let a = 1, b = 0;
  for (const byte of new Uint8Array(memory.buffer, at >>> 0, size >>> 0))
    a = (a + byte) % 65521, b = (b + a) % 65521;
  return (b << 16 | a) | 0;
}

function readInputs(path) {
  const lines = readFileSync(path, 'utf8').split('\n'), inputs = [];
  for (let at = 0; at < lines.length;) {
    if (!lines[at]) { ++at; continue; }
    const [name, func, signature, args, memory, result, expected] = lines.slice(at, at += 7);
    inputs.push({name, func, signature, args, memory, result, expected});
  }
  return inputs;
}

const bytesOf = text => Buffer.from((text ?? '').replace(/[^0-9a-f]/gi, ''), 'hex');

/// What is wrong, or nothing.
function check(title, module, input) {
  let instance;
  const env = {adler32: (at, size) => adler32(instance.exports.memory, at, size)};
  instance = new WebAssembly.Instance(module, {env});
  const {exports} = instance, limit = (1n << 62n) - 1n;
  const memory = Object.values(exports).find(item => item instanceof WebAssembly.Memory);
  const before = bytesOf(input.memory), after = bytesOf(input.expected);
  if ((before.length || after.length) && !memory) return 'has no exported memory';
  if (before.length) new Uint8Array(memory.buffer).set(before);
  exports['writ.gas_left'].value = limit;
  exports['writ.stack_left'].value = 262144;
  const types = input.signature.split(':')[0];
  const args = input.args.split(' ').filter(Boolean).map(
      (text, index) => types[index] === 'I' ? BigInt.asIntN(64, BigInt(text)) : Number(text) | 0);
  const result = exports[input.func](...args);
  if (input.result && BigInt.asUintN(input.signature.endsWith('I') ? 64 : 32, BigInt(result)) !==
                          BigInt(input.result))
    return `result ${result} against ${input.result}`;
  if (after.length && !after.equals(Buffer.from(memory.buffer, 0, after.length))) return 'memory';
  const gas = limit - exports['writ.gas_left'].value, expected = gasOf[`${title} ${input.name}`];
  return gas === expected ? null : `gas ${gas} against ${expected}`;
}

let calls = 0, failures = 0;
for (const name of readdirSync(`${contracts}/ewasm/inputs`).filter(name => name.endsWith('.inputs'))) {
  const title = basename(name, '.inputs');
  const path = ['test_benchmarks_', 'test_benchmarks_micro_']
      .map(prefix => `${contracts}/ewasm/wasmx+fizzy/${prefix}${title}.wasm`).find(existsSync);
  const bytes = execFileSync(writ, ['compile', path, '--target', 'wasm32', '--schedule',
                                    'weighted', '-o', '-', ...options],
                             {maxBuffer: 1 << 28});
  const module = new WebAssembly.Module(bytes);
  for (const input of readInputs(`${contracts}/ewasm/inputs/${name}`)) {
    ++calls;
    const wrong = check(title, module, input);
    if (!wrong) continue;
    ++failures;
    console.log(`${title} ${input.name}: ${wrong}`);
  }
}
console.log(`${calls} calls of ewasm/inputs in V8, ${failures} failures`);
process.exit(failures || calls === 0 ? 1 : 0);
