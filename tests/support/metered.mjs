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

/// A function that calls `callee`, with floats as integers on one side: that of `callee` if it is
/// `callee` that `takesBits`, else that of whoever calls.
function shim(callee, params, results, takesBits) {
  const key = `${params}>${results}>${takesBits}`;
  const same = name => name, bits = name => asBits[name] ?? name;
  const [inner, outer] = takesBits ? [bits, same] : [same, bits];
  const [inwards, outwards] = takesBits ? [toBits, toFloat] : [toFloat, toBits];
  if (!shims.has(key)) {
    const read = (local, convert) => [0x20, ...leb(local), ...(convert ? [convert] : [])];
    const code = params.flatMap((name, index) => read(index, inwards[name]));
    code.push(0x10, 0);
    [...results.keys()].reverse().forEach(index => code.push(0x21, ...leb(params.length + index)));
    results.forEach((name, index) => code.push(...read(params.length + index, outwards[name])));
    const locals = results.map(name => [1, codes[inner(name)]]);
    const body = [...list(locals), ...code, 0x0b];
    const type = side => [0x60, ...types(params.map(side)), ...types(results.map(side))];
    const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
      ...section(1, [type(inner), type(outer)]),
      ...section(2, [[1, 0x65, 1, 0x66, 0, 0]]), ...section(3, [[1]]),
      ...section(7, [[1, 0x66, 0, 1]]), ...section(10, [[...leb(body.length), ...body]])];
    shims.set(key, new WebAssembly.Module(new Uint8Array(bytes)));
  }
  return new WebAssembly.Instance(shims.get(key), {e: {f: callee}}).exports.f;
}

/// A function like `callee`, of those types, but for floats: it takes and gives integers.
export const exact = (callee, params, results) => shim(callee, params, results, false);

/// An import of those types for `callee`, which takes and gives floats as integers.
export const exactImport = (callee, params, results) => shim(callee, params, results, true);

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
function makeMeter() {
  const global = (value, init) => new WebAssembly.Global({value, mutable: true}, init);
  return {gas_left: global('i64', 0n), stack_left: global('i32', 0), trap_kind: global('i32', 0),
          fault: global('i32', 2), element: global('i32', 0),
          instance: global('i32', 0)};
}

/// Instances that share a meter, and calls of them.
export class Machine {
  constructor() {
    this.meter = makeMeter();
    this.all = [];
  }

  /// What `action` gives or how it traps, in the interpreter's terms.
  run(action, gas, stack) {
    const {gas_left, stack_left, trap_kind, fault} = this.meter;
    gas_left.value = gas;
    stack_left.value = stack;
    trap_kind.value = 0;
    fault.value = 2;
    const reply = {trap: 0, values: []};
    try {
      reply.values = action();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError))
        throw error;
      reply.engine = String(error.message);
      this.settle(reply.engine);
      reply.trap = trap_kind.value;
    }
    reply.gas = String(gas - gas_left.value);
    return reply;
  }

  /// As `writ.settle` does, but that only the instance whose table was called through can say what
  /// was wrong, and only the engine, in `message`, while segments are copied.
  settle(message) {
    const {gas_left, trap_kind, fault, instance} = this.meter;
    const caller = this.all[instance.value];
    if (fault.value >= 256 && caller)
      return caller.exports['writ.settle']();
    if (trap_kind.value !== 0)
      return;
    if (/^WebAssembly.Instance.*table|table initializer|element segment/.test(message))
      fault.value = 3;
    const left = gas_left.value;
    trap_kind.value = left < 0n ? outOfGas : fault.value;
    gas_left.value = left < 0n ? 0n : left;
  }

  /// The meter as the next instance imports it, with its number.
  meterImports() {
    const self = new WebAssembly.Global({value: 'i32', mutable: false}, this.all.length);
    return {...this.meter, self};
  }

  /// Runs `callee` on words, as `run` does.
  call(callee, params, args, results, gas, stack) {
    const run = exact(callee, params, results);
    const values = args.map((word, index) => fromWord(word, params[index]));
    return this.run(() => {
      const given = run(...values);
      const list = results.length > 1 ? [...given] : results.length ? [given] : [];
      return list.map((value, index) => toWord(value, results[index]));
    }, gas, stack);
  }
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
