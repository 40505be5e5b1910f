//===- Validate.cpp - writ validate: is this a module we accept? ----------===//
#include "frontend/wasm/ModuleFile.h"
#include "frontend/wasm/Wasm.h"
#include "tools/writ/Cli.h"
#include "tools/writ/PolicyOptions.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace writ::cli {
namespace {

struct ValidateOptions {
  std::vector<std::string> files;
  PolicyOptions policy;
  bool json = false;
};

} // namespace

static constexpr const char *examples =
    R"(Prints one line a file: 'FILE: valid', or what is wrong and where.

Exit code: 0 if all are valid, 2 if not, 3 if writ failed.

Examples:
  writ validate token.wasm
  writ validate *.wasm --limits near
  writ validate token.wasm --features mvp,sign-extension
  writ validate token.wasm --features=-tail-call --json
)";

static Result<void> validateFile(const std::string &file, const wasm::Policy &policy) {
  auto bytes = wasm::readModuleFile(file, policy.limits.moduleBytes);
  if (!bytes)
    return bytes.error();
  auto module = wasm::readModule(*bytes, policy, file);
  if (!module)
    return module.error();
  return {};
}

static ExitCode validate(const ValidateOptions &options) {
  wasm::Policy policy = orFatal(options.policy.policy());
  auto all = nlohmann::ordered_json::array();
  ExitCode code = ExitCode::Ok;
  for (const std::string &file : options.files) {
    Result<void> checked = validateFile(file, policy);
    if (!checked)
      code = std::max(code, exitCodeOf(checked.error().kind));
    if (options.json) {
      all.push_back({{"file", file}, {"valid", bool(checked)}});
      if (!checked)
        all.back()["error"] = checked.error().message;
      continue;
    }
    fmt::print("{}\n", checked ? file + ": valid" : checked.error().message);
  }
  if (options.json)
    fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  return code;
}

void addValidate(CLI::App &app, Command &chosen) {
  auto options = std::make_shared<ValidateOptions>();
  CLI::App *sub = app.add_subcommand("validate", "Say whether modules are valid");
  sub->footer(examples);
  sub->add_option("FILE", options->files, "Modules; - for standard input")
      ->required()
      ->type_name("");
  options->policy.addTo(*sub);
  sub->add_flag("--json", options->json, "Print the verdicts as JSON");
  sub->callback([options, &chosen] { chosen = [options] { return validate(*options); }; });
}

} // namespace writ::cli
