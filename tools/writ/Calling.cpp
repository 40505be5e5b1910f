//===- Calling.cpp - Which export to call, with what, on which host -------===//
#include "tools/writ/Calling.h"

#include "tools/writ/Cli.h"
#include "tools/writ/HostFunctions.h"
#include "tools/writ/Suggest.h"
#include "tools/writ/Values.h"

#include <fmt/format.h>

namespace writ::cli {

static std::string typeOf(const ModuleInfo &info, const ExportDecl &decl) {
  return toString(info.funcs[decl.index].type);
}

static std::vector<std::string> functionExports(const ModuleInfo &info, bool withTypes) {
  std::vector<std::string> names;
  for (const ExportDecl &decl : info.exports)
    if (decl.kind == ExternKind::Func)
      names.push_back(withTypes ? decl.name + typeOf(info, decl) : decl.name);
  return names;
}

static const ExportDecl *findFunction(const ModuleInfo &info, const std::string &name) {
  for (const ExportDecl &decl : info.exports)
    if (decl.kind == ExternKind::Func && decl.name == name)
      return &decl;
  return nullptr;
}

/// The export to be called when none is named, or null.
static const ExportDecl *defaultFunction(const ModuleInfo &info) {
  for (const char *name : {"main", "_start"})
    if (const ExportDecl *decl = findFunction(info, name))
      return decl;
  auto all = functionExports(info, false);
  return all.size() == 1 ? findFunction(info, all.front()) : nullptr;
}

const ExportDecl &chooseExport(const CallRequest &request, const ModuleInfo &info) {
  auto exports = functionExports(info, true);
  if (exports.empty())
    throw Fatal(ExitCode::BadInput, request.file + ": exports no function");
  if (request.exportName.empty()) {
    if (const ExportDecl *decl = defaultFunction(info))
      return *decl;
    throw Fatal(ExitCode::BadInput,
                fmt::format("{}: say which export to call: {}", request.file, listOf(exports)));
  }
  if (const ExportDecl *decl = findFunction(info, request.exportName))
    return *decl;
  std::string near = suggestion(request.exportName, functionExports(info, false));
  throw Fatal(ExitCode::BadInput,
              fmt::format("{}: exports no function '{}'{}", request.file, request.exportName,
                          near.empty() ? "; it exports " + listOf(exports) : near));
}

std::vector<uint64_t> parseArguments(const CallRequest &request, const std::string &name,
                                     const FuncType &type) {
  if (request.args.size() != type.params.size())
    throw Fatal(ExitCode::BadInput,
                fmt::format("{} is {}: expected {} argument{}, not {}", name, toString(type),
                            type.params.size(), type.params.size() == 1 ? "" : "s",
                            request.args.size()));
  std::vector<uint64_t> words;
  for (size_t i = 0; i < request.args.size(); ++i) {
    auto word = parseValue(request.args[i], type.params[i]);
    if (!word)
      throw Fatal(ExitCode::BadInput,
                  fmt::format("argument {} of {}: {}", i + 1, name, word.error().message));
    words.push_back(*word);
  }
  return words;
}

void defineImports(const CallRequest &request, Linker &linker, const ModuleInfo &info) {
  if (request.hostClock)
    defineClock(linker);
  if (request.stubImports)
    defineStubs(linker, info);
  auto missing = missingImports(linker, info);
  if (missing.empty())
    return;
  std::string message = fmt::format("{}: cannot be linked: nobody gives {}", request.file,
                                    missing.size() == 1 ? "this import:" : "these imports:");
  constexpr size_t maxListed = 100;
  for (size_t i = 0; i < std::min(missing.size(), maxListed); ++i)
    message += "\n  " + missing[i];
  if (missing.size() > maxListed)
    message += fmt::format("\n  and {} more", missing.size() - maxListed);
  if (!request.stubImports)
    message += "\n(--stub-imports gives functions that trap when they are called)";
  throw Fatal(ExitCode::BadInput, message);
}

} // namespace writ::cli
