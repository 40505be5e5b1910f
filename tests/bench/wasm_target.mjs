// wasm_target.mjs - What metering costs in V8 ----------------------------------
//
// node --no-liftoff wasm_target.mjs WRIT KERNEL_DIR [ROUNDS] [OPTION…]: runs each kernel as it is,
// and as `writ compile --target wasm32 OPTION…` emits it, in turns; the least time of each counts.
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';

const [writ, folder, rounds = '7', ...options] = process.argv.slice(2);
const limit = (1n << 62n) - 1n;

function instance(bytes) {
  const {exports} = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
  return () => {
    if (exports['writ.gas_left']) {
      exports['writ.gas_left'].value = limit;
      exports['writ.stack_left'].value = 262144;
      exports['writ.trap_kind'].value = 0;
    }
    const start = process.hrtime.bigint();
    const result = exports.go();
    return [Number(process.hrtime.bigint() - start) / 1e6, result];
  };
}

let logs = 0, count = 0;
for (const name of readdirSync(folder).filter(name => name.endsWith('.wasm'))) {
  const input = readFileSync(join(folder, name));
  const output = execFileSync(writ, ['compile', join(folder, name), '--target', 'wasm32', '-o', '-',
                                     ...options], {maxBuffer: 1 << 28});
  const runs = [instance(input), instance(output)];
  const least = [Infinity, Infinity], results = [];
  for (let round = 0; round < Number(rounds); ++round)
    runs.forEach((run, which) => {
      const [time, result] = run();
      least[which] = Math.min(least[which], time);
      results[which] = result;
    });
  if (results[0] !== results[1]) throw new Error(`${name}: ${results}`);
  const ratio = least[1] / least[0];
  logs += Math.log(ratio);
  ++count;
  console.log(`${basename(name, '.wasm').padEnd(10)} ${least[0].toFixed(2).padStart(9)} ms ` +
              `${least[1].toFixed(2).padStart(9)} ms  ${ratio.toFixed(3)}  ` +
              `${input.length} -> ${output.length} bytes`);
}
console.log(`geometric mean ${Math.exp(logs / count).toFixed(3)} of ${count}`);
