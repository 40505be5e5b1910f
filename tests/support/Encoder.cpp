//===- Encoder.cpp - Write WebAssembly modules from plain data ------------===//
#include "tests/support/Encoder.h"

#include <algorithm>

namespace writ::test {

using wasm::Opcode;

void putU32(Bytes &out, uint32_t value) {
  for (; value >= 0x80; value >>= 7)
    out.push_back(uint8_t(value) | 0x80);
  out.push_back(uint8_t(value));
}

void putSigned(Bytes &out, int64_t value) {
  for (;;) {
    uint8_t byte = value & 0x7f;
    value >>= 7;
    if ((value == 0 && !(byte & 0x40)) || (value == -1 && (byte & 0x40)))
      return out.push_back(byte);
    out.push_back(byte | 0x80);
  }
}

void putFixed(Bytes &out, uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i)
    out.push_back(uint8_t(value >> (8 * i)));
}

void putName(Bytes &out, std::string_view name) {
  putU32(out, uint32_t(name.size()));
  out.insert(out.end(), name.begin(), name.end());
}

uint8_t encodeType(ValueType type) {
  static constexpr uint8_t codes[] = {0x7f, 0x7e, 0x7d, 0x7c, 0x70, 0x6f};
  return codes[size_t(type)];
}

Code &Code::op(Opcode opcode) {
  uint16_t encoding = wasm::opInfo(opcode).encoding;
  if (encoding >> 8) {
    bytes.push_back(uint8_t(encoding >> 8));
    putU32(bytes, encoding & 0xff);
  } else {
    bytes.push_back(uint8_t(encoding));
  }
  return *this;
}

Code &Code::op(Opcode opcode, uint32_t immediate) {
  op(opcode);
  putU32(bytes, immediate);
  return *this;
}

Code &Code::op(Opcode opcode, uint32_t first, uint32_t second) {
  op(opcode, first);
  putU32(bytes, second);
  return *this;
}

Code &Code::i32(int32_t value) {
  op(Opcode::I32Const);
  putSigned(bytes, value);
  return *this;
}

Code &Code::i64(int64_t value) {
  op(Opcode::I64Const);
  putSigned(bytes, value);
  return *this;
}

Code &Code::f32(uint32_t bits) {
  op(Opcode::F32Const);
  putFixed(bytes, bits, 4);
  return *this;
}

Code &Code::f64(uint64_t bits) {
  op(Opcode::F64Const);
  putFixed(bytes, bits, 8);
  return *this;
}

Code &Code::begin(Opcode opcode) {
  op(opcode);
  bytes.push_back(0x40);
  return *this;
}

Code &Code::begin(Opcode opcode, ValueType result) {
  op(opcode);
  bytes.push_back(encodeType(result));
  return *this;
}

Code &Code::beginTyped(Opcode opcode, uint32_t typeIndex) {
  op(opcode);
  putSigned(bytes, typeIndex);
  return *this;
}

Code &Code::refNull(ValueType type) {
  op(Opcode::RefNull);
  bytes.push_back(encodeType(type));
  return *this;
}

Code &Code::selectTyped(ValueType type) {
  op(Opcode::SelectTyped, 1);
  bytes.push_back(encodeType(type));
  return *this;
}

Code &Code::brTable(std::span<const uint32_t> labels) {
  op(Opcode::BrTable, uint32_t(labels.size() - 1));
  for (uint32_t label : labels)
    putU32(bytes, label);
  return *this;
}

uint32_t ModuleWriter::typeIndex(const FuncType &type) {
  auto it = std::find(types.begin(), types.end(), type);
  if (it == types.end())
    it = types.insert(types.end(), type);
  return uint32_t(it - types.begin());
}

