// metered.mjs - Run metered modules in node, bit by bit -----------------------
//
// JavaScript's numbers lose the bits of NaNs, so functions are called through small modules that
// take and give floats as integers.
import {readFileSync} from 'node:fs';

export const gasLimit = (1n << 62n) - 1n;
export const stackLimit = 262144;
export const outOfGas = 11;

const codes = {i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, funcref: 0x70, externref: 0x6f};
const asBits = {f32: 'i32', f64: 'i64'};
const toFloat = {f32: 0xbe, f64: 0xbf}, toBits = {f32: 0xbc, f64: 0xbd};

const leb = value => {
  const bytes = [];
  for (; value >= 0x80; value >>>= 7)
    bytes.push(value & 0x7f | 0x80);
  return [...bytes, value];
};
const list = items => [...leb(items.length), ...items.flat()];
const section = (id, items) => {
  const body = list(items);
  return [id, ...leb(body.length), ...body];
};
const types = names => list(names.map(name => [codes[name]]));

const shims = new Map();

/// A function like `callee`, of those types, but for floats.
export function exact(callee, params, results) {
  const key = `${params}>${results}`;
  if (!shims.has(key)) {
    const bits = name => asBits[name] ?? name;
    const code = params.flatMap((name, index) =>
        [0x20, ...leb(index), ...(toFloat[name] ? [toFloat[name]] : [])]);
    const locals = results.map(name => [1, codes[name]]);
    code.push(0x10, 0);
    [...results.keys()].reverse().forEach(index => code.push(0x21, ...leb(params.length + index)));
    results.forEach((name, index) =>
        code.push(0x20, ...leb(params.length + index), ...(toBits[name] ? [toBits[name]] : [])));
    const body = [...list(locals), ...code, 0x0b];
    const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
      ...section(1, [[0x60, ...types(params), ...types(results)],
                     [0x60, ...types(params.map(bits)), ...types(results.map(bits))]]),
      ...section(2, [[1, 0x65, 1, 0x66, 0, 0]]), ...section(3, [[1]]),
      ...section(7, [[1, 0x66, 0, 1]]), ...section(10, [[...leb(body.length), ...body]])];
    shims.set(key, new WebAssembly.Module(new Uint8Array(bytes)));
  }
  return new WebAssembly.Instance(shims.get(key), {e: {f: callee}}).exports.f;
}

/// An import of those types for `callee`, which takes and gives floats as integers.
export function exactImport(callee, params, results) {
  const bits = name => asBits[name] ?? name;
  const code = params.flatMap((name, index) =>
      [0x20, ...leb(index), ...(toBits[name] ? [toBits[name]] : [])]);
  code.push(0x10, 0);
  const locals = results.map(name => [1, codes[bits(name)]]);
  [...results.keys()].reverse().forEach(index => code.push(0x21, ...leb(params.length + index)));
  results.forEach((name, index) =>
      code.push(0x20, ...leb(params.length + index), ...(toFloat[name] ? [toFloat[name]] : [])));
  const body = [...list(locals), ...code, 0x0b];
  const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [[0x60, ...types(params.map(bits)), ...types(results.map(bits))],
                   [0x60, ...types(params), ...types(results)]]),
    ...section(2, [[1, 0x65, 1, 0x66, 0, 0]]), ...section(3, [[1]]),
    ...section(7, [[1, 0x66, 0, 1]]), ...section(10, [[...leb(body.length), ...body]])];
  const module = new WebAssembly.Module(new Uint8Array(bytes));
  return new WebAssembly.Instance(module, {e: {f: callee}}).exports.f;
}

/// Words as the interpreter has them, to and from JavaScript's values.
export function fromWord(word, type) {
  switch (type) {
    case 'i32': case 'f32': return Number(BigInt.asIntN(32, BigInt(word)));
    case 'i64': case 'f64': return BigInt.asIntN(64, BigInt(word));
    default: return word === '0' ? null : word;
  }
}
export function toWord(value, type) {
  switch (type) {
    case 'i32': case 'f32': return String(BigInt.asUintN(32, BigInt(value)));
    case 'i64': case 'f64': return String(BigInt.asUintN(64, value));
    case 'funcref': return value === null ? '0' : 'function';
    default: return value === null ? '0' : value;
  }
}

/// The meter that instances share, as imports under "writ".
export function makeMeter() {
  const global = (value, init) => new WebAssembly.Global({value, mutable: true}, init);
  return {gas_left: global('i64', 0n), stack_left: global('i32', 0), trap_kind: global('i32', 0),
          fault: global('i32', 2), element: global('i32', 0),
          instance: global('i32', 0)};
}

export function begin(meter, gas) {
  meter.gas_left.value = gas;
  meter.stack_left.value = stackLimit;
  meter.trap_kind.value = 0;
  meter.fault.value = 2;

}

/// As `writ.settle` does, for traps that are not of calls.
export function settle(meter) {
  if (meter.trap_kind.value !== 0)
    return;
  const left = meter.gas_left.value;
  meter.trap_kind.value = left < 0n ? outOfGas : meter.fault.value;
  meter.gas_left.value = left < 0n ? 0n : left;
}

/// A host function's price or appetite.
export function consume(meter, gas) {
  const left = meter.gas_left.value - gas;
  meter.gas_left.value = left < 0n ? 0n : left;
  if (left >= 0n)
    return;
  meter.trap_kind.value = outOfGas;
  throw new WebAssembly.RuntimeError('out of gas');
}

/// CRC-32 of a memory's bytes.
export {crc32} from 'node:zlib';
export const load = path => new WebAssembly.Module(readFileSync(path));
