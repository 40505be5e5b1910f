//===- Script.cpp - Read the commands that wast2json writes ---------------===//
#include "tests/spec/Script.h"

#include "tests/support/Files.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <fmt/format.h>

namespace writ::test {

using Pattern = ScriptValue::Pattern;

namespace {
struct KindNames {
  std::string_view json, text;
};
} // namespace

static constexpr std::array<KindNames, numCommandKinds> kindNames = {{
    {"module", "module"},
    {"register", "register"},
    {"action", "action"},
    {"assert_return", "return"},
    {"assert_trap", "trap"},
    {"assert_invalid", "invalid"},
    {"assert_malformed", "malformed"},
    {"assert_exhaustion", "exhaustion"},
    {"assert_unlinkable", "unlinkable"},
    {"assert_uninstantiable", "uninstantiable"},
}};

std::string_view commandName(CommandKind kind) { return kindNames[size_t(kind)].text; }

static std::string textOf(const llvm::json::Object &object, llvm::StringRef key) {
  return object.getString(key).value_or("").str();
}

static Result<ScriptValue> readValue(const llvm::json::Object &object) {
  static constexpr ValueType types[] = {ValueType::I32, ValueType::I64,     ValueType::F32,
                                        ValueType::F64, ValueType::FuncRef, ValueType::ExternRef};
  std::string typeName = textOf(object, "type"), text = textOf(object, "value");
  ScriptValue value;
  const ValueType *type = std::ranges::find_if(
      types, [&](ValueType candidate) { return valueTypeName(candidate) == typeName; });
  if (type == std::end(types))
    return badInput("unknown value type '" + typeName + "'");
  value.type = *type;
  bool isReference = value.type >= ValueType::FuncRef;
  if (text == "nan:canonical")
    value.pattern = Pattern::CanonicalNan;
  else if (text == "nan:arithmetic")
    value.pattern = Pattern::ArithmeticNan;
  else if (isReference && (text.empty() || (value.type == ValueType::FuncRef && text != "null")))
    value.pattern = Pattern::NotNull;
  else if (isReference)
    value.bits = text == "null" ? 0 : std::stoull(text) + 1;
  else
    value.bits = std::stoull(text);
  return value;
}

static Result<std::vector<ScriptValue>> readValues(const llvm::json::Array *array) {
  std::vector<ScriptValue> values;
  if (array)
    for (const llvm::json::Value &item : *array) {
      Result<ScriptValue> value = readValue(*item.getAsObject());
      if (!value)
        return value.error();
      values.push_back(*value);
    }
  return values;
}

static Result<Command> readCommand(const llvm::json::Object &object, const std::string &folder) {
  Command command;
  std::string kind = textOf(object, "type");
  auto found = std::ranges::find(kindNames, kind, &KindNames::json);
  if (found == kindNames.end())
    return badInput("unknown command '" + kind + "'");
  command.kind = CommandKind(found - kindNames.begin());
  command.line = unsigned(object.getInteger("line").value_or(0));
  command.name = textOf(object, "name");
  command.as = textOf(object, "as");
  command.text = textOf(object, "text");
  command.isText = textOf(object, "module_type") == "text";
  if (std::string file = textOf(object, "filename"); !file.empty())
    command.file = folder + "/" + file;
  if (const llvm::json::Object *action = object.getObject("action")) {
    command.isGet = textOf(*action, "type") == "get";
    command.module = textOf(*action, "module");
    command.field = textOf(*action, "field");
    Result<std::vector<ScriptValue>> args = readValues(action->getArray("args"));
    if (!args)
      return args.error();
    command.args = std::move(*args);
  }
  if (command.kind != CommandKind::Return) // Others have types there, without values.
    return command;
  Result<std::vector<ScriptValue>> expected = readValues(object.getArray("expected"));
  if (!expected)
    return expected.error();
  command.expected = std::move(*expected);
  return command;
}

/// Reads what wast2json has written. Files of modules are beside `path`.
static Result<std::vector<Command>> readScript(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return badInput(path + ": cannot read: " + buffer.getError().message());
  llvm::Expected<llvm::json::Value> json = llvm::json::parse((*buffer)->getBuffer());
  if (!json)
    return badInput(path + ": " + llvm::toString(json.takeError()));
  const llvm::json::Array *list = json->getAsObject()->getArray("commands");
  std::vector<Command> commands;
  for (const llvm::json::Value &item : *list) {
    Result<Command> command =
        readCommand(*item.getAsObject(), llvm::sys::path::parent_path(path).str());
    if (!command)
      return badInput(path + ": " + command.error().message);
    commands.push_back(std::move(*command));
  }
  return commands;
}

static bool matchesNan(const ScriptValue &value, uint64_t bits) {
  bool single = value.type == ValueType::F32;
  uint64_t canonical = single ? 0x7fc00000 : 0x7ff8000000000000;
  uint64_t sign = single ? 0x80000000 : 0x8000000000000000;
  if (value.pattern == Pattern::CanonicalNan)
    return (bits & ~sign) == canonical;
  return (bits & canonical) == canonical;
}

bool matches(const ScriptValue &value, uint64_t bits) {
  switch (value.pattern) {
  case Pattern::NotNull:
    return bits != 0;
  case Pattern::CanonicalNan:
  case Pattern::ArithmeticNan:
    return matchesNan(value, bits);
  case Pattern::Exact:
    break;
  }
  bool isNarrow = value.type == ValueType::I32 || value.type == ValueType::F32;
  return isNarrow ? uint32_t(bits) == uint32_t(value.bits) : bits == value.bits;
}

//===----------------------------------------------------------------------===//
// Places that tools cannot read
//===----------------------------------------------------------------------===//

namespace {
struct Edit {
  std::string_view from, to;
};
} // namespace

/// Five places of the tail-call suite are about the subtypes of typed function references,
/// a later proposal, which neither wabt nor writ reads. What stays is that equal types match
/// and that unequal ones do not.
static constexpr Edit edits[] = {
    {"(func $f (result (ref null $t)) (ref.null $t))",
     "(func $f (result funcref) (ref.null func))"},
    {"(return_call_indirect $tab5 (result (ref null $t))",
     "(return_call_indirect $tab5 (result funcref)"},
    {"(func $type-ref-vs-funcref (result (ref null $t))",
     "(func $type-ref-vs-funcref (result externref)"},
};

/// Copies the script in `path` to `copy`, with what wast2json cannot read replaced. How many places
/// there were.
static unsigned copyEdited(const std::string &path, const std::string &copy) {
  Result<Bytes> bytes = readFile(path);
  if (!bytes)
    return 0;
  std::string text(bytes->begin(), bytes->end());
  unsigned count = 0;
  for (const Edit &edit : edits)
    for (size_t at = 0; (at = text.find(edit.from, at)) != std::string::npos; ++count)
      text.replace(at, edit.from.size(), edit.to);
  (void)writeFile(copy, {reinterpret_cast<const uint8_t *>(text.data()), text.size()});
  return count;
}

//===----------------------------------------------------------------------===//
// From the command line to commands
//===----------------------------------------------------------------------===//

std::vector<std::string> findScripts(const std::vector<std::string> &paths) {
  std::vector<std::string> scripts;
  for (const std::string &path : paths) {
    std::vector<std::string> found =
        path.ends_with(".wast") ? std::vector{path} : listFiles(path, ".wast");
    scripts.insert(scripts.end(), found.begin(), found.end());
  }
  if (!scripts.empty() && runProgram({"wast2json", "--version"}) == 0)
    return scripts;
  fmt::print("skipped: {}\n", scripts.empty() ? "no .wast files there" : "no wast2json (wabt)");
  return {};
}

Result<std::vector<Command>> convertScript(const std::string &path, const std::string &copy,
                                           unsigned &edited) {
  std::string json = copy + ".json";
  edited += copyEdited(path, copy);
  if (runProgram({"wast2json", "--enable-tail-call", copy, "-o", json}) != 0)
    return badInput(path + ": wast2json cannot read it");
  return readScript(json);
}

} // namespace writ::test
