//===- CodeFormat.cpp - The interpreter's code as bytes -------------------===//
#include "jit/interp/CodeFormat.h"

#include "jit/image/ModuleInfoFormat.h"
#include "jit/interp/CodeCheck.h"
#include "jit/interp/Pairs.h"
#include "jit/runtime/Signatures.h"

#include <map>
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

/// How the cells behind an op are written.
enum class DataKind : uint8_t {
  Data, ///< Only `data` is used.
  Type, ///< All of it; `data[0]` is a signature.
  All,
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
    for (unsigned i = numPlainOps; i < numOps; ++i) {
      const PairInfo &info = pairInfo(Opcode(i));
      print.add(uint64_t(info.first));
      print.add(uint64_t(info.second));
      print.add(uint64_t(info.link));
    }
    return print.state;
  }();
  return version;
}

/// Of data cell `number`, counted from 1, of an op.
static DataKind dataKind(Format format, unsigned number) {
  switch (format) {
  case Format::CallS:
    return number == 1 ? DataKind::Type : DataKind::All;
  case Format::TailS:
    return DataKind::Type;
  case Format::CallJ:
  case Format::CallI:
  case Format::TailJ:
  case Format::TailI:
  case Format::SwitchTable:
    return DataKind::All;
  default:
    return DataKind::Data;
  }
}

