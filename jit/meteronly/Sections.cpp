//===- Sections.cpp - The sections of a module that is metered in place ---===//
#include "jit/meteronly/Sections.h"

#include "frontend/wasm/Cursor.h"
#include "lowering/wasm/Instructions.h"
#include "lowering/wasm/Parts.h"

#include <algorithm>

using namespace writ;
using namespace writ::meteronly;
using namespace writ::wasmgen;

/// Where a section stands in a module: the one with the number of data segments is before the code.
static unsigned placeOf(uint8_t id) {
  if (id == dataCountSection)
    return 2 * codeSection - 1;
  return 2 * id;
}

void SectionWriter::section(uint8_t id, const Contents &contents) {
  Encoder out(bytes);
  out.byte(id);
  out.number(contents.size());
  out.raw(contents);
}

SectionWriter::Contents SectionWriter::extended(std::span<const uint8_t> old, uint64_t count,
                                                const Contents &more) {
  Contents made;
  Encoder out(made);
  wasm::Failure failure;
  wasm::Cursor in(old, failure);
  out.number((old.empty() ? 0 : in.readU32()) + count);
  out.raw(in.bytes());
  out.raw(more);
  return made;
}

//===----------------------------------------------------------------------===//
// Sections that grow
//===----------------------------------------------------------------------===//

void SectionWriter::writeTypes(std::span<const uint8_t> old) {
  Contents more;
  Encoder out(more);
  for (size_t index = module.types.size(); index < state.types.size(); ++index)
    writeFuncType(out, state.types[index]);
  section(typeSection, extended(old, state.types.size() - module.types.size(), more));
}

void SectionWriter::writeImports(std::span<const uint8_t> old) {
  Contents more;
  Encoder out(more);
  if (ownsMeter())
    return section(importSection, {old.begin(), old.end()});
  writeMeterImports(out);
  section(importSection, extended(old, meterGlobals.size(), more));
}

void SectionWriter::writeFunctions(std::span<const uint8_t> old) {
  Contents more;
  Encoder out(more);
  std::vector<uint32_t> types = layout.addedTypes();
  for (uint32_t type : types)
    out.number(type);
  section(functionSection, extended(old, types.size(), more));
}

void SectionWriter::writeGlobals() {
  Contents items;
  GlobalList globals(items, layout);
  globals.addOwnOf(module.info);
  if (ownsMeter())
    globals.addMeter();
  globals.addPrices(layout.prices(), state);
  section(globalSection, extended({}, globals.count, items));
}

void SectionWriter::writeExports() {
  Contents items;
  ExportList exports(items, layout);
  exports.addOf(module.info);
  exports.addMeter(module.info, state.options.meterOwner);
  section(exportSection, extended({}, exports.count, items));
}

bool SectionWriter::wrapsImports() const {
  return std::ranges::any_of(module.info.funcs, [&](const FuncDecl &func) {
    auto index = uint32_t(&func - module.info.funcs.data());
    return layout.functionIndex(index) != index;
  });
}

/// Tables call imports through what charges for them, and code may refer only to functions that are
/// mentioned outside of it.
void SectionWriter::writeElements(std::span<const uint8_t> old) {
  if (!wrapsImports())
    return old.empty() ? void() : section(elementSection, {old.begin(), old.end()});
  Contents contents;
  Encoder out(contents);
  std::vector<uint32_t> referred = layout.referredImports();
  out.number(module.info.elems.size() + !referred.empty());
  for (const ElemSegment &segment : module.info.elems)
    writeElement(out, segment, layout);
  if (!referred.empty()) {
    ElemSegment declared;
    declared.mode = SegmentMode::Declarative;
    for (uint32_t index : referred)
      declared.items.push_back({ConstExpr::Kind::RefFunc, ValueType::FuncRef, 0, index});
    writeElement(out, declared, layout);
  }
  section(elementSection, contents);
}

//===----------------------------------------------------------------------===//
// All sections
//===----------------------------------------------------------------------===//

void SectionWriter::rewrite(uint8_t id, std::span<const uint8_t> old) {
  switch (id) {
  case typeSection:
    return writeTypes(old);
  case importSection:
    return writeImports(old);
  case functionSection:
    return writeFunctions(old);
  case globalSection:
    return writeGlobals();
  case exportSection:
    return writeExports();
  case startSection: // With a meter of its own, a module has no gas yet when it is instantiated.
    return ownsMeter() ? void() : section(id, {old.begin(), old.end()});
  case elementSection:
    return writeElements(old);
  case codeSection:
    return section(codeSection, layout.code());
  default:
    return section(id, {old.begin(), old.end()});
  }
}

std::vector<uint8_t> SectionWriter::write() {
  bytes = {0, 'a', 's', 'm', 1, 0, 0, 0};
  std::vector<uint8_t> always = {typeSection,   functionSection, globalSection,
                                 exportSection, elementSection,  codeSection};
  if (!ownsMeter())
    always.insert(always.begin() + 1, importSection);
  auto next = always.begin();
  auto addUpTo = [&](unsigned place) { // Those that the module lacks.
    for (; next != always.end() && placeOf(*next) <= place; ++next)
      if (placeOf(*next) < place)
        rewrite(*next, {});
  };
  auto isKnown = [](const wasm::SectionInfo &old) { return old.id != customSection; };
  auto left = std::ranges::count_if(module.sections, isKnown);
  if (left == 0)
    addUpTo(~0u);
  for (const wasm::SectionInfo &old : module.sections) {
    if (isKnown(old))
      addUpTo(placeOf(old.id));
    rewrite(old.id, module.bytes.subspan(old.offset, old.size));
    if (isKnown(old) && --left == 0)
      addUpTo(~0u);
  }
  auto custom = [&](std::string_view name, const Contents &contents) {
    Contents all;
    Encoder(all).text(name);
    Encoder(all).raw(contents);
    section(customSection, all);
  };
  if (state.options.positions)
    custom("writ.positions", positionsContents(layout.places()));
  if (state.options.charges)
    custom("writ.charges", chargesContents(layout.prices(), {}, state));
  return std::move(bytes);
}
