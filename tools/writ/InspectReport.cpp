//===- InspectReport.cpp - A module's declarations as tables --------------===//
#include "tools/writ/Describe.h"
#include "tools/writ/Inspect.h"
#include "tools/writ/Suggest.h"

#include <fmt/format.h>

namespace writ::cli {

uint64_t frameBound(const wasm::Module &module, size_t body) {
  const wasm::FuncBody &code = module.bodies[body];
  uint64_t bytes = 64 + uint64_t(code.maxOperandBytes);
  for (ValueType type : module.info.funcs[module.importedFuncs + body].type.params)
    bytes += frameBytes(type);
  for (const wasm::LocalRun &run : code.locals)
    bytes += uint64_t(run.count) * frameBytes(run.type);
  return bytes;
}

static std::string_view sectionName(const wasm::SectionInfo &section) {
  static constexpr std::string_view names[] = {
      "custom", "type",  "import",  "function", "table", "memory",    "global",
      "export", "start", "element", "code",     "data",  "data count"};
  return section.id < std::size(names) ? names[section.id] : "unknown";
}

static void printSections(const wasm::Module &module) {
  fmt::print("\nsections:\n{:>10} {:>10}  name\n", "offset", "bytes");
  for (const wasm::SectionInfo &section : module.sections)
    fmt::print("{:>#10x} {:>10}  {}{}\n", section.offset, section.size, sectionName(section),
               section.id == 0 ? " " + quote(section.name) : "");
}

static void printDeclarations(const ModuleInfo &info) {
  fmt::print("\nimports:{}\n", info.imports.empty() ? " none" : "");
  for (ImportRef import : info.imports)
    fmt::print("  {}\n", describeImport(info, import));
  fmt::print("\nexports:{}\n", info.exports.empty() ? " none" : "");
  for (const ExportDecl &decl : info.exports)
    fmt::print("  {} {} {}\n", kindName(decl.kind), quote(decl.name),
               typeText(info, decl.kind, decl.index));
  fmt::print("\n");
  for (size_t i = 0; i < info.memories.size(); ++i)
    fmt::print("memory: {} pages of 64 KiB\n", typeText(info, ExternKind::Memory, uint32_t(i)));
  for (size_t i = 0; i < info.tables.size(); ++i)
    fmt::print("table {}: {}\n", i, typeText(info, ExternKind::Table, uint32_t(i)));
  fmt::print("globals: {}, data segments: {}, element segments: {}, start function: {}\n",
             info.globals.size(), info.data.size(), info.elems.size(),
             info.start ? functionName(info, *info.start) : "none");
}

static void printFunctions(const wasm::Module &module, std::optional<uint32_t> only) {
  fmt::print("{:>8} {:>10} {:>10} {:>10}  name and type\n", "function", "offset", "code bytes",
             "frame");
  std::vector<std::string> names = functionNames(module.info);
  for (size_t i = 0; i < module.bodies.size(); ++i) {
    uint32_t index = module.importedFuncs + uint32_t(i);
    if (only && *only != index)
      continue;
    const wasm::FuncBody &body = module.bodies[i];
    const FuncDecl &decl = module.info.funcs[index];
    fmt::print("{:>8} {:>#10x} {:>10} {:>10}  {}{}\n", index, body.offset, body.code.size(),
               frameBound(module, i), names[index], toString(decl.type));
  }
}

void printModule(const wasm::Module &module, const ModuleFacts &facts,
                 std::optional<uint32_t> func) {
  if (func)
    return printFunctions(module, func);
  uint64_t codeBytes = 0;
  for (const wasm::FuncBody &body : module.bodies)
    codeBytes += body.code.size();
  fmt::print("{}: {} bytes, {} functions, {} bytes of code, {} imports, {} exports\n", facts.file,
             module.bytes.size(), module.bodies.size(), codeBytes, module.info.imports.size(),
             module.info.exports.size());
  fmt::print("features: {}\n", listOf(facts.features));
  printSections(module);
  printDeclarations(module.info);
  fmt::print("\nfunctions (frame: bytes of metered stack that a call takes):\n");
  printFunctions(module, {});
}

} // namespace writ::cli
