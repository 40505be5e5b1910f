//===- Reader.cpp - The module's frame: header, sections, order -----------===//
#include "frontend/wasm/ReadState.h"
#include "frontend/wasm/Validator.h"
#include "frontend/wasm/Wasm.h"

#include <cstring>
#include <fmt/format.h>

namespace writ::wasm {

static constexpr uint8_t customId = 0;
static constexpr uint8_t codeId = 10;
static constexpr uint8_t dataId = 11;

struct SectionRow {
  uint8_t id;
  std::string_view name;
  void (*read)(ReadState &, Cursor &);
};

/// In the order in which they must stand.
static constexpr SectionRow sectionRows[] = {
    {1, "type", readTypeSection},         {2, "import", readImportSection},
    {3, "function", readFunctionSection}, {4, "table", readTableSection},
    {5, "memory", readMemorySection},     {6, "global", readGlobalSection},
    {7, "export", readExportSection},     {8, "start", readStartSection},
    {9, "element", readElementSection},   {12, "data count", readDataCountSection},
    {codeId, "code", readCodeSection},    {dataId, "data", readDataSection},
};
static constexpr size_t numSections = std::size(sectionRows);

static size_t findSection(uint8_t id) {
  size_t row = 0;
  while (row < numSections && sectionRows[row].id != id)
    ++row;
  return row;
}

static void readHeader(Cursor &in) {
  static constexpr uint8_t magic[4] = {0, 'a', 's', 'm'};
  std::span<const uint8_t> start = in.bytes();
  size_t present = std::min<size_t>(start.size(), 4);
  if (present == 0 || std::memcmp(start.data(), magic, present) != 0)
    return in.fail("not a WebAssembly module: magic number \\0asm not found");
  in.readFixed(4);
  uint32_t offset = in.offset();
  uint64_t version = in.readFixed(4);
  if (!in.failed() && version >> 16 == 1)
    return in.failAt(offset, "a WebAssembly component; expected a core module");
  if (!in.failed() && version != 1)
    in.failAt(offset, fmt::format("unknown binary version {}; expected 1", version));
}

static void readCustomSection(ReadState &state, Cursor section, SectionInfo &info) {
  info.name = state.readName(section);
  if (!section.failed() && info.name == "name" && !state.nameSection)
    state.nameSection = section.bytes();
}

/// Reads one section. `next` is the first row that may still come.
static void readSection(ReadState &state, Cursor &in, size_t &next) {
  uint32_t offset = in.offset();
  uint8_t id = in.readByte();
  uint32_t size = in.readU32();
  Cursor section = in.take(size);
  if (in.failed())
    return;
  SectionInfo info{id, {}, section.offset(), size};
  if (id == customId) {
    readCustomSection(state, section, info);
    state.module.sections.push_back(std::move(info));
    return;
  }
  size_t row = findSection(id);
  if (row == numSections)
    return in.failAt(offset, fmt::format("malformed section id {}", id));
  if (row < next)
    return in.failAt(offset, fmt::format("unexpected {} section: out of order or a second one",
                                         sectionRows[row].name));
  next = row + 1;
  // From the export section on, functions can be declared for ref.func.
  state.declaredFuncs.resize(state.module.info.funcs.size());
  state.module.sections.push_back(std::move(info));
  sectionRows[row].read(state, section);
  if (!section.atEnd())
    section.fail(fmt::format("section size mismatch: {} bytes left in the {} section",
                             section.remaining(), sectionRows[row].name));
}

/// What must be there although its section is absent.
static void checkAbsentSections(ReadState &state, Cursor &in) {
  size_t declared = state.module.info.funcs.size() - state.module.importedFuncs;
  if (declared != state.bodies.size())
    in.fail(fmt::format("function and code section have inconsistent lengths: {} bodies for {} "
                        "functions",
                        state.bodies.size(), declared));
  size_t segments = state.module.info.data.size();
  if (state.dataCount.value_or(segments) != segments)
    in.fail(fmt::format("data count and data section have inconsistent lengths: {} and {} segments",
                        *state.dataCount, segments));
}

static void readSections(ReadState &state) {
  Cursor in(state.module.bytes, state.failure);
  readHeader(in);
  for (size_t next = 0; !in.atEnd() && !in.failed();)
    readSection(state, in, next);
  if (!in.failed())
    checkAbsentSections(state, in);
}

/// What to call function `index` in a message: its debug name, else a name under which it
/// is exported or imported.
static std::string messageName(const ModuleInfo &info, uint32_t index) {
  const FuncDecl &func = info.funcs[index];
  if (!func.name.empty())
    return printable(func.name);
  for (const ExportDecl &decl : info.exports)
    if (decl.kind == ExternKind::Func && decl.index == index)
      return printable(decl.name);
  return func.import ? printable(func.import->name) : "";
}

static Error errorOf(const ReadState &state, std::string_view name) {
  std::string where;
  if (state.failedFunc) {
    std::string function = messageName(state.module.info, *state.failedFunc);
    where = fmt::format("function {}{}: ", *state.failedFunc,
                        function.empty() ? "" : fmt::format(" '{}'", function));
  }
  const Failure &failure = state.failure;
  return {failure.kind(), fmt::format("{}:0x{:x}: {}{}", printable(name), failure.offset(), where,
                                      failure.message())};
}

Result<Module> readModule(std::span<const uint8_t> bytes, const Policy &policy,
                          std::string_view name, unsigned threads) {
  ReadState state(bytes, policy);
  if (state.within(&Limits::moduleBytes, bytes.size(), 0))
    readSections(state);
  if (!state.failure.isSet() && state.nameSection)
    readNameSection(state.module, *state.nameSection);
  if (!state.failure.isSet())
    validateBodies(state, threads);
  if (state.failure.isSet())
    return errorOf(state, name);
  return std::move(state.module);
}

} // namespace writ::wasm
