//===- Inspect.cpp - writ inspect: what is in a module --------------------===//
#include "tools/writ/Inspect.h"

#include "frontend/wasm/ModuleFile.h"
#include "frontend/wasm/Wasm.h"
#include "tools/writ/Choices.h"
#include "tools/writ/Describe.h"
#include "tools/writ/PolicyOptions.h"
#include "tools/writ/Suggest.h"
#include "tools/writ/Values.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace writ::cli {
namespace {

struct InspectOptions {
  std::string file;
  std::string stage;
  std::string func;
  PolicyOptions policy;
  unsigned optLevel = 2;
  bool json = false;
};

} // namespace

static constexpr const char *examples =
    R"(Without --emit: sections, imports, exports, the features without which the module would be
refused, and the size and metered frame of each function.

Stages for --emit:
  contract   the contract dialect, as imported
  metered    the same with charges and stack limits: what all tiers are made from
  bytecode   the interpreter's
  singlepass the singlepass tier's machine code
  llvm       LLVM IR before optimization
  llvm-opt   LLVM IR after optimization
  asm        the LLVM tier's machine code

Examples:
  writ inspect token.wasm
  writ inspect token.wasm --json
  writ inspect token.wasm --emit metered --func transfer
  writ inspect token.wasm --emit singlepass --func 3
)";

/// A feature is needed if the module is refused without it.
static std::vector<std::string> neededFeatures(std::span<const uint8_t> bytes,
                                               const wasm::Policy &policy) {
  std::vector<std::string> needed;
  for (const std::string &name : choices("--features")) {
    auto feature = *wasm::parseFeature(name);
    wasm::Policy without = policy;
    without.features.set(feature, false);
    if (feature == wasm::Feature::Mvp || !wasm::readModule(bytes, without, ""))
      needed.push_back(name);
  }
  return needed;
}

/// By name, export or index.
static uint32_t findFunction(const InspectOptions &options, const ModuleInfo &info) {
  std::vector<std::string> names = functionNames(info);
  if (auto found = std::ranges::find(names, options.func); found != names.end())
    return uint32_t(found - names.begin());
  for (const ExportDecl &decl : info.exports)
    if (decl.kind == ExternKind::Func && decl.name == options.func)
      return decl.index;
  auto index = parseCount(options.func, ~0u, "function");
  if (index && *index < info.funcs.size())
    return uint32_t(*index);
  throw Fatal(ExitCode::BadInput, fmt::format("{}: has no function '{}'{}", options.file,
                                              options.func, suggestion(options.func, names)));
}

static ExitCode inspect(const InspectOptions &options) {
  wasm::Policy policy = orFatal(options.policy.policy());
  auto bytes = orFatal(wasm::readModuleFile(options.file, policy.limits.moduleBytes));
  wasm::Module module = orFatal(wasm::readModule(bytes, policy, options.file));
  std::optional<uint32_t> func;
  if (!options.func.empty())
    func = findFunction(options, module.info);
  if (func && *func < module.importedFuncs)
    throw Fatal(ExitCode::BadInput, fmt::format("{}: {} is imported: it has no code here",
                                                options.file, functionName(module.info, *func)));
  if (!options.stage.empty())
    return emit(bytes, {options.stage, options.file, policy, func, options.optLevel});
  ModuleFacts facts{options.file, neededFeatures(bytes, policy)};
  options.json ? printModuleJson(module, facts, func) : printModule(module, facts, func);
  return ExitCode::Ok;
}

void addInspect(CLI::App &app, Command &chosen) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App *sub =
      app.add_subcommand("inspect", "Show what is in a module, or a stage of its compile");
  sub->footer(examples);
  sub->add_option("FILE", options->file, "A .wasm module; - for standard input")
      ->required()
      ->type_name("");
  auto *json = sub->add_flag("--json", options->json, "Print as JSON");
  sub->add_option("--emit", options->stage, "Print a stage: " + listOf(choices("--emit")))
      ->check(CLI::IsMember(choices("--emit")))
      ->type_name("STAGE")
      ->excludes(json);
  sub->add_option("--func", options->func, "Only this function, by name or index")
      ->type_name("NAME|INDEX");
  sub->add_option("-O", options->optLevel, "Optimization of llvm-opt and asm, 0 to 3")
      ->check(CLI::Range(0u, 3u))
      ->type_name("LEVEL")
      ->capture_default_str();
  options->policy.addTo(*sub);
  sub->callback([options, &chosen] { chosen = [options] { return inspect(*options); }; });
}

} // namespace writ::cli
