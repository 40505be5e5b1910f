//===- Declarations.cpp - Compare what two modules declare ----------------===//
#include "tests/corpus/Declarations.h"

#include <fmt/format.h>

using namespace writ;

static std::string text(const SizeLimits &limits) {
  return fmt::format("{}..{}", limits.min, limits.max ? int64_t(*limits.max) : -1);
}

static std::string text(const std::optional<ImportName> &import) {
  return import ? fmt::format("import '{}' '{}'", import->module, import->name) : "own";
}

static std::string text(const ConstExpr &expr) {
  return fmt::format("{}:{}:{}:{}", int(expr.kind), int(expr.type),
                     expr.kind == ConstExpr::Kind::Value ? expr.bits : 0, expr.index);
}

static std::vector<std::string> describe(const ModuleInfo &info) {
  std::vector<std::string> lines{"module " + info.name};
  for (const ImportRef &ref : info.imports)
    lines.push_back(fmt::format("import {} {}", int(ref.kind), ref.index));
  for (const FuncDecl &func : info.funcs)
    lines.push_back(fmt::format("func {} {}", toString(func.type), text(func.import)));
  for (const TableDecl &table : info.tables)
    lines.push_back(
        fmt::format("table {} {} {}", int(table.element), text(table.limits), text(table.import)));
  for (const MemoryDecl &memory : info.memories)
    lines.push_back(fmt::format("memory {} {}", text(memory.limits), text(memory.import)));
  for (const GlobalDecl &global : info.globals)
    lines.push_back(fmt::format("global {} {} {} {}", int(global.type), global.isMutable,
                                text(global.import), global.import ? "" : text(global.init)));
  for (const ExportDecl &exported : info.exports)
    lines.push_back(
        fmt::format("export '{}' {} {}", exported.name, int(exported.kind), exported.index));
  for (const DataSegment &data : info.data)
    lines.push_back(fmt::format("data {} {} '{}'", int(data.mode),
                                data.mode == SegmentMode::Active ? text(data.offset) : "",
                                data.bytes));
  for (const ElemSegment &elem : info.elems) {
    lines.push_back(fmt::format("elem {} {} {} {}", int(elem.mode), int(elem.type), elem.table,
                                elem.mode == SegmentMode::Active ? text(elem.offset) : ""));
    for (const ConstExpr &item : elem.items)
      lines.push_back("  " + text(item));
  }
  lines.push_back(fmt::format("start {}", info.start ? int64_t(*info.start) : -1));
  return lines;
}

std::string test::describeDifference(const ModuleInfo &read, const ModuleInfo &fromIR) {
  std::vector<std::string> expected = describe(read), actual = describe(fromIR);
  for (size_t index = 0; index < std::min(expected.size(), actual.size()); ++index)
    if (expected[index] != actual[index])
      return fmt::format("the IR says [{}]; expected [{}]", actual[index], expected[index]);
  if (expected.size() != actual.size())
    return fmt::format("the IR says {} things; expected {}", actual.size(), expected.size());
  for (size_t index = 0; index < read.funcs.size(); ++index)
    if (!fromIR.funcs[index].name.empty() && fromIR.funcs[index].name != read.funcs[index].name)
      return fmt::format("function {} is called '{}'; expected '{}'", index,
                         fromIR.funcs[index].name, read.funcs[index].name);
  return {};
}
