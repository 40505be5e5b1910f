//===- Linker.cpp - Finds imports by their two names ----------------------===//
#include "jit/runtime/Linker.h"

#include "jit/runtime/Importing.h"

#include <fmt/format.h>

using namespace writ;

void Linker::define(std::string_view module, std::string_view name, Extern value) {
  definitions.insert_or_assign({std::string(module), std::string(name)}, value);
}

FuncRef *Linker::defineFunction(std::string_view module, std::string_view name,
                                HostFunction function) {
  function.module = module;
  function.name = name;
  FuncRef *ref = theStore.createHostFunction(std::move(function));
  define(module, name, ref);
  return ref;
}

void Linker::defineInstance(std::string_view module, const Instance &instance) {
  for (const ExportDecl &exported : instance.module().info().exports)
    define(module, exported.name, *instance.findExport(exported.name));
}

const Extern *Linker::find(std::string_view module, std::string_view name) const {
  auto found = definitions.find(std::pair(std::string(module), std::string(name)));
  return found == definitions.end() ? nullptr : &found->second;
}

Result<Instantiation> Linker::instantiate(std::shared_ptr<const CompiledModule> module,
                                          const InstanceOptions &options) {
  const ModuleInfo &info = module->info();
  std::vector<Extern> imports;
  imports.reserve(info.imports.size());
  for (ImportRef import : info.imports) {
    const ImportName &names = importName(info, import);
    const Extern *found = find(names.module, names.name);
    if (!found)
      return Error{ErrorKind::Unlinkable,
                   fmt::format("unknown import: {} ({}) is not defined",
                               describeImport(info, import), describeWanted(info, import))};
    imports.push_back(*found);
  }
  return theStore.instantiate(std::move(module), imports, options);
}
