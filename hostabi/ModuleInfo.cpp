//===- ModuleInfo.cpp - Types as text, names of imports -------------------===//
#include "hostabi/ModuleInfo.h"

#include <algorithm>

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

namespace {

/// Takes one word or mark after the other.
class TypeParser {
public:
  explicit TypeParser(std::string_view text) : rest(text) {}

  bool take(std::string_view mark) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    if (!rest.starts_with(mark))
      return false;
    rest.remove_prefix(mark.size());
    return true;
  }
  bool takeType(std::vector<ValueType> &types) {
    for (ValueType type : {ValueType::I32, ValueType::I64, ValueType::F32, ValueType::F64,
                           ValueType::FuncRef, ValueType::ExternRef})
      if (take(valueTypeName(type)))
        return types.push_back(type), true;
    return false;
  }
  bool takeList(std::vector<ValueType> &types) {
    if (!take("("))
      return false;
    if (take(")"))
      return true;
    do {
      if (!takeType(types))
        return false;
    } while (take(","));
    return take(")");
  }
  bool isAtEnd() { return take("") && rest.empty(); }

private:
  std::string_view rest;
};

} // namespace

Result<FuncType> writ::parseFuncType(std::string_view text) {
  TypeParser parser(text);
  FuncType type;
  if (parser.takeList(type.params) && parser.take("->") &&
      (parser.takeType(type.results) || parser.takeList(type.results)) && parser.isAtEnd())
    return type;
  return badInput("'" + std::string(text) +
                  "' is no type of a function; expected one such as (i32, i64) -> f32");
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
