//===- Sections.cpp - The sections of a module that is metered in place ---===//
#include "jit/meteronly/Sections.h"

#include "frontend/wasm/Cursor.h"
#include "lowering/wasm/Instructions.h"
#include "lowering/wasm/Parts.h"

#include <algorithm>

using namespace writ;
using namespace writ::meteronly;
using namespace writ::wasmgen;

enum SectionId : uint8_t {
  CustomSection = 0,
  TypeSection = 1,
  ImportSection = 2,
  FunctionSection = 3,
  GlobalSection = 6,
  ExportSection = 7,
  StartSection = 8,
  ElementSection = 9,
  CodeSection = 10,
  DataSection = 11,
  DataCountSection = 12,
};

/// Where a section stands in a module: the one with the number of data segments is before the code.
static unsigned placeOf(uint8_t id) {
  if (id == DataCountSection)
    return 2 * CodeSection - 1;
  return 2 * id;
}

IndexMap SectionWriter::indices() const {
  return {[this](uint32_t index) { return layout.functionIndex(index); },
          [this](uint32_t index) { return layout.globalIndex(index); }};
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
  for (size_t index = module.types.size(); index < state.types.size(); ++index) {
    out.byte(0x60);
    for (const std::vector<ValueType> *values :
         {&state.types[index].params, &state.types[index].results}) {
      out.number(values->size());
      for (ValueType value : *values)
        out.byte(typeCode(value));
    }
  }
  section(TypeSection, extended(old, state.types.size() - module.types.size(), more));
}

void SectionWriter::writeImports(std::span<const uint8_t> old) {
  Contents more;
  Encoder out(more);
  if (ownsMeter())
    return section(ImportSection, {old.begin(), old.end()});
  for (const MeterGlobalRow &global : meterGlobals) {
    out.text("writ");
    out.text(global.name);
    out.byte(uint8_t(ExternKind::Global));
    out.byte(typeCode(global.type));
    out.byte(global.isMutable);
  }
  section(ImportSection, extended(old, meterGlobals.size(), more));
}

void SectionWriter::writeFunctions(std::span<const uint8_t> old) {
  Contents more;
  Encoder out(more);
  std::vector<uint32_t> types = layout.addedTypes();
  for (uint32_t type : types)
    out.number(type);
  section(FunctionSection, extended(old, types.size(), more));
}

void SectionWriter::writeGlobals() {
  Contents contents;
  Encoder out(contents);
  uint64_t own = ownsMeter() ? numOwnMeterGlobals : 0;
  out.number(module.info.globals.size() - module.importedGlobals + own + layout.prices().size());
  auto add = [&](ValueType type, bool isMutable, const ConstExpr &init) {
    out.byte(typeCode(type));
    out.byte(isMutable);
    writeExpression(out, init, indices());
  };
  auto value = [](ValueType type, uint64_t bits) {
    return ConstExpr{ConstExpr::Kind::Value, type, bits, 0};
  };
  for (const GlobalDecl &global : module.info.globals)
    if (!global.import)
      add(global.type, global.isMutable, global.init);
  for (size_t number = 0; number < own; ++number) {
    bool isFault = MeterGlobal(number) == MeterGlobal::Fault;
    add(meterGlobals[number].type, true,
        value(meterGlobals[number].type, isFault ? faultInMemory : 0));
  }
  for (uint32_t amount : layout.prices())
    add(ValueType::I64, false, value(ValueType::I64, state.priceOf(amount)));
  section(GlobalSection, contents);
}

void SectionWriter::writeExports() {
  Contents items, contents;
  Encoder out(items);
  uint64_t count = 0;
  auto add = [&](std::string_view name, ExternKind kind, uint32_t index) {
    out.text(name);
    out.byte(uint8_t(kind));
    out.number(index);
    ++count;
  };
  for (const ExportDecl &decl : module.info.exports)
    add(decl.name, decl.kind,
        decl.kind == ExternKind::Global ? layout.globalIndex(decl.index) : decl.index);
  if (ownsMeter())
    for (size_t number = 0; number < numOwnMeterGlobals; ++number)
      if (meterGlobals[number].isExported)
        add("writ." + std::string(meterGlobals[number].name), ExternKind::Global,
            layout.meterIndex(MeterGlobal(number)));
  add("writ.settle", ExternKind::Func, layout.helperIndex(Helper::Settle));
  if (ownsMeter() && module.info.start)
    add("writ.start", ExternKind::Func, layout.functionIndex(*module.info.start));
  Encoder(contents).number(count);
  Encoder(contents).raw(items);
  section(ExportSection, contents);
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
    return old.empty() ? void() : section(ElementSection, {old.begin(), old.end()});
  Contents contents;
  Encoder out(contents);
  std::vector<uint32_t> referred = layout.referredImports();
  out.number(module.info.elems.size() + !referred.empty());
  for (const ElemSegment &segment : module.info.elems)
    writeElement(out, segment, indices());
  if (!referred.empty()) {
    ElemSegment declared;
    declared.mode = SegmentMode::Declarative;
    for (uint32_t index : referred)
      declared.items.push_back({ConstExpr::Kind::RefFunc, ValueType::FuncRef, 0, index});
    writeElement(out, declared, indices());
  }
  section(ElementSection, contents);
}

//===----------------------------------------------------------------------===//
// All sections
//===----------------------------------------------------------------------===//

void SectionWriter::rewrite(uint8_t id, std::span<const uint8_t> old) {
  switch (id) {
  case TypeSection:
    return writeTypes(old);
  case ImportSection:
    return writeImports(old);
  case FunctionSection:
    return writeFunctions(old);
  case GlobalSection:
    return writeGlobals();
  case ExportSection:
    return writeExports();
  case StartSection: // With a meter of its own, a module has no gas yet when it is instantiated.
    return ownsMeter() ? void() : section(id, {old.begin(), old.end()});
  case ElementSection:
    return writeElements(old);
  case CodeSection:
    return section(CodeSection, layout.code());
  default:
    return section(id, {old.begin(), old.end()});
  }
}

std::vector<uint8_t> SectionWriter::write() {
  bytes = {0, 'a', 's', 'm', 1, 0, 0, 0};
  std::vector<uint8_t> always = {TypeSection,   FunctionSection, GlobalSection,
                                 ExportSection, ElementSection,  CodeSection};
  if (!ownsMeter())
    always.insert(always.begin() + 1, ImportSection);
  auto next = always.begin();
  auto addUpTo = [&](unsigned place) { // Those that the module lacks.
    for (; next != always.end() && placeOf(*next) <= place; ++next)
      if (placeOf(*next) < place)
        rewrite(*next, {});
  };
  auto isKnown = [](const wasm::SectionInfo &old) { return old.id != CustomSection; };
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
    section(CustomSection, all);
  };
  if (state.options.positions)
    custom("writ.positions", positionsContents(layout.places()));
  if (state.options.charges)
    custom("writ.charges", chargesContents(layout.prices(), {}, state));
  return std::move(bytes);
}
