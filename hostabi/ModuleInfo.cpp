//===- ModuleInfo.cpp - Names of types ------------------------------------===//
#include "hostabi/ModuleInfo.h"

using namespace writ;

const char *writ::valueTypeName(ValueType type) {
  switch (type) {
  case ValueType::I32:
    return "i32";
  case ValueType::I64:
    return "i64";
  case ValueType::F32:
    return "f32";
  case ValueType::F64:
    return "f64";
  case ValueType::FuncRef:
    return "funcref";
  case ValueType::ExternRef:
    return "externref";
  }
  return "unknown";
}

static std::string listTypes(const std::vector<ValueType> &types) {
  std::string text = "(";
  for (ValueType type : types) {
    if (text.size() > 1)
      text += ", ";
    text += valueTypeName(type);
  }
  return text + ")";
}

std::string writ::toString(const FuncType &type) {
  return listTypes(type.params) + " -> " + listTypes(type.results);
}

const ImportName &writ::importName(const ModuleInfo &info, ImportRef import) {
  switch (import.kind) {
  case ExternKind::Func:
    return *info.funcs[import.index].import;
  case ExternKind::Table:
    return *info.tables[import.index].import;
  case ExternKind::Memory:
    return *info.memories[import.index].import;
  case ExternKind::Global:
    break;
  }
  return *info.globals[import.index].import;
}
