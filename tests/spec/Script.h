//===- Script.h - The commands of one file of the test suite --------------===//
#ifndef WRIT_TESTS_SPEC_SCRIPT_H
#define WRIT_TESTS_SPEC_SCRIPT_H

#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace writ::test {

enum class CommandKind : uint8_t {
  Module,
  Register,
  Action,
  Return,
  Trap,
  Invalid,
  Malformed,
  Exhaustion,
  Unlinkable,
  Uninstantiable,
};
inline constexpr size_t numCommandKinds = 10;
std::string_view commandName(CommandKind kind); ///< "return", "trap", …

/// An argument, or what a result must be.
struct ScriptValue {
  enum class Pattern : uint8_t { Exact, CanonicalNan, ArithmeticNan, NotNull };
  ValueType type = ValueType::I32;
  Pattern pattern = Pattern::Exact;
  uint64_t bits = 0; ///< externref: the handle, one more than the script's number; 0 null.
};

struct Command {
  CommandKind kind = CommandKind::Module;
  unsigned line = 0;
  std::string file;    ///< Path of the module, if there is one.
  bool isText = false; ///< `file` is a module in the text format.
  std::string name;    ///< Of a module: what later commands call it.
  std::string as;      ///< Register: under which name.
  std::string text;    ///< What the trap or error should say.
  /// The action: calls or, if `isGet`, reads the export `field` of `module`.
  bool isGet = false;
  std::string module, field;
  std::vector<ScriptValue> args;
  std::vector<ScriptValue> expected;
};

/// The scripts that arguments of a command line name: files, and folders that have some. If there
/// are none, or nothing that reads them, there are none here, and why is printed.
std::vector<std::string> findScripts(const std::vector<std::string> &paths);

/// What the script in `path` commands. wast2json reads it at `copy`, where what it cannot read is
/// replaced, and puts its files beside that. Counts the places that were replaced in `edited`.
Result<std::vector<Command>> convertScript(const std::string &path, const std::string &copy,
                                           unsigned &edited);

/// Whether `bits`, a result of type `value.type`, is what `value` asks for.
bool matches(const ScriptValue &value, uint64_t bits);

} // namespace writ::test

#endif
