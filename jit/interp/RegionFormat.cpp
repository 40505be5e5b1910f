//===- RegionFormat.cpp - What regions need of a function, as bytes -------===//
//
// A function: words of its frame, then constants in it. A region: its price, words to take over,
// and then, behind numbers of their own, ops and costs in the order in which they come.
//
//===----------------------------------------------------------------------===//
#include "jit/interp/RegionFormat.h"

#include "jit/interp/OpFacts.h"
#include "jit/interp/RegionCheck.h"

#include <string_view>

using namespace writ;
using namespace writ::interp;

namespace {

/// FNV-1a.
class Fingerprint {
public:
  void add(std::string_view text) {
    for (unsigned char c : text)
      add(uint64_t(c));
    add(uint64_t(256)); // So that no text goes on in the next.
  }
  void add(uint64_t value) { state = (state ^ value) * 0x100000001b3; }

  uint64_t state = 0xcbf29ce484222325;
};

} // namespace

uint64_t writ::interp::bytecodeVersion() {
  static const uint64_t version = [] {
    Fingerprint print;
    for (unsigned i = 0; i < numPlainOps; ++i) {
      const OpInfo &info = opInfo(Opcode(i));
      print.add(info.mnemonic);
      print.add(uint64_t(info.format));
    }
    return print.state;
  }();
  return version;
}

//===----------------------------------------------------------------------===//
// Ops as numbers
//===----------------------------------------------------------------------===//

/// Numbers of items: these, then ops. Words, memory and integers, of which there are most, come
/// first: they take one byte.
static constexpr uint64_t endItem = 0, costItem = 1, firstOpItem = 2;
static constexpr unsigned firstOp = unsigned(Opcode::Mov);

static uint64_t itemOf(Opcode op) {
  return firstOpItem + (unsigned(op) + numPlainOps - firstOp) % numPlainOps;
}

static Opcode opOfItem(uint64_t item) {
  return Opcode((item - firstOpItem + firstOp) % numPlainOps);
}