static uint64_t numCells(const Cell &cell, Format format) {
  // Not `switchCells`: the number of targets may be anything.
  return format == Format::SwitchTable ? 1 + (uint64_t(cell.uimm) + 1 + 3) / 4 : cellsOf(format);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

namespace {

class CodeWriter {
public:
  CodeWriter(ByteWriter &out, const Code &code) : out(out), code(code) {}
  void write();

private:
  void writeTables();
  void writeCells();
  void writeData(const Cell &cell, DataKind kind);

  ByteWriter &out;
  const Code &code;
  ByteWriter cells;
  std::map<uint32_t, uint32_t> types; ///< By signature.
  ByteWriter typeTable;
};

} // namespace

void CodeWriter::writeData(const Cell &cell, DataKind kind) {
  uint32_t first = cell.data[0];
  if (kind == DataKind::Type) {
    auto [known, isNew] = types.try_emplace(first, uint32_t(types.size()));
    if (isNew)
      writeFuncType(typeTable, signatureType(first));
    first = known->second;
  }
  cells.number32(first);
  cells.number32(cell.data[1]);
  if (kind != DataKind::Data) {
    cells.number32(cell.extra[0]);
    cells.number32(cell.extra[1]);
  }
}

void CodeWriter::writeCells() {
  for (size_t at = 0; at < code.cells.size();) {
    const Cell *cell = &code.cells[at];
    Opcode op = opOf(cell->handler);
    Format format = opInfo(op).format;
    cells.number16(uint16_t(op));
    cells.number32(cell->data[0]);
    cells.number32(cell->data[1]);
    auto count = unsigned(numCells(*cell, format));
    for (unsigned i = 1; i < count; ++i)
      writeData(cell[i], dataKind(format, i));
    at += count;
  }
}

void CodeWriter::writeTables() {
  out.count(code.functions.size());
  for (const Function &function : code.functions) {
    for (uint32_t number : {function.index, function.end - function.begin, function.frameWords,
                            function.roomWords, function.params, function.results})
      out.number32(number);
    out.count(function.constants.size());
    for (FrameConstant constant : function.constants) {
      out.number32(constant.word);
      out.number64(constant.bits);
    }
  }
  out.count(code.regions.size());
  for (const Region &region : code.regions)
    for (uint32_t number :
         {region.cell, region.price, region.firstMarker, region.function, region.liveWords})
      out.number32(number);
  out.count(code.markers.size());
  for (const Marker &marker : code.markers)
    for (uint32_t number : {marker.cell, marker.price, marker.offset})
      out.number32(number);
  out.count(code.positions.size());
  for (Position position : code.positions)
    for (uint32_t number : {position.cell, position.offset})
      out.number32(number);
}

void CodeWriter::write() {
  writeCells();
  out.number64(bytecodeVersion());
  out.number32(code.numImports);
  out.count(types.size());
  out.raw(typeTable.bytes);
  writeTables();
  out.raw(cells.bytes);
}

void writ::interp::writeCode(ByteWriter &writer, const Code &code) {
  CodeWriter(writer, code).write();
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

class CodeReader {
public:
  explicit CodeReader(ByteReader &in) : in(in) {}
  void read();

  std::shared_ptr<Code> code = std::make_shared<Code>();
  std::vector<Opcode> ops;

private:
  void readFunctions();
  void readTables();
  void readCells();
  uint64_t readOp(size_t at);
  void readData(Cell &cell, DataKind kind);

  ByteReader &in;
  std::vector<uint32_t> types; ///< Signatures.
  uint64_t total = 0;          ///< Cells.
};

} // namespace

void CodeReader::readFunctions() {
  code->functions.resize(in.count(28));
  for (Function &function : code->functions) {
    function.code = code.get();
    function.index = in.number32();
    function.begin = uint32_t(total);
    total += in.number32();
    if (total > INT32_MAX)
      return in.fail();
    function.end = uint32_t(total);
    function.frameWords = in.number32();
    function.roomWords = in.number32();
    function.params = in.number32();
    function.results = in.number32();
    function.constants.resize(in.count(12));
    for (FrameConstant &constant : function.constants) {
      constant.word = in.number32();
      constant.bits = in.number64();
    }
  }
}

void CodeReader::readTables() {
  code->regions.resize(in.count(20));
  for (Region &region : code->regions)
    for (uint32_t *number :
         {&region.cell, &region.price, &region.firstMarker, &region.function, &region.liveWords})
      *number = in.number32();
  code->markers.resize(in.count(12));
  for (Marker &marker : code->markers)
    for (uint32_t *number : {&marker.cell, &marker.price, &marker.offset})
      *number = in.number32();
  code->positions.resize(in.count(8));
  for (Position &position : code->positions)
    for (uint32_t *number : {&position.cell, &position.offset})
      *number = in.number32();
}

void CodeReader::readData(Cell &cell, DataKind kind) {
  cell.data[0] = in.number32();
  cell.data[1] = in.number32();
  cell.extra[0] = kind == DataKind::Data ? 0 : in.number32();
  cell.extra[1] = kind == DataKind::Data ? 0 : in.number32();
  if (kind != DataKind::Type)
    return;
  if (cell.data[0] >= types.size())
    return in.fail();
  cell.data[0] = types[cell.data[0]];
}

/// How many cells it took.
uint64_t CodeReader::readOp(size_t at) {
  Cell &cell = code->cells[at];
  auto op = Opcode(in.number16(numOps - 1));
  cell.handler = handlerOf(op);
  cell.data[0] = in.number32();
  cell.data[1] = in.number32();
  ops[at] = op;
  if (op == Opcode::Data)
    in.fail();
  Format format = opInfo(op).format;
  uint64_t count = numCells(cell, format);
  if (count > code->cells.size() - at) {
    in.fail();
    return 0;
  }
  for (unsigned i = 1; i < count; ++i)
    readData((&cell)[i], dataKind(format, i));
  return count;
}

void CodeReader::readCells() {
  constexpr size_t leastBytes = 8;
  if (total > in.left() / leastBytes)
    return in.fail();
  code->cells.resize(total);
  ops.assign(total, Opcode::Data);
  for (size_t at = 0; at < total && !in.failed();)
    at += readOp(at);
  for (Function &function : code->functions)
    function.entry = code->cells.data() + function.begin;
}

void CodeReader::read() {
  if (in.number64() != bytecodeVersion())
    return in.fail();
  code->numImports = in.number32();
  types.resize(in.count(8));
  for (uint32_t &type : types)
    type = internSignature(readFuncType(in));
  readFunctions();
  readTables();
  if (!in.failed())
    readCells();
}

Result<std::shared_ptr<const Code>> writ::interp::readCode(ByteReader &reader,
                                                           const CodeSurroundings &surroundings) {
  CodeReader parts(reader);
  parts.read();
  if (reader.failed())
    return badInput("this bytecode is damaged, or for another list of ops");
  if (!isSound(*parts.code, parts.ops, surroundings))
    return badInput("this bytecode is not that of the module");
  return std::shared_ptr<const Code>(std::move(parts.code));
}
