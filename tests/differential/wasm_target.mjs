// wasm_target.mjs - Generated programs' emitted modules in node ---------------
//
// node wasm_target.mjs DIR: runs what wasm_programs wrote there, with the same host functions, and
// compares results, traps, gas, what the host saw, and memories with those of the interpreter.
import {readdirSync, readFileSync} from 'node:fs';
import * as m from '../support/metered.mjs';

const folder = process.argv[2];
const hostTrap = 12, outOfBounds = 2;
let runs = 0, blind = 0, last;
const traps = {};

class World extends m.Machine {
  constructor(program, gas) {
    super();
    this.program = program;
    this.gas = gas;
    this.trace = [];
    this.hashes = [];
  }

  trap(kind) {
    this.meter.trap_kind.value = kind;
    throw new WebAssembly.RuntimeError('host');
  }

  /// Host functions as tests/support/TestHost.cpp has them, for the instance in `own`.
  host(own) {
    const u64 = value => BigInt.asUintN(64, value);
    const record = (what, price) => {
      this.isBlind ||= this.isFromElsewhere(own);
      m.consume(this.meter, BigInt(price ?? this.program.hostPrice));
      this.trace.push(String(u64(what)), String(this.meter.gas_left.value),
                      String(own.size()));
    };
    const word = value => BigInt.asUintN(32, BigInt(value));
    const bits = {
      log: value => record(value, this.program.logPrice),
      gas_left: () => (record(1n), this.meter.gas_left.value),
      mix: (a, b, c) => {
        const mixed = u64(u64(word(a) + 0x9e3779b97f4a7c15n * u64(b)) ^ (u64(b) >> 29n));
        record(mixed);
        return [BigInt.asIntN(64, mixed), c];
      },
      trap_if: value => {
        record(2n);
        if (word(value) % 16n === 15n) this.trap(hostTrap);
      },
      burn: value => {
        record(3n);
        m.consume(this.meter, word(value) & 63n);
      },
      poke: (at, value) => {
        record(4n);
        const bytes = new Uint8Array(own.memory()?.buffer ?? new ArrayBuffer(0));
        const index = Number(word(at) & 0x1ffffn);
        if (index >= bytes.length) this.trap(outOfBounds);
        const old = bytes[index];
        bytes[index] = Number(word(value) & 0xffn);
        return old;
      },
      call_back: value => {
        record(5n);
        const callback = own.instance?.exports.callback;
        if (!callback || word(value) % 4n === 3n) return value;
        try {
          value = callback(value);
        } catch (error) {
          this.settle();
          record_after(this.meter.trap_kind.value);
          throw error;
        }
        record_after(0);
        return value;
      },
      pass: ref => (record(ref === null ? 0n : 1n), ref),
      pass_extern: ref => (record(ref === null ? 0n : 1n), ref),
    };
    const record_after = status => this.trace.push(String(status),
        String(this.meter.gas_left.value), String(own.size()));
    bits.mix = m.exactImport(bits.mix, ['i32', 'i64', 'f64'], ['i64', 'f64']);
    return bits;
  }

  /// JavaScript's functions belong to the instance that imports them, ours to the one that calls,
  /// which may have found them in a table. The engine's stack tells whose code called: `call` says
  /// which instance's the outermost frame is, but for a shim.
  isFromElsewhere(own) {
    if (this.all.length < 2 || this.called === undefined) return false;
    const isKnown = this.hashes[this.called] !== undefined;
    Error.stackTraceLimit = isKnown ? 4 : 10000;
    const frames = [...new Error().stack.matchAll(/wasm:\/\/wasm\/([0-9a-f]+)/g)].map(x => x[1]);
    if (!isKnown && frames.length >= 2) this.hashes[this.called] = frames.at(-2);
    return this.hashes.some((hash, index) => hash === frames[0] && this.all[index] !== own.instance);
  }