static void putSection(Bytes &out, uint8_t id, uint32_t count, const Bytes &entries) {
  if (count == 0)
    return;
  Bytes contents;
  putU32(contents, count);
  contents.insert(contents.end(), entries.begin(), entries.end());
  out.push_back(id);
  putU32(out, uint32_t(contents.size()));
  out.insert(out.end(), contents.begin(), contents.end());
}

static void putTypes(Bytes &out, const std::vector<ValueType> &types) {
  putU32(out, uint32_t(types.size()));
  for (ValueType type : types)
    out.push_back(encodeType(type));
}

static void putLimits(Bytes &out, const SizeLimits &limits) {
  out.push_back(limits.max ? 1 : 0);
  putU32(out, limits.min);
  if (limits.max)
    putU32(out, *limits.max);
}

static void putTable(Bytes &out, const TableDecl &table) {
  out.push_back(encodeType(table.element));
  putLimits(out, table.limits);
}

static void putGlobalType(Bytes &out, const GlobalDecl &global) {
  out.push_back(encodeType(global.type));
  out.push_back(global.isMutable);
}

static void putConstExpr(Bytes &out, const ConstExpr &expr) {
  Code code;
  switch (expr.kind) {
  case ConstExpr::Kind::GlobalGet:
    code.op(Opcode::GlobalGet, expr.index);
    break;
  case ConstExpr::Kind::RefFunc:
    code.op(Opcode::RefFunc, expr.index);
    break;
  case ConstExpr::Kind::RefNull:
    code.refNull(expr.type);
    break;
  case ConstExpr::Kind::Value:
    if (expr.type == ValueType::I32)
      code.i32(int32_t(expr.bits));
    else if (expr.type == ValueType::I64)
      code.i64(int64_t(expr.bits));
    else if (expr.type == ValueType::F32)
      code.f32(uint32_t(expr.bits));
    else
      code.f64(expr.bits);
  }
  code.end();
  out.insert(out.end(), code.bytes.begin(), code.bytes.end());
}

static void putImport(Bytes &out, ModuleWriter &writer, const ImportRef &ref) {
  const ModuleInfo &info = writer.info;
  auto names = [&](const std::optional<ImportName> &import) {
    putName(out, import->module);
    putName(out, import->name);
    out.push_back(uint8_t(ref.kind));
  };
  switch (ref.kind) {
  case ExternKind::Func:
    names(info.funcs[ref.index].import);
    return putU32(out, writer.typeIndex(info.funcs[ref.index].type));
  case ExternKind::Table:
    names(info.tables[ref.index].import);
    return putTable(out, info.tables[ref.index]);
  case ExternKind::Memory:
    names(info.memories[ref.index].import);
    return putLimits(out, info.memories[ref.index].limits);
  case ExternKind::Global:
    names(info.globals[ref.index].import);
    return putGlobalType(out, info.globals[ref.index]);
  }
}

/// Flags 4 to 7 of the binary format: items are expressions, so that any item can be given.
static void putElem(Bytes &out, const ElemSegment &segment) {
  bool active = segment.mode == SegmentMode::Active;
  out.push_back(active ? 6 : segment.mode == SegmentMode::Passive ? 5 : 7);
  if (active) {
    putU32(out, segment.table);
    putConstExpr(out, segment.offset);
  }
  out.push_back(encodeType(segment.type));
  putU32(out, uint32_t(segment.items.size()));
  for (const ConstExpr &item : segment.items)
    putConstExpr(out, item);
}

static void putData(Bytes &out, const DataSegment &segment) {
  out.push_back(segment.mode == SegmentMode::Active ? 0 : 1);
  if (segment.mode == SegmentMode::Active)
    putConstExpr(out, segment.offset);
  putName(out, segment.bytes);
}

