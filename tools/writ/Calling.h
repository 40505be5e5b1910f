//===- Calling.h - Which export to call, with what, on which host ---------===//
#ifndef WRIT_TOOLS_WRIT_CALLING_H
#define WRIT_TOOLS_WRIT_CALLING_H

#include "hostabi/ModuleInfo.h"
#include "jit/runtime/Linker.h"

#include <string>
#include <vector>

namespace writ::cli {

/// What users of `writ run` and `writ-run` say about the call. Errors of the functions below are
/// `Fatal` with BadInput.
struct CallRequest {
  std::string file;       ///< For errors.
  std::string exportName; ///< Empty for the obvious one.
  std::vector<std::string> args;
  bool hostClock = false;
  bool stubImports = false;
};

/// The function to be called: a declaration of `info`.
const ExportDecl &chooseExport(const CallRequest &request, const ModuleInfo &info);

/// The arguments of the function `name` as words.
std::vector<uint64_t> parseArguments(const CallRequest &request, const std::string &name,
                                     const FuncType &type);

/// Gives what was asked for, of what `info` imports.
void defineImports(const CallRequest &request, Linker &linker, const ModuleInfo &info);

} // namespace writ::cli

#endif