  run(action, gas, stack) {
    const reply = super.run(action, gas, stack);
    traps[reply.trap] = (traps[reply.trap] ?? 0) + 1;
    return reply;
  }

  instantiate(module) {
    const own = {};
    // JavaScript has no way to an instance whose start function runs.
    own.memory = () => (world.isBlind ||= !own.instance, findMemory());
    const world = this;
    const findMemory = () => own.instance?.exports.memory ?? this.all[0]?.exports?.memory;
    own.size = () => own.memory()?.buffer.byteLength ?? 0;
    const imports = {writ: this.meterImports(), env: this.host(own)};
    if (this.all.length) imports.first = this.all[0].exports;
    const reply = this.run(() => {
      own.instance = new WebAssembly.Instance(module, imports);
      return [];
    }, this.gas, this.program.stack);
    this.all.push(own.instance);
    return reply;
  }

  runCall({module, name, params, args, results}) {
    this.called = module;
    return this.call(this.all[module].exports[name], params, args, results, this.gas,
                     this.program.stack);
  }
}

function compare(what, reply, expected, types) {
  // When a start function fails in a call through a table, there is no instance to be asked.
  if (reply.trap >= 256 && what.startsWith('start') && [4, 5, 6].includes(expected.trap))
    reply.trap = expected.trap;
  if (reply.trap !== expected.trap)
    return `${what}: trap ${reply.trap} (${reply.engine}) against ${expected.trap}`;
  if (reply.gas !== expected.gas)
    return `${what}: gas ${reply.gas} against ${expected.gas} (${reply.engine})`;
  for (let i = 0; i < expected.values.length; ++i) {
    const word = types[i] === 'funcref' && expected.values[i] !== '0' ? 'function'
                                                                      : expected.values[i];
    if (reply.values[i] !== word)
      return `${what}: result ${i} is ${reply.values[i]} against ${word}`;
  }
  return null;
}

function checkRun(program, modules, run) {
  const world = new World(program, BigInt(run.gas));
  last = world;
  ++runs;
  for (let i = 0; i < run.starts.length; ++i) {
    const wrong = compare(`start ${i}`, world.instantiate(modules[i]), run.starts[i], []);
    if (wrong) return wrong;
  }
  for (let i = 0; i < run.calls.length; ++i) {
    const call = program.calls[i];
    const wrong = compare(`call ${i} ${call.name}`, world.runCall(call), run.calls[i], call.results);
    if (wrong) return wrong;
  }
  for (let i = 0; i < Math.max(run.trace.length, world.trace.length); ++i)
    if (run.trace[i] !== world.trace[i])
      return `host trace ${i}: ${world.trace[i]} against ${run.trace[i]}`;
  const memory = world.all[0]?.exports?.memory;
  if (memory && run.memories.length && m.crc32(new Uint8Array(memory.buffer)) !== run.memories[0])
    return 'memory';
  return null;
}

let failures = 0, programs = 0;
const names = readdirSync(folder).filter(name => name.endsWith('.json'));
for (const name of names.sort((a, b) => parseInt(a) - parseInt(b))) {
  const program = JSON.parse(readFileSync(`${folder}/${name}`));
  const modules = program.modules.map(file => m.load(`${folder}/${file}`));
  ++programs;
  for (const run of program.runs) {
    let wrong;
    try {
      wrong = checkRun(program, modules, run);
    } catch (error) {
      wrong = error.stack;
    }
    blind += Boolean(last.isBlind);
    if (!wrong || last.isBlind) continue;
    console.log(`seed ${parseInt(name)}, gas ${run.gas}: ${wrong}`);
    ++failures;
    break;
  }
}
console.log(`${programs} programs, ${runs} runs, outcomes ${JSON.stringify(traps)}, ` +
            `${blind} runs not compared since JavaScript cannot tell who calls, ` +
            `${failures} failures`);
process.exit(failures ? 1 : 0);
