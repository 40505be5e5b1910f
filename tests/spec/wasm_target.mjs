// wasm_target.mjs - The suite's emitted modules in node -----------------------
//
// node wasm_target.mjs DIR: runs what wasm_script wrote there and compares results, traps, gas and
// memories with those of the interpreter.
import {readdirSync, readFileSync} from 'node:fs';
import * as m from '../support/metered.mjs';

const folder = process.argv[2];
const price = 250n; // Of a host function, in the schedule that the scripts were made with.
const tally = {commands: 0, passed: 0, refused: 0, scripts: 0};
const failures = [];

class World extends m.Machine {
  constructor() {
    super();
    const print = () => m.consume(this.meter, price);
    const global = (value, init) => new WebAssembly.Global({value, mutable: false}, init);
    this.registered = {spectest: {
      print, print_i32: print, print_i64: print, print_f32: print, print_f64: print,
      print_i32_f32: print, print_f64_f64: print,
      global_i32: global('i32', 666), global_i64: global('i64', 666n),
      global_f32: global('f32', 666.6), global_f64: global('f64', 666.6),
      table: new WebAssembly.Table({element: 'anyfunc', initial: 10, maximum: 20}),
      memory: new WebAssembly.Memory({initial: 1, maximum: 2}),
    }};
    this.named = {};
  }

  find(name) { return name ? this.named[name] : this.last; }

  instantiate(command) {
    const module = m.load(`${folder}/${command.file}`);
    let instance;
    const imports = {...this.registered, writ: this.meterImports()};
    const reply = this.run(() => {
      instance = new WebAssembly.Instance(module, imports);
      return [];
    }, m.gasLimit, m.stackLimit);
    this.all.push(instance);
    if (command.kind === 'module' && instance) {
      this.last = instance;
      if (command.name) this.named[command.name] = instance;
    }
    reply.instance = instance;
    return reply;
  }

  act(command) {
    const instance = this.find(command.module);
    if (!instance) return {missing: true};
    const item = instance.exports[command.field];
    if (command.get)
      return {trap: 0, gas: '0', values: [bitsOf(item.value, command.types[0])], instance};
    const run = command.trap !== 0 ? this.callBlindly(item, command)
        : this.call(item, command.params, command.args, command.types, m.gasLimit, m.stackLimit);
    return {...run, instance};
  }

  /// What it would give is not known, and does not matter.
  callBlindly(item, command) {
    const view = new DataView(new ArrayBuffer(8));
    const args = command.args.map((word, index) => {
      const type = command.params[index], value = m.fromWord(word, type);
      if (type === 'f32') return view.setInt32(0, value), view.getFloat32(0);
      if (type === 'f64') return view.setBigInt64(0, value), view.getFloat64(0);
      return value;
    });
    return this.run(() => (item(...args), []), m.gasLimit, m.stackLimit);
  }
}

function bitsOf(value, type) {
  const view = new DataView(new ArrayBuffer(8));
  if (type === 'f32') return view.setFloat32(0, value), String(view.getUint32(0));
  if (type === 'f64') return view.setFloat64(0, value), String(view.getBigUint64(0));
  return m.toWord(value, type);
}

function memoryOf(instance) {
  const found = Object.values(instance?.exports ?? {}).find(x => x instanceof WebAssembly.Memory);
  return found && found.buffer.byteLength <= 1 << 20 ? m.crc32(new Uint8Array(found.buffer)) : null;
}

/// What differs, or nothing.
function compare(command, reply) {
  if (reply.missing) return 'no such module';
  if (reply.trap !== command.trap)
    return `trap ${reply.trap} (${reply.engine}) against ${command.trap}`;
  if (reply.gas !== command.gas) return `gas ${reply.gas} against ${command.gas} (${reply.engine})`;
  for (let i = 0; i < command.values.length; ++i) {
    const ours = command.types[i] === 'funcref' ? (command.values[i] === '0' ? '0' : 'function')
                                                : command.values[i];
    if (reply.values[i] !== ours) return `result ${i} is ${reply.values[i]} against ${ours}`;
  }
  const memory = memoryOf(reply.instance);
  if (memory !== null && command.memory !== undefined && memory !== command.memory)
    return 'memory';
  return null;
}

function runScript(name) {
  const world = new World();
  for (const command of JSON.parse(readFileSync(`${folder}/${name}`)).commands) {
    if (command.kind === 'register') {
      const instance = world.find(command.name);
      if (instance) world.registered[command.as] = instance.exports;
      continue;
    }
    ++tally.commands;
    const fail = what => failures.push(`${name}:${command.line}: ${what}`);
    if (command.refused) {
      ++tally.refused;
      fail(`refused: ${command.refused}`);
      continue;
    }
    try {
      if (command.error !== undefined) {
        const reply = command.file ? world.instantiate(command) : world.act(command);
        if (reply.missing) ++tally.passed;
        else fail(`linked; expected: ${command.error}`);
        continue;
      }
      const difference = compare(command, command.file ? world.instantiate(command)
                                                       : world.act(command));
      if (difference) fail(difference);
      else ++tally.passed;
    } catch (error) {
      if (command.error !== undefined && error instanceof WebAssembly.LinkError) ++tally.passed;
      else fail(`${error.name}: ${error.message}`);
    }
  }
  ++tally.scripts;
}

for (const name of readdirSync(folder).sort())
  if (name.endsWith('.json') && !name.endsWith('.wast.json')) runScript(name);
for (const failure of failures) console.log(failure);
console.log(`${tally.scripts} scripts in V8 ${process.versions.v8}: ${tally.passed}/` +
            `${tally.commands} commands with equal results, traps, gas and memories; ` +
            `${failures.length} failures`);
process.exit(failures.length ? 1 : 0);
