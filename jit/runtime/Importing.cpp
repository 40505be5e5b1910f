//===- Importing.cpp - Does what is given match what is imported? ---------===//
#include "jit/runtime/Importing.h"

#include "jit/runtime/Memory.h"
#include "jit/runtime/Signatures.h"

#include <fmt/format.h>

using namespace writ;

std::string writ::describeImport(const ModuleInfo &info, ImportRef import) {
  const ImportName &names = importName(info, import);
  std::string text = fmt::format("import \"{}\" \"{}\"", names.module, names.name);
  return info.name.empty() ? text : fmt::format("{} of module '{}'", text, info.name);
}

std::string writ::describeWanted(const ModuleInfo &info, ImportRef import) {
  switch (import.kind) {
  case ExternKind::Func:
    return describeFunction(info.funcs[import.index].type);
  case ExternKind::Table:
    return describeTable(info.tables[import.index].element, info.tables[import.index].limits);
  case ExternKind::Memory:
    return describeMemory(info.memories[import.index].limits);
  case ExternKind::Global:
    break;
  }
  const GlobalDecl &global = info.globals[import.index];
  return describeGlobal(global.type, global.isMutable);
}

static bool matches(SizeLimits given, SizeLimits wanted) {
  if (given.min < wanted.min)
    return false;
  return !wanted.max || (given.max && *given.max <= *wanted.max);
}

static bool matches(const ModuleInfo &info, ImportRef import, const Extern &given) {
  if (kindOf(given) != import.kind)
    return false;
  switch (import.kind) {
  case ExternKind::Func:
    return signatureType(std::get<FuncRef *>(given)->type) == info.funcs[import.index].type;
  case ExternKind::Table: {
    const Table &table = *std::get<Table *>(given);
    const TableDecl &wanted = info.tables[import.index];
    return table.elementType() == wanted.element && matches(table.type(), wanted.limits);
  }
  case ExternKind::Memory:
    return matches(std::get<Memory *>(given)->type(), info.memories[import.index].limits);
  case ExternKind::Global:
    break;
  }
  const Global &global = *std::get<Global *>(given);
  const GlobalDecl &wanted = info.globals[import.index];
  return global.type() == wanted.type && global.isMutable() == wanted.isMutable;
}

Result<void> writ::checkImports(const ModuleInfo &info, std::span<const Extern> given) {
  if (given.size() != info.imports.size())
    return Error{ErrorKind::Unlinkable,
                 fmt::format("{} imports given; expected {}", given.size(), info.imports.size())};
  for (size_t i = 0; i < given.size(); ++i)
    if (!matches(info, info.imports[i], given[i]))
      return Error{ErrorKind::Unlinkable,
                   fmt::format("incompatible import type: {} is {}; expected {}",
                               describeImport(info, info.imports[i]), describe(given[i]),
                               describeWanted(info, info.imports[i]))};
  return {};
}
