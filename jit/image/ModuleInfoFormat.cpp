//===- ModuleInfoFormat.cpp - What a module declares, as bytes ------------===//
#include "jit/image/ModuleInfoFormat.h"

#include <map>
#include <unordered_set>

using namespace writ;

//===----------------------------------------------------------------------===//
// Types and charges
//===----------------------------------------------------------------------===//

static void writeTypes(ByteWriter &writer, const std::vector<ValueType> &types) {
  writer.count(types.size());
  for (ValueType type : types)
    writer.number8(uint8_t(type));
}

static ValueType readType(ByteReader &reader) {
  return ValueType(reader.number8(uint8_t(ValueType::ExternRef)));
}

static std::vector<ValueType> readTypes(ByteReader &reader) {
  std::vector<ValueType> types(reader.count(1));
  for (ValueType &type : types)
    type = readType(reader);
  return types;
}

void writ::writeFuncType(ByteWriter &writer, const FuncType &type) {
  writeTypes(writer, type.params);
  writeTypes(writer, type.results);
}

FuncType writ::readFuncType(ByteReader &reader) {
  FuncType type;
  type.params = readTypes(reader);
  type.results = readTypes(reader);
  return type;
}

// A class is a byte with its count, if that is small, else with zero and the count behind it.
static constexpr unsigned countBits = 3, largestCount = (1 << countBits) - 1;
static_assert(numCostClasses <= 1 << (8 - countBits));

void writ::writeCharges(ByteWriter &writer, const std::vector<CostCounts> &charges) {
  writer.count(charges.size());
  for (const CostCounts &counts : charges) {
    writer.number8(uint8_t(counts.size()));
    for (CostCount count : counts) {
      bool isSmall = count.count <= largestCount;
      writer.number8(uint8_t(unsigned(count.costClass) << countBits | (isSmall ? count.count : 0)));
      if (!isSmall)
        writer.varint(count.count);
    }
  }
}

