// Times the export `run` of a kernel in V8: prints what bench_run prints.
const fs = require('fs');

const [file, n] = process.argv.slice(2);
const cpu = () => {
  const usage = process.cpuUsage();
  return (usage.user + usage.system) / 1e6;
};
let start = cpu();
const compiled = new WebAssembly.Module(fs.readFileSync(file));
const instance = new WebAssembly.Instance(compiled, {});
const compile = cpu() - start;
start = cpu();
const checksum = instance.exports.run(Number(n)) >>> 0;
const run = cpu() - start;
console.log(`${checksum} ${run.toFixed(6)} ${compile.toFixed(6)}`);