static void putBody(Bytes &out, const Body &body) {
  Bytes locals;
  uint32_t runs = 0;
  for (size_t i = 0; i < body.locals.size(); ++runs) {
    size_t first = i;
    while (i < body.locals.size() && body.locals[i] == body.locals[first])
      ++i;
    putU32(locals, uint32_t(i - first));
    locals.push_back(encodeType(body.locals[first]));
  }
  Bytes contents;
  putU32(contents, runs);
  contents.insert(contents.end(), locals.begin(), locals.end());
  contents.insert(contents.end(), body.code.begin(), body.code.end());
  putU32(out, uint32_t(contents.size()));
  out.insert(out.end(), contents.begin(), contents.end());
}

/// A section with an entry for each of `items` that is not an import.
template <typename Items, typename Put>
static void putOwn(Bytes &out, uint8_t id, const Items &items, Put put) {
  Bytes entries;
  uint32_t count = 0;
  for (const auto &item : items) {
    if (item.import)
      continue;
    put(entries, item);
    ++count;
  }
  putSection(out, id, count, entries);
}

template <typename Items, typename Put>
static void putAll(Bytes &out, uint8_t id, const Items &items, Put put) {
  Bytes entries;
  for (const auto &item : items)
    put(entries, item);
  putSection(out, id, uint32_t(items.size()), entries);
}

/// The custom section "name", with the names that functions have.
static void putNames(Bytes &out, const std::vector<FuncDecl> &funcs) {
  Bytes map;
  uint32_t count = 0;
  for (uint32_t i = 0; i < funcs.size(); ++i) {
    if (funcs[i].name.empty())
      continue;
    putU32(map, i);
    putName(map, funcs[i].name);
    ++count;
  }
  if (count == 0)
    return;
  Bytes subsection, contents;
  putU32(subsection, count);
  subsection.insert(subsection.end(), map.begin(), map.end());
  putName(contents, "name");
  contents.push_back(1);
  putU32(contents, uint32_t(subsection.size()));
  contents.insert(contents.end(), subsection.begin(), subsection.end());
  out.push_back(0);
  putU32(out, uint32_t(contents.size()));
  out.insert(out.end(), contents.begin(), contents.end());
}

Bytes ModuleWriter::encode() {
  Bytes rest;
  putAll(rest, 2, info.imports,
         [&](Bytes &out, const ImportRef &ref) { putImport(out, *this, ref); });
  putOwn(rest, 3, info.funcs,
         [&](Bytes &out, const FuncDecl &func) { putU32(out, typeIndex(func.type)); });
  putOwn(rest, 4, info.tables, putTable);
  putOwn(rest, 5, info.memories,
         [](Bytes &out, const MemoryDecl &memory) { putLimits(out, memory.limits); });
  putOwn(rest, 6, info.globals, [](Bytes &out, const GlobalDecl &global) {
    putGlobalType(out, global);
    putConstExpr(out, global.init);
  });
  putAll(rest, 7, info.exports, [](Bytes &out, const ExportDecl &decl) {
    putName(out, decl.name);
    out.push_back(uint8_t(decl.kind));
    putU32(out, decl.index);
  });
  if (info.start) {
    Bytes contents;
    putU32(contents, *info.start);
    rest.push_back(8);
    putU32(rest, uint32_t(contents.size()));
    rest.insert(rest.end(), contents.begin(), contents.end());
  }
  putAll(rest, 9, info.elems, putElem);
  if (!info.data.empty()) {
    Bytes contents;
    putU32(contents, uint32_t(info.data.size()));
    rest.push_back(12);
    putU32(rest, uint32_t(contents.size()));
    rest.insert(rest.end(), contents.begin(), contents.end());
  }
  putAll(rest, 10, bodies, putBody);
  putAll(rest, 11, info.data, putData);
  putNames(rest, info.funcs);

  Bytes module = {0, 'a', 's', 'm', 1, 0, 0, 0};
  putAll(module, 1, types, [](Bytes &out, const FuncType &type) {
    out.push_back(0x60);
    putTypes(out, type.params);
    putTypes(out, type.results);
  });
  module.insert(module.end(), rest.begin(), rest.end());
  return module;
}

} // namespace writ::test
