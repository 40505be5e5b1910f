//===- Modules.cpp - What a module declares, for C ------------------------===//
#include "jit/capi/Handles.h"

using namespace writ;
using namespace writ::capi;

static_assert(sizeof(writ_type_t) == sizeof(ValueType));
static_assert(WRIT_I32 == int(ValueType::I32) && WRIT_I64 == int(ValueType::I64) &&
              WRIT_F32 == int(ValueType::F32) && WRIT_F64 == int(ValueType::F64) &&
              WRIT_FUNCREF == int(ValueType::FuncRef) &&
              WRIT_EXTERNREF == int(ValueType::ExternRef));
static_assert(WRIT_EXTERN_FUNCTION == int(ExternKind::Func) &&
              WRIT_EXTERN_TABLE == int(ExternKind::Table) &&
              WRIT_EXTERN_MEMORY == int(ExternKind::Memory) &&
              WRIT_EXTERN_GLOBAL == int(ExternKind::Global));

void writ::capi::giveModule(Loaded module, writ_module_t **place) {
  *place = new writ_module_t{std::move(module.module), std::move(module.artifact)};
}

void writ_module_free(writ_module_t *module) { delete module; }

static const writ_type_t *typesOf(const ValueType *types) {
  return reinterpret_cast<const writ_type_t *>(types);
}

/// All but the names.
static writ_declaration_t declare(const ModuleInfo &info, ExternKind kind, uint32_t index) {
  writ_declaration_t made = {};
  made.kind = writ_extern_kind_t(kind);
  made.index = index;
  if (kind == ExternKind::Func) {
    const FuncType &type = info.funcs[index].type;
    made.params = typesOf(type.params.data());
    made.num_params = type.params.size();
    made.results = typesOf(type.results.data());
    made.num_results = type.results.size();
  } else if (kind == ExternKind::Global) {
    made.results = typesOf(&info.globals[index].type);
    made.num_results = 1;
  }
  return made;
}

size_t writ_module_num_imports(const writ_module_t *module) {
  return module->module->info().imports.size();
}

size_t writ_module_num_exports(const writ_module_t *module) {
  return module->module->info().exports.size();
}

writ_declaration_t writ_module_import(const writ_module_t *module, size_t index) {
  const ModuleInfo &info = module->module->info();
  ImportRef import = info.imports[index];
  const ImportName &name = importName(info, import);
  writ_declaration_t made = declare(info, import.kind, import.index);
  made.module = name.module.c_str();
  made.module_size = name.module.size();
  made.name = name.name.c_str();
  made.name_size = name.name.size();
  return made;
}

writ_declaration_t writ_module_export(const writ_module_t *module, size_t index) {
  const ModuleInfo &info = module->module->info();
  const ExportDecl &exported = info.exports[index];
  writ_declaration_t made = declare(info, exported.kind, exported.index);
  made.name = exported.name.c_str();
  made.name_size = exported.name.size();
  return made;
}

const char *writ_module_function_name(const writ_module_t *module, uint32_t function) {
  const ModuleInfo &info = module->module->info();
  return function < info.funcs.size() ? info.funcs[function].name.c_str() : "";
}
