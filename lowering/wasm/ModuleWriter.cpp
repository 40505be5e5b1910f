//===- ModuleWriter.cpp - The sections of an emitted module ---------------===//
#include "lowering/wasm/ModuleWriter.h"

#include "lowering/wasm/Instructions.h"
#include "lowering/wasm/Parts.h"

#include <algorithm>

using namespace writ;
using namespace writ::wasmgen;

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

static void writeLimits(Encoder &out, const SizeLimits &limits) {
  out.byte(limits.max.has_value());
  out.number(limits.min);
  if (limits.max)
    out.number(*limits.max);
}

static void writeTable(Encoder &out, const TableDecl &table) {
  out.byte(typeCode(table.element));
  writeLimits(out, table.limits);
}

void ModuleWriter::section(uint8_t id, const Contents &head, const Contents &contents) {
  Encoder out(bytes);
  out.byte(id);
  out.number(head.size() + contents.size());
  out.raw(head);
  out.raw(contents);
}

void ModuleWriter::vectorSection(uint8_t id, uint64_t count, const Contents &contents) {
  if (count == 0)
    return;
  Contents head;
  Encoder(head).number(count);
  section(id, head, contents);
}

void ModuleWriter::custom(std::string_view name, const Contents &contents) {
  Contents head;
  Encoder(head).text(name);
  section(customSection, head, contents);
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

void ModuleWriter::writeTypes() {
  Contents contents;
  Encoder out(contents);
  for (const FuncType &type : module.types)
    writeFuncType(out, type);
  vectorSection(typeSection, module.types.size(), contents);
}

void ModuleWriter::writeImport(Encoder &out, ImportRef import) {
  const ImportName &name = importName(info, import);
  out.text(name.module);
  out.text(name.name);
  out.byte(uint8_t(import.kind));
  switch (import.kind) {
  case ExternKind::Func:
    return out.number(module.typeNumber(info.funcs[import.index].type));
  case ExternKind::Table:
    return writeTable(out, info.tables[import.index]);
  case ExternKind::Memory:
    return writeLimits(out, info.memories[import.index].limits);
  case ExternKind::Global:
    out.byte(typeCode(info.globals[import.index].type));
    return out.byte(info.globals[import.index].isMutable);
  }
}

void ModuleWriter::writeImports() {
  Contents contents;
  Encoder out(contents);
  for (ImportRef import : info.imports)
    writeImport(out, import);
  uint64_t count = info.imports.size();
  if (options.metered && !ownsMeter()) {
    writeMeterImports(out);
    count += meterGlobals.size();
  }
  vectorSection(importSection, count, contents);
}

void ModuleWriter::writeFunctions() {
  Contents contents;
  Encoder out(contents);
  for (const Definition *definition : assembly.order())
    out.number(definition->body.type);
  vectorSection(functionSection, assembly.order().size(), contents);
}

/// Those of `declared` that are not imported, each as `write` does it.
template <typename Decl, typename Write>
void ModuleWriter::writeOwn(uint8_t id, const std::vector<Decl> &declared, Write write) {
  Contents contents;
  Encoder out(contents);
  uint64_t count = 0;
  for (const Decl &decl : declared) {
    if (decl.import)
      continue;
    write(out, decl);
    ++count;
  }
  vectorSection(id, count, contents);
}

void ModuleWriter::writeTables() { writeOwn(tableSection, info.tables, writeTable); }

void ModuleWriter::writeMemories() {
  writeOwn(memorySection, info.memories,
           [](Encoder &out, const MemoryDecl &memory) { writeLimits(out, memory.limits); });
}

void ModuleWriter::writeGlobals() {
  Contents contents;
  GlobalList globals(contents, assembly);
  if (ownsMeter())
    globals.addMeter();
  globals.addOwnOf(info);
  if (assembly.hasLimit())
    globals.add(ValueType::I64, /*isMutable=*/true, 0);
  globals.addPrices(assembly.prices(), module);
  vectorSection(globalSection, globals.count, contents);
}

void ModuleWriter::writeExports() {
  Contents contents;
  ExportList exports(contents, assembly);
  exports.addOf(info);
  if (options.metered)
    exports.addMeter(info, options.meterOwner);
  vectorSection(exportSection, exports.count, contents);
}

/// With a meter of its own, a module has no gas yet when it is instantiated.
void ModuleWriter::writeStart() {
  if (!info.start || ownsMeter())
    return;
  Contents contents;
  Encoder(contents).number(assembly.functionIndex(*info.start));
  section(startSection, {}, contents);
}

//===----------------------------------------------------------------------===//
// Segments and code
//===----------------------------------------------------------------------===//

void ModuleWriter::writeElements() {
  Contents contents;
  Encoder out(contents);
  for (const ElemSegment &segment : info.elems)
    writeElement(out, segment, assembly);
  // An import that the input declared by exporting it: what charges for it is not exported.
  ElemSegment declared;
  declared.mode = SegmentMode::Declarative;
  for (uint32_t import : module.referredImports)
    declared.items.push_back({ConstExpr::Kind::RefFunc, ValueType::FuncRef, 0, import});
  if (!declared.items.empty())
    writeElement(out, declared, assembly);
  vectorSection(elementSection, info.elems.size() + !declared.items.empty(), contents);
}

/// Demanded by memory.init and data.drop, which need passive segments to be of any use.
void ModuleWriter::writeDataCount() {
  if (!options.features.bulkMemory || info.data.empty())
    return;
  Contents contents;
  Encoder(contents).number(info.data.size());
  section(dataCountSection, {}, contents);
}

void ModuleWriter::writeCode() {
  if (!assembly.order().empty())
    section(codeSection, {}, assembly.code());
}

void ModuleWriter::writeData() {
  Contents contents;
  Encoder out(contents);
  for (const DataSegment &segment : info.data) {
    out.number(segment.mode == SegmentMode::Active ? 0 : 1);
    if (segment.mode == SegmentMode::Active)
      writeExpression(out, segment.offset, assembly);
    out.text(segment.bytes);
  }
  vectorSection(dataSection, info.data.size(), contents);
}

//===----------------------------------------------------------------------===//
// Custom sections
//===----------------------------------------------------------------------===//

void ModuleWriter::writeNames() {
  if (!options.names)
    return;
  Contents names;
  Encoder out(names);
  uint64_t count = 0;
  auto add = [&](uint32_t index, std::string_view name) {
    if (name.empty())
      return;
    out.number(index);
    out.text(name);
    ++count;
  };
  uint32_t index = 0;
  for (; index < info.funcs.size() && info.funcs[index].import; ++index)
    add(index, info.funcs[index].name);
  for (const Definition *definition : assembly.order())
    add(definition->index, definition->name);
  Contents head, contents;
  Encoder(head).number(count);
  Encoder all(contents);
  if (!info.name.empty()) {
    Contents name;
    Encoder(name).text(info.name);
    all.byte(0);
    all.number(name.size());
    all.raw(name);
  }
  all.byte(1);
  all.number(head.size() + names.size());
  all.raw(head);
  all.raw(names);
  custom("name", contents);
}

void ModuleWriter::writePlaces() {
  if (options.positions)
    custom("writ.positions", positionsContents(assembly.places()));
}

void ModuleWriter::writeCharges() {
  if (options.metered && options.charges)
    custom("writ.charges", chargesContents(assembly.prices(), assembly.patches(), module));
}

std::vector<uint8_t> ModuleWriter::write() {
  bytes = {0, 'a', 's', 'm', 1, 0, 0, 0};
  for (const FuncDecl &func : info.funcs)
    if (func.import)
      module.typeNumber(func.type);
  writeTypes();
  writeImports();
  writeFunctions();
  writeTables();
  writeMemories();
  writeGlobals();
  writeExports();
  writeStart();
  writeElements();
  writeDataCount();
  writeCode();
  writeData();
  writeNames();
  writePlaces();
  writeCharges();
  return std::move(bytes);
}