/// Immediates that are addresses or bits; others may be negative.
static bool isUnsigned(Opcode op) {
  switch (opInfo(op).format) {
  case Format::Load:
  case Format::LoadAt:
  case Format::Store:
  case Format::StoreAt:
  case Format::StoreImm:
  case Format::SI:
  case Format::I:
  case Format::EnterData:
    return true;
  default:
    return op == Opcode::ConstU32 || op == Opcode::GlobalGet || op == Opcode::ImportedGet;
  }
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

namespace {

class RegionWriter {
public:
  RegionWriter(ByteWriter &out, const Code &code) : out(out), code(code) {}
  void write(const RegionSlice &slice, uint32_t liveWords);

private:
  void writeOp(uint32_t at);
  void writeOffset(uint32_t offset);

  ByteWriter &out;
  const Code &code;
  uint32_t lastOffset = 0;
};

} // namespace

/// In the module, from the last one. ~0 is one before the first.
void RegionWriter::writeOffset(uint32_t offset) {
  out.signedVarint(int32_t(offset - lastOffset));
  lastOffset = offset;
}

void RegionWriter::writeOp(uint32_t at) {
  const Cell &cell = code.cells[at];
  const OpInfo &info = opInfo(opOf(cell.handler));
  out.varint(itemOf(info.op));
  unsigned fields = wordFields(info.format);
  for (uint32_t word : {cell.a, cell.b, cell.c, cell.d}) {
    if (fields & 1)
      out.varint(word);
    fields >>= 1;
  }
  if (info.format == Format::StoreImm)
    out.signedVarint(int16_t(cell.b));
  if (hasImmediate(info.format))
    isUnsigned(info.op) ? out.varint(cell.uimm) : out.signedVarint(cell.imm);
  if (info.format == Format::DataWord)
    out.signedVarint(
        int64_t(code.cells[at + 1].data[0] | uint64_t(code.cells[at + 1].data[1]) << 32));
  else if (cellsOf(info.format) == 2)
    for (uint32_t number : code.cells[at + 1].data)
      out.varint(number);
  if (!isPure(info.op))
    writeOffset(code.offsetAt(at));
}

void RegionWriter::write(const RegionSlice &slice, uint32_t liveWords) {
  const Region &region = code.regions[slice.region];
  out.varint(region.price);
  out.varint(liveWords);
  auto next = slice.cells.begin();
  for (const Marker &marker : code.markersOf(region)) {
    for (; next != slice.cells.end() && *next < marker.cell; ++next)
      writeOp(*next);
    out.varint(costItem);
    out.varint(marker.price);
    writeOffset(marker.offset);
  }
  out.varint(endItem);
}

/// Words up to the last one that is needed.
static uint32_t liveWordsOf(const RegionSlice &slice, const Region &region) {
  return slice.reads.empty() ? 0 : std::min(region.liveWords, slice.reads.back() + 1);
}

void writ::interp::writeRegions(ByteWriter &writer, const Code &code, const Function &function,
                                std::span<const RegionSlice> slices) {
  writer.varint(function.roomWords);
  writer.varint(function.constants.size());
  for (FrameConstant constant : function.constants) {
    writer.varint(constant.word);
    writer.signedVarint(int64_t(constant.bits));
  }
  RegionWriter regions(writer, code);
  for (const RegionSlice &slice : slices)
    regions.write(slice, liveWordsOf(slice, code.regions[slice.region]));
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

class RegionReader {
public:
  RegionReader(ByteReader &in, Code &code) : in(in), code(code) {}
  void readRegion();

private:
  void readOp(uint64_t item);
  void readData(Format format);
  uint32_t readOffset();

  ByteReader &in;
  Code &code;
  uint32_t lastOffset = 0;
};

} // namespace

uint32_t RegionReader::readOffset() {
  int64_t distance = in.signedVarint();
  if (distance != int32_t(distance))
    in.fail();
  return lastOffset += uint32_t(distance);
}

static Cell emptyCell(Opcode op) {
  Cell cell;
  cell.handler = handlerOf(op);
  cell.data[0] = cell.data[1] = 0;
  return cell;
}

void RegionReader::readData(Format format) {
  Cell data = emptyCell(Opcode::Data);
  if (format == Format::DataWord) {
    auto bits = uint64_t(in.signedVarint());
    data.data[0] = uint32_t(bits);
    data.data[1] = uint32_t(bits >> 32);
  } else {
    for (uint32_t &number : data.data)
      number = in.varint32();
  }
  code.cells.push_back(data);
}

void RegionReader::readOp(uint64_t item) {
  Opcode op = opOfItem(item);
  Format format = opInfo(op).format;
  Cell cell = emptyCell(op);
  auto at = uint32_t(code.cells.size());
  uint16_t *const words[] = {&cell.a, &cell.b, &cell.c, &cell.d};
  unsigned fields = wordFields(format);
  for (unsigned i = 0; i < 4; ++i)
    if (fields >> i & 1)
      *words[i] = uint16_t(in.varint(UINT16_MAX));
  if (format == Format::StoreImm) {
    int64_t value = in.signedVarint();
    cell.b = uint16_t(value);
    if (value != int16_t(value))
      in.fail();
  }
  if (hasImmediate(format)) {
    int64_t imm = isUnsigned(op) ? int64_t(in.varint32()) : in.signedVarint();
    cell.uimm = uint32_t(imm);
    if (!isUnsigned(op) && imm != int32_t(imm))
      in.fail();
  }
  code.cells.push_back(cell);
  if (cellsOf(format) == 2)
    readData(format);
  if (!isStraight(op))
    return in.fail();
  if (!isPure(op))
    code.positions.push_back({at, readOffset()});
}

void RegionReader::readRegion() {
  Region region{uint32_t(code.cells.size()), in.varint32(), uint32_t(code.markers.size()), 0, 0};
  region.liveWords = in.varint32();
  Cell charge = emptyCell(Opcode::Charge);
  charge.uimm = region.price;
  code.cells.push_back(charge);
  code.regions.push_back(region);
  while (!in.failed()) {
    uint64_t item = in.varint(firstOpItem + numPlainOps - 1);
    if (item == endItem)
      return;
    if (item != costItem) {
      readOp(item);
      continue;
    }
    uint32_t price = in.varint32();
    code.markers.push_back({uint32_t(code.cells.size()), price, readOffset()});
  }
}

static void readFunction(ByteReader &in, Function &function) {
  constexpr uint32_t mostWords = 1 << 24; // 128 MiB: more than any frame has.
  function.roomWords = function.frameWords = in.varint32(mostWords);
  function.constants.resize(in.varcount(2));
  for (FrameConstant &constant : function.constants) {
    constant.word = in.varint32();
    constant.bits = uint64_t(in.signedVarint());
  }
}

Result<std::shared_ptr<const Code>>
writ::interp::readRegions(ByteReader &reader, uint32_t index, size_t count,
                          const CodeSurroundings &surroundings) {
  auto code = std::make_shared<Code>();
  Function &function = code->functions.emplace_back();
  function.code = code.get();
  function.index = index;
  readFunction(reader, function);
  RegionReader regions(reader, *code);
  for (size_t i = 0; i < count && !reader.failed(); ++i)
    regions.readRegion();
  if (reader.failed())
    return badInput("this bytecode is damaged, or for another list of ops");
  function.end = uint32_t(code->cells.size());
  function.entry = code->cells.data();
  if (!areRegionsSound(*code, surroundings))
    return badInput("this bytecode is not that of the module");
  return std::shared_ptr<const Code>(std::move(code));
}
