// reprice.mjs - Fill other prices into a module that meters itself ----------------
//
// node reprice.mjs MODULE SCHEDULE OUTPUT: what `writ reprice` does, for prices by class: SCHEDULE is
// a JSON file such as {"default": 1, "load": 3}. docs/wasm-target.md has the format.
import {readFileSync, writeFileSync} from 'node:fs';

const classes = ['marker', 'nop', 'loop', 'branch', 'branch_table', 'call', 'call_indirect',
  'parametric', 'local', 'global', 'const', 'integer', 'integer_mul', 'integer_div', 'float',
  'float_div', 'convert', 'load', 'store', 'memory_size', 'memory_grow', 'memory_grow_unit',
  'memory_bulk', 'memory_bulk_unit', 'table_access', 'table_grow', 'table_grow_unit', 'table_bulk',
  'table_bulk_unit', 'segment_drop', 'frame_unit'];
const [input, schedule, output] = process.argv.slice(2);
const prices = JSON.parse(readFileSync(schedule));
const priceOf = index => BigInt(prices[classes[index]] ??
                                (classes[index].endsWith('_unit') ? 0 : prices.default));
const mostGas = 1n << 62n;

class Reader {
  constructor(bytes) { this.bytes = bytes; this.at = 0; }
  byte() { return this.bytes[this.at++]; }
  number() {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const part = this.byte();
      value += (part & 0x7f) * 2 ** shift;
      if (part < 0x80) return value;
    }
  }
  take(size) { return this.bytes.subarray(this.at, this.at += size); }
}
const leb = value => value < 128 ? [value] : [value % 128 + 128, ...leb(Math.floor(value / 128))];
const signed = value => value >= -64n && value < 64n
    ? [Number(value & 0x7fn)] : [Number(value & 0x7fn) + 128, ...signed(value >> 7n)];

const module = new Reader(readFileSync(input));
const header = module.take(8), sections = [];
while (module.at < module.bytes.length) sections.push([module.byte(), module.take(module.number())]);

/// What `writ.charges` says: amounts, how many of them globals hold, and where code holds some.
function readCharges() {
  for (const [id, contents] of sections) {
    const reader = new Reader(contents);
    if (id !== 0 || Buffer.from(reader.take(reader.number())).toString() !== 'writ.charges') continue;
    if (reader.number() !== 2) throw new Error('another version of writ.charges');
    const held = reader.number();
    const amounts = Array.from({length: reader.number()}, () => {
      let gas = 0n, index = -1, packed = reader.byte();
      if (packed === 0) return reader.number(), null; // The price of an import: left as it is.
      for (; packed !== 0; packed = reader.byte()) {
        index += packed >> 4 === 15 ? 15 + reader.number() : packed >> 4;
        const count = (packed & 15) === 15 ? 15 + reader.number() : packed & 15;
        gas += BigInt(count) * priceOf(index);
      }
      return gas < mostGas ? gas : mostGas;
    });
    let at = 0;
    const places = Array.from({length: reader.number()},
                              () => [at += reader.number(), amounts[reader.number()]]);
    return {held: amounts.slice(0, held), places};
  }
  throw new Error('no writ.charges');
}

/// Past a constant expression: where its `end` is.
function skipExpression(reader) {
  const code = reader.byte();
  if (code === 0x43 || code === 0x44) reader.take(code === 0x43 ? 4 : 8);
  else while (reader.byte() & 0x80);
  reader.byte();
}

const {held, places} = readCharges();
const bytes = [...header];
for (const [id, contents] of sections) {
  let made = [...contents];
  if (id === 6) {
    const reader = new Reader(contents), count = reader.number();
    for (let left = count - held.length; left > 0; --left) reader.take(2), skipExpression(reader);
    made = [...contents.subarray(0, reader.at)];
    for (const gas of held) {
      const start = reader.at;
      reader.take(2), skipExpression(reader);
      made.push(...(gas === null ? contents.subarray(start, reader.at)
                                 : [0x7e, 0, 0x42, ...signed(gas), 0x0b]));
    }
  }
  if (id === 10)
    for (const [at, gas] of places)
      if (gas !== null)
        for (let index = 0; index < 10; ++index) // Signed LEB128, always ten bytes.
          made[at + index] = Number(gas >> BigInt(7 * index) & 0x7fn) | (index < 9 ? 0x80 : 0);
  bytes.push(id, ...leb(made.length));
  for (const byte of made) bytes.push(byte);
}
writeFileSync(output, new Uint8Array(bytes));
