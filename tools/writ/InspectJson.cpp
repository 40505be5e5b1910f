//===- InspectJson.cpp - A module's declarations as JSON ------------------===//
#include "tools/writ/Describe.h"
#include "tools/writ/Inspect.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

using Json = nlohmann::ordered_json;

static Json sectionsJson(const wasm::Module &module) {
  Json all = Json::array();
  for (const wasm::SectionInfo &section : module.sections) {
    all.push_back({{"id", section.id}, {"offset", section.offset}, {"bytes", section.size}});
    if (section.id == 0)
      all.back()["name"] = section.name;
  }
  return all;
}

static Json importsJson(const ModuleInfo &info) {
  Json all = Json::array();
  for (ImportRef import : info.imports) {
    const ImportName &name = importName(info, import);
    all.push_back({{"module", name.module},
                   {"name", name.name},
                   {"kind", kindName(import.kind)},
                   {"type", typeText(info, import.kind, import.index)}});
  }
  return all;
}

static Json exportsJson(const ModuleInfo &info) {
  Json all = Json::array();
  for (const ExportDecl &decl : info.exports)
    all.push_back({{"name", decl.name},
                   {"kind", kindName(decl.kind)},
                   {"index", decl.index},
                   {"type", typeText(info, decl.kind, decl.index)}});
  return all;
}

static Json functionsJson(const wasm::Module &module, std::optional<uint32_t> only) {
  Json all = Json::array();
  std::vector<std::string> names = functionNames(module.info);
  for (size_t i = 0; i < module.bodies.size(); ++i) {
    uint32_t index = module.importedFuncs + uint32_t(i);
    if (only && *only != index)
      continue;
    const wasm::FuncBody &body = module.bodies[i];
    all.push_back({{"index", index},
                   {"name", names[index]},
                   {"type", toString(module.info.funcs[index].type)},
                   {"offset", body.offset},
                   {"code_bytes", body.code.size()},
                   {"frame_bytes", frameBound(module, i)}});
  }
  return all;
}

static Json kindJson(const ModuleInfo &info, ExternKind kind, size_t count) {
  Json all = Json::array();
  for (size_t i = 0; i < count; ++i)
    all.push_back(typeText(info, kind, uint32_t(i)));
  return all;
}

void printModuleJson(const wasm::Module &module, const ModuleFacts &facts,
                     std::optional<uint32_t> func) {
  const ModuleInfo &info = module.info;
  Json json = {{"file", facts.file}, {"bytes", module.bytes.size()}, {"features", facts.features}};
  json["sections"] = sectionsJson(module);
  json["imports"] = importsJson(info);
  json["exports"] = exportsJson(info);
  json["memories"] = kindJson(info, ExternKind::Memory, info.memories.size());
  json["tables"] = kindJson(info, ExternKind::Table, info.tables.size());
  json["globals"] = kindJson(info, ExternKind::Global, info.globals.size());
  json["data_segments"] = info.data.size();
  json["element_segments"] = info.elems.size();
  if (info.start)
    json["start"] = *info.start;
  json["functions"] = functionsJson(module, func);
  // Names may hold any bytes.
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

} // namespace writ::cli