std::vector<CostCounts> writ::readCharges(ByteReader &reader) {
  std::vector<CostCounts> charges(reader.count(1));
  for (CostCounts &counts : charges) {
    counts.resize(reader.number8(numCostClasses));
    int last = -1;
    for (CostCount &count : counts) {
      uint8_t head = reader.number8();
      count.costClass = CostClass(head >> countBits);
      count.count = head & largestCount;
      bool isSmall = count.count != 0;
      if (!isSmall)
        count.count = reader.varint32();
      if (int(count.costClass) <= last || unsigned(count.costClass) >= numCostClasses ||
          (!isSmall && count.count <= largestCount))
        reader.fail();
      last = int(count.costClass);
    }
  }
  return charges;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

namespace {

class InfoWriter {
public:
  InfoWriter(ByteWriter &out, const ModuleInfo &info) : out(out), info(info) {}
  void write();

private:
  void writeFuncs();
  void writeLimits(SizeLimits limits);
  void writeImport(const std::optional<ImportName> &import);
  void writeExpr(const ConstExpr &expr);
  void writeSegments();

  ByteWriter &out;
  const ModuleInfo &info;
};

class InfoReader {
public:
  explicit InfoReader(ByteReader &in) : in(in) {}
  ModuleInfo read();

private:
  void readImports();
  void readFuncs();
  void readOthers();
  void readExports();
  void readSegments();
  void readStart();
  SizeLimits readLimits(uint32_t most);
  template <typename Decl>
  void readImport(ExternKind kind, const std::vector<Decl> &space, Decl &decl);
  ConstExpr readExpr(ValueType type);
  void require(bool condition) {
    if (!condition)
      in.fail();
  }

  ByteReader &in;
  ModuleInfo info;
  uint32_t imported[4] = {}; ///< By kind.
};

} // namespace

void InfoWriter::writeLimits(SizeLimits limits) {
  out.number32(limits.min);
  out.number8(limits.max.has_value());
  if (limits.max)
    out.number32(*limits.max);
}

/// That it is one can be told from the list of imports.
void InfoWriter::writeImport(const std::optional<ImportName> &import) {
  if (!import)
    return;
  out.text(import->module);
  out.text(import->name);
}

/// Its type is that of what it is for.
void InfoWriter::writeExpr(const ConstExpr &expr) {
  out.number8(uint8_t(expr.kind));
  if (expr.kind == ConstExpr::Kind::Value)
    out.number64(expr.bits);
  else if (expr.kind != ConstExpr::Kind::RefNull)
    out.number32(expr.index);
}

/// Each type once, in the order of first use.
void InfoWriter::writeFuncs() {
  std::map<std::pair<std::vector<ValueType>, std::vector<ValueType>>, uint32_t> numbers;
  std::vector<uint32_t> types;
  ByteWriter table;
  for (const FuncDecl &func : info.funcs) {
    auto [known, isNew] =
        numbers.try_emplace({func.type.params, func.type.results}, uint32_t(numbers.size()));
    if (isNew)
      writeFuncType(table, func.type);
    types.push_back(known->second);
  }
  out.count(numbers.size());
  out.raw(table.bytes);
  out.count(info.funcs.size());
  for (size_t i = 0; i < info.funcs.size(); ++i) {
    out.number32(types[i]);
    out.text(info.funcs[i].name);
    writeImport(info.funcs[i].import);
  }
}

void InfoWriter::writeSegments() {
  out.count(info.data.size());
  for (const DataSegment &segment : info.data) {
    out.number8(uint8_t(segment.mode));
    if (segment.mode == SegmentMode::Active)
      writeExpr(segment.offset);
    out.text(segment.bytes);
  }
  out.count(info.elems.size());
  for (const ElemSegment &segment : info.elems) {
    out.number8(uint8_t(segment.mode));
    out.number8(uint8_t(segment.type));
    if (segment.mode == SegmentMode::Active) {
      out.number32(segment.table);
      writeExpr(segment.offset);
    }
    out.count(segment.items.size());
    for (const ConstExpr &item : segment.items)
      writeExpr(item);
  }
}

void InfoWriter::write() {
  out.text(info.name);
  out.count(info.imports.size());
  for (ImportRef import : info.imports)
    out.number8(uint8_t(import.kind));
  writeFuncs();
  out.count(info.tables.size());
  for (const TableDecl &table : info.tables) {
    out.number8(uint8_t(table.element));
    writeLimits(table.limits);
    writeImport(table.import);
  }
  out.count(info.memories.size());
  for (const MemoryDecl &memory : info.memories) {
    writeLimits(memory.limits);
    writeImport(memory.import);
  }
  out.count(info.globals.size());
  for (const GlobalDecl &global : info.globals) {
    out.number8(uint8_t(global.type));
    out.number8(global.isMutable);
    writeImport(global.import);
    if (!global.import)
      writeExpr(global.init);
  }
  out.count(info.exports.size());
  for (const ExportDecl &exported : info.exports) {
    out.text(exported.name);
    out.number8(uint8_t(exported.kind));
    out.number32(exported.index);
  }
  writeSegments();
  out.number8(info.start.has_value());
  if (info.start)
    out.number32(*info.start);
}

void writ::writeModuleInfo(ByteWriter &writer, const ModuleInfo &info) {
  InfoWriter(writer, info).write();
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

SizeLimits InfoReader::readLimits(uint32_t most) {
  SizeLimits limits;
  limits.min = in.number32(most);
  if (in.number8(1)) {
    limits.max = in.number32(most);
    require(*limits.max >= limits.min);
  }
  return limits;
}

/// Imports are the first of each index space: the next declaration is one while there are more.
template <typename Decl>
void InfoReader::readImport(ExternKind kind, const std::vector<Decl> &space, Decl &decl) {
  if (space.size() >= imported[size_t(kind)])
    return;
  auto &import = decl.import.emplace();
  import.module = in.text();
  import.name = in.text();
}

/// As `extractModuleInfo` and the validator of WebAssembly have it: a number or an imported
/// constant; a reference.
ConstExpr InfoReader::readExpr(ValueType type) {
  ConstExpr expr;
  expr.type = type;
  expr.kind = ConstExpr::Kind(in.number8(uint8_t(ConstExpr::Kind::RefNull)));
  bool isReference = type >= ValueType::FuncRef;
  switch (expr.kind) {
  case ConstExpr::Kind::Value:
    expr.bits = in.number64();
    require(!isReference && (frameBytes(type) == 8 || expr.bits <= UINT32_MAX));
    break;
  case ConstExpr::Kind::GlobalGet:
    expr.index = in.number32();
    require(expr.index < info.globals.size() && info.globals[expr.index].import &&
            !info.globals[expr.index].isMutable && info.globals[expr.index].type == type);
    break;
  case ConstExpr::Kind::RefFunc:
    expr.index = in.number32();
    require(type == ValueType::FuncRef && expr.index < info.funcs.size());
    break;
  case ConstExpr::Kind::RefNull:
    require(isReference);
    break;
  }
  return expr;
}

void InfoReader::readImports() {
  info.imports.resize(in.count(1));
  for (ImportRef &import : info.imports) {
    import.kind = ExternKind(in.number8(uint8_t(ExternKind::Global)));
    import.index = imported[size_t(import.kind)]++;
  }
}

/// Parameters and results of all functions, as the reader of modules has it: a few bytes here must
/// not become a lot of memory.
static constexpr size_t mostSignatureValues = 10'000'000;

void InfoReader::readFuncs() {
  std::vector<FuncType> types(in.count(8));
  for (FuncType &type : types)
    type = readFuncType(in);
  size_t values = 0;
  uint32_t count = in.count(8);
  info.funcs.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    FuncDecl decl;
    uint32_t type = in.number32();
    if (in.failed() || type >= types.size())
      return in.fail();
    values += types[type].params.size() + types[type].results.size();
    if (values > mostSignatureValues)
      return in.fail();
    decl.type = types[type];
    decl.name = in.text();
    readImport(ExternKind::Func, info.funcs, decl);
    info.funcs.push_back(std::move(decl));
  }
}

void InfoReader::readOthers() {
  for (uint32_t left = in.count(6); left > 0; --left) {
    TableDecl decl;
    decl.element = readType(in);
    require(decl.element >= ValueType::FuncRef);
    decl.limits = readLimits(UINT32_MAX);
    readImport(ExternKind::Table, info.tables, decl);
    info.tables.push_back(std::move(decl));
  }
  for (uint32_t left = in.number32(1); left > 0; --left) {
    MemoryDecl decl;
    decl.limits = readLimits(65536);
    readImport(ExternKind::Memory, info.memories, decl);
    info.memories.push_back(std::move(decl));
  }
  for (uint32_t left = in.count(3); left > 0; --left) {
    GlobalDecl decl;
    decl.type = readType(in);
    decl.isMutable = in.number8(1);
    readImport(ExternKind::Global, info.globals, decl);
    if (!decl.import)
      decl.init = readExpr(decl.type);
    info.globals.push_back(std::move(decl));
  }
  require(info.funcs.size() >= imported[0] && info.tables.size() >= imported[1] &&
          info.memories.size() >= imported[2] && info.globals.size() >= imported[3]);
}

void InfoReader::readExports() {
  size_t sizes[] = {info.funcs.size(), info.tables.size(), info.memories.size(),
                    info.globals.size()};
  info.exports.resize(in.count(9));
  std::unordered_set<std::string_view> names;
  for (ExportDecl &decl : info.exports) {
    std::string_view name = in.text();
    require(names.insert(name).second);
    decl.name = name;
    decl.kind = ExternKind(in.number8(uint8_t(ExternKind::Global)));
    decl.index = in.number32();
    require(decl.index < sizes[size_t(decl.kind)]);
  }
}

void InfoReader::readSegments() {
  info.data.resize(in.count(5));
  for (DataSegment &segment : info.data) {
    segment.mode = SegmentMode(in.number8(uint8_t(SegmentMode::Passive)));
    if (segment.mode == SegmentMode::Active) {
      require(!info.memories.empty());
      segment.offset = readExpr(ValueType::I32);
    }
    segment.bytes = in.text();
  }
  info.elems.resize(in.count(6));
  for (ElemSegment &segment : info.elems) {
    segment.mode = SegmentMode(in.number8(uint8_t(SegmentMode::Declarative)));
    segment.type = readType(in);
    require(segment.type >= ValueType::FuncRef);
    if (segment.mode == SegmentMode::Active) {
      segment.table = in.number32();
      require(segment.table < info.tables.size() &&
              info.tables[segment.table].element == segment.type);
      segment.offset = readExpr(ValueType::I32);
    }
    segment.items.resize(in.count(1));
    for (ConstExpr &item : segment.items)
      item = readExpr(segment.type);
  }
}

void InfoReader::readStart() {
  if (!in.number8(1))
    return;
  uint32_t start = in.number32();
  require(start < info.funcs.size() && info.funcs[start].type == FuncType());
  info.start = start;
}

ModuleInfo InfoReader::read() {
  info.name = in.text();
  readImports();
  readFuncs();
  readOthers();
  readExports();
  readSegments();
  readStart();
  return std::move(info);
}

Result<ModuleInfo> writ::readModuleInfo(ByteReader &reader) {
  ModuleInfo info = InfoReader(reader).read();
  if (reader.failed())
    return badInput("these declarations of a module are damaged");
  return info;
}
