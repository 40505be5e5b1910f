//===- Declarations.cpp - Sections that say what a module has -------------===//
#include "frontend/wasm/ReadState.h"

#include <algorithm>
#include <fmt/format.h>

namespace writ::wasm {

static std::vector<ValueType> readValueTypes(ReadState &state, Cursor &in,
                                             uint32_t Limits::*limit) {
  uint32_t offset = in.offset();
  uint32_t count = state.readCount(in, limit, 1);
  if (count > hardMaxArity) {
    in.failAt(
        offset,
        fmt::format("{} values in a signature; at most {} are supported", count, hardMaxArity),
        ErrorKind::Limit);
    return {};
  }
  std::vector<ValueType> types(count);
  for (ValueType &type : types) {
    uint32_t typeOffset = in.offset();
    type = readValueType(in);
    if (type == ValueType::ExternRef || type == ValueType::FuncRef)
      state.require(Feature::ReferenceTypes, valueTypeName(type), typeOffset);
  }
  return types;
}

void readTypeSection(ReadState &state, Cursor &in) {
  uint32_t count = state.readCount(in, &Limits::types, 3);
  state.module.types.reserve(count);
  for (; count > 0 && !in.failed(); --count) {
    uint32_t offset = in.offset();
    if (uint8_t form = in.readByte(); form != 0x60)
      in.failAt(offset, fmt::format("0x{:02x} is no function type", form));
    FuncType type;
    type.params = readValueTypes(state, in, &Limits::params);
    uint32_t resultsOffset = in.offset();
    type.results = readValueTypes(state, in, &Limits::results);
    if (type.results.size() > 1)
      state.require(Feature::MultiValue, "more than one result", resultsOffset);
    state.module.types.push_back(std::move(type));
  }
}

static void addFunction(ReadState &state, Cursor &in, std::optional<ImportName> import) {
  Module &module = state.module;
  uint32_t offset = in.offset();
  uint32_t typeIndex = state.readIndex(in, module.types.size(), "type");
  if (in.failed())
    return;
  // The declaration has its type by value; a byte in the input must not become a
  // thousand parameters without bound.
  const FuncType &type = module.types[typeIndex];
  state.signatureValues += type.params.size() + type.results.size();
  if (!import)
    state.moduleParams += type.params.size();
  if (!state.within(&Limits::signatureValues, state.signatureValues, offset) ||
      !state.within(&Limits::moduleParams, state.moduleParams, offset))
    return;
  module.info.funcs.push_back({type, {}, std::move(import)});
  module.funcTypes.push_back(typeIndex);
}

static SizeLimits readSizeLimits(Cursor &in) {
  uint32_t offset = in.offset();
  uint8_t flags = in.readByte();
  if (flags > 1)
    in.failAt(offset, fmt::format("malformed limits flags 0x{:02x}", flags));
  SizeLimits limits;
  limits.min = in.readU32();
  if (flags == 1)
    limits.max = in.readU32();
  if (limits.max && *limits.max < limits.min)
    in.failAt(offset,
              fmt::format("size minimum {} is greater than maximum {}", limits.min, *limits.max));
  return limits;
}

static void addTable(ReadState &state, Cursor &in, std::optional<ImportName> import) {
  uint32_t offset = in.offset();
  TableDecl table;
  table.element = readRefType(in);
  if (table.element == ValueType::ExternRef)
    state.require(Feature::ReferenceTypes, "externref", offset);
  uint32_t limitsOffset = in.offset();
  table.limits = readSizeLimits(in);
  table.import = std::move(import);
  state.within(&Limits::tableElements, table.limits.min, limitsOffset);
  state.module.info.tables.push_back(std::move(table));
  size_t count = state.module.info.tables.size();
  if (count > 1)
    state.require(Feature::ReferenceTypes, "more than one table", offset);
  state.within(&Limits::tables, count, offset);
}

static void addMemory(ReadState &state, Cursor &in, std::optional<ImportName> import) {
  constexpr uint32_t maxPages = 65536;
  uint32_t offset = in.offset();
  SizeLimits limits = readSizeLimits(in);
  if (limits.min > maxPages || limits.max.value_or(0) > maxPages)
    in.failAt(offset, "memory size must be at most 65536 pages (4 GiB)");
  state.within(&Limits::memoryPages, limits.min, offset);
  state.within(&Limits::memoryMaximumPages, limits.max.value_or(0), offset);
  if (!state.module.info.memories.empty())
    in.failAt(offset, "multiple memories are not supported");
  state.module.info.memories.push_back({limits, std::move(import)});
}

static GlobalDecl readGlobalType(ReadState &state, Cursor &in) {
  GlobalDecl global;
  uint32_t offset = in.offset();
  global.type = readValueType(in);
  if (isReference(global.type))
    state.require(Feature::ReferenceTypes, valueTypeName(global.type), offset);
  offset = in.offset();
  uint8_t mutability = in.readByte();
  if (mutability > 1)
    in.failAt(offset, fmt::format("malformed mutability 0x{:02x}", mutability));
  global.isMutable = mutability == 1;
  return global;
}

static void addGlobalImport(ReadState &state, Cursor &in, ImportName import) {
  uint32_t offset = in.offset();
  GlobalDecl global = readGlobalType(state, in);
  if (global.isMutable)
    state.require(Feature::MutableGlobals, "import of a mutable global", offset);
  global.import = std::move(import);
  state.module.info.globals.push_back(std::move(global));
  state.within(&Limits::globals, state.module.info.globals.size(), offset);
}

static void readImport(ReadState &state, Cursor &in) {
  ModuleInfo &info = state.module.info;
  ImportName import;
  import.module = state.readName(in);
  import.name = state.readName(in);
  uint32_t offset = in.offset();
  uint8_t kind = in.readByte();
  auto refer = [&](ExternKind kind, size_t index) {
    info.imports.push_back({kind, uint32_t(index)});
  };
  switch (kind) {
  case 0:
    refer(ExternKind::Func, info.funcs.size());
    addFunction(state, in, std::move(import));
    state.within(&Limits::functions, info.funcs.size(), offset);
    return;
  case 1:
    refer(ExternKind::Table, info.tables.size());
    return addTable(state, in, std::move(import));
  case 2:
    refer(ExternKind::Memory, info.memories.size());
    return addMemory(state, in, std::move(import));
  case 3:
    refer(ExternKind::Global, info.globals.size());
    return addGlobalImport(state, in, std::move(import));
  }
  in.failAt(offset, fmt::format("malformed import kind 0x{:02x}", kind));
}

void readImportSection(ReadState &state, Cursor &in) {
  uint32_t count = state.readCount(in, &Limits::imports, 4);
  for (; count > 0 && !in.failed(); --count)
    readImport(state, in);
  state.module.importedFuncs = uint32_t(state.module.info.funcs.size());
  state.module.importedGlobals = uint32_t(state.module.info.globals.size());
}

void readFunctionSection(ReadState &state, Cursor &in) {
  Module &module = state.module;
  uint32_t count = state.readCount(in, &Limits::functions, 1, module.info.funcs.size());
  module.info.funcs.reserve(module.info.funcs.size() + count);
  module.funcTypes.reserve(module.funcTypes.size() + count);
  for (; count > 0 && !in.failed(); --count)
    addFunction(state, in, std::nullopt);
}

void readTableSection(ReadState &state, Cursor &in) {
  uint32_t count = state.readCount(in, &Limits::tables, 3, state.module.info.tables.size());
  for (; count > 0 && !in.failed(); --count)
    addTable(state, in, std::nullopt);
}

void readMemorySection(ReadState &state, Cursor &in) {
  for (uint32_t count = in.readU32(); count > 0 && !in.failed(); --count)
    addMemory(state, in, std::nullopt);
}

void readGlobalSection(ReadState &state, Cursor &in) {
  std::vector<GlobalDecl> &globals = state.module.info.globals;
  uint32_t count = state.readCount(in, &Limits::globals, 4, globals.size());
  globals.reserve(globals.size() + count);
  for (; count > 0 && !in.failed(); --count) {
    GlobalDecl global = readGlobalType(state, in);
    global.init = readConstExpr(state, in, global.type);
    globals.push_back(std::move(global));
  }
}

static ExportDecl readExport(ReadState &state, Cursor &in) {
  const ModuleInfo &info = state.module.info;
  ExportDecl result;
  result.name = state.readName(in);
  uint32_t offset = in.offset();
  uint8_t kind = in.readByte();
  result.kind = ExternKind(kind & 3);
  switch (kind) {
  case 0:
    result.index = state.readIndex(in, info.funcs.size(), "function");
    if (!in.failed())
      state.declaredFuncs[result.index] = true;
    return result;
  case 1:
    result.index = state.readIndex(in, info.tables.size(), "table");
    return result;
  case 2:
    result.index = state.readIndex(in, info.memories.size(), "memory");
    return result;
  case 3:
    result.index = state.readIndex(in, info.globals.size(), "global");
    if (!in.failed() && info.globals[result.index].isMutable)
      state.require(Feature::MutableGlobals, "export of a mutable global", offset);
    return result;
  }
  in.failAt(offset, fmt::format("malformed export kind 0x{:02x}", kind));
  return result;
}

void readExportSection(ReadState &state, Cursor &in) {
  uint32_t offset = in.offset();
  uint32_t count = state.readCount(in, &Limits::exports, 3);
  std::vector<ExportDecl> &exports = state.module.info.exports;
  exports.reserve(count);
  for (; count > 0 && !in.failed(); --count)
    exports.push_back(readExport(state, in));
  // Sorted rather than hashed: no choice of names can make this slow.
  std::vector<std::string_view> names(exports.size());
  std::transform(exports.begin(), exports.end(), names.begin(),
                 [](const ExportDecl &decl) { return std::string_view(decl.name); });
  std::sort(names.begin(), names.end());
  auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end())
    in.failAt(offset, fmt::format("duplicate export name '{}'", printable(*twice)));
}

void readStartSection(ReadState &state, Cursor &in) {
  uint32_t offset = in.offset();
  uint32_t index = state.readIndex(in, state.module.info.funcs.size(), "function");
  if (in.failed())
    return;
  const FuncType &type = state.module.info.funcs[index].type;
  if (!type.params.empty() || !type.results.empty())
    in.failAt(offset, fmt::format("start function {} has the type {}; expected () -> ()", index,
                                  toString(type)));
  state.module.info.start = index;
}

} // namespace writ::wasm
