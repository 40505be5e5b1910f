//===- Describe.cpp - Imports and exports in words ------------------------===//
#include "tools/writ/Describe.h"

#include <fmt/format.h>

namespace writ::cli {

std::string_view kindName(ExternKind kind) {
  static constexpr std::string_view names[] = {"function", "table", "memory", "global"};
  return names[size_t(kind)];
}

static std::string limitsText(SizeLimits limits) {
  return limits.max ? fmt::format("{{min {}, max {}}}", limits.min, *limits.max)
                    : fmt::format("{{min {}}}", limits.min);
}

std::string typeText(const ModuleInfo &info, ExternKind kind, uint32_t index) {
  switch (kind) {
  case ExternKind::Func:
    return toString(info.funcs[index].type);
  case ExternKind::Table:
    return fmt::format("{} {}", valueTypeName(info.tables[index].element),
                       limitsText(info.tables[index].limits));
  case ExternKind::Memory:
    return limitsText(info.memories[index].limits);
  case ExternKind::Global:
    break;
  }
  const GlobalDecl &global = info.globals[index];
  return fmt::format("{}{}", global.isMutable ? "mut " : "", valueTypeName(global.type));
}

std::string describeImport(const ModuleInfo &info, ImportRef import) {
  const ImportName &name = importName(info, import);
  return fmt::format("{} {} {} {}", kindName(import.kind), quote(name.module), quote(name.name),
                     typeText(info, import.kind, import.index));
}

static std::string nameOr(std::string name, uint32_t index) {
  return name.empty() ? fmt::format("function {}", index) : name;
}

std::vector<std::string> functionNames(const ModuleInfo &info) {
  std::vector<std::string> names;
  for (const FuncDecl &func : info.funcs)
    names.push_back(func.name);
  for (const ExportDecl &decl : info.exports)
    if (decl.kind == ExternKind::Func && names[decl.index].empty())
      names[decl.index] = decl.name;
  for (uint32_t index = 0; index < names.size(); ++index)
    names[index] = nameOr(std::move(names[index]), index);
  return names;
}

std::string functionName(const ModuleInfo &info, uint32_t index) {
  if (index < info.funcs.size() && !info.funcs[index].name.empty())
    return info.funcs[index].name;
  for (const ExportDecl &decl : info.exports)
    if (decl.kind == ExternKind::Func && decl.index == index)
      return nameOr(decl.name, index);
  return nameOr("", index);
}

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\')
      quoted += '\\';
    if (c < 0x20 || c == 0x7f)
      quoted += fmt::format("\\{:02x}", c);
    else
      quoted += char(c);
  }
  return quoted + '"';
}

} // namespace writ::cli
