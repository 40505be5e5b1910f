//===- Main.cpp - writ: one program with subcommands ----------------------===//
#include "tools/writ/Cli.h"
#include "tools/writ/Suggest.h"

#include "jit/CompileWorker.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <llvm/Config/llvm-config.h>
#include <string_view>
#include <unistd.h>

namespace writ::cli {

static constexpr const char *examples = R"(Examples:
  writ run token.wasm transfer 1 7 250 --gas 100000
  writ inspect token.wasm
  writ validate contracts/*.wasm --limits near
  writ bench kernels/ --html report.html
  writ compile token.wasm
  writ precompile contracts/
  source <(writ completion bash)

'writ SUBCOMMAND --help' says more.
)";

/// All names of options of `app`, with their dashes.
static std::vector<std::string> optionNames(const CLI::App &app) {
  std::vector<std::string> names;
  for (const CLI::Option *option : app.get_options()) {
    if (option->get_group().empty()) // Not for people.
      continue;
    for (const std::string &name : option->get_lnames())
      names.push_back("--" + name);
    for (const std::string &name : option->get_snames())
      names.push_back("-" + name);
  }
  return names;
}

static std::vector<std::string> subcommandNames(const CLI::App &app) {
  std::vector<std::string> names;
  for (const CLI::App *sub : app.get_subcommands([](const CLI::App *) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

/// What to say about a command line that does not parse.
static std::string explain(const CLI::App &app, const CLI::ParseError &error) {
  auto chosen = app.get_subcommands();
  const CLI::App &at = chosen.empty() ? app : *chosen.front();
  std::string help =
      chosen.empty() ? " (see 'writ --help')" : " (see 'writ " + at.get_name() + " --help')";
  auto extras = at.remaining();
  for (const std::string &extra : extras)
    if (extra.starts_with('-'))
      return "unknown option '" + extra + "'" +
             suggestion(extra.substr(0, extra.find('=')), optionNames(at)) + help;
  if (chosen.empty() && !extras.empty())
    return "unknown subcommand '" + extras.front() + "'" +
           suggestion(extras.front(), subcommandNames(app)) + help;
  if (chosen.empty())
    return "no subcommand given" + help;
  if (!extras.empty())
    return "unexpected argument '" + extras.front() + "'" + help;
  return error.what() + help;
}

static ExitCode dispatch(CLI::App &app, Command &chosen, int argc, char **argv) {
  try {
    app.parse(arguments(argc, argv));
  } catch (const CLI::Success &request) { // --help, --version
    app.exit(request);
    return ExitCode::Ok;
  } catch (const CLI::ParseError &error) {
    return printError(ExitCode::BadInput, explain(app, error));
  }
  return runCommand(chosen);
}

static ExitCode runMain(int argc, char **argv) {
  CLI::App app("writ compiles smart contracts and runs them, metered: the same result and the same "
               "gas on every tier",
               "writ");
  app.set_version_flag("--version",
                       fmt::format("writ {} (LLVM {})", WRIT_VERSION, LLVM_VERSION_STRING));
  app.require_subcommand(1);
  app.footer(examples);
  app.get_formatter()->column_width(32);
  Command chosen;
  addRun(app, chosen);
  addInspect(app, chosen);
  addValidate(app, chosen);
  addBench(app, chosen);
  addCompile(app, chosen);
  addPrecompile(app, chosen);
  addVerify(app, chosen);
  addReprice(app, chosen);
  addCache(app, chosen);
  addCompletion(app, chosen);
  return finishOutput(dispatch(app, chosen, argc, argv));
}

} // namespace writ::cli

static void onInterrupt(int) { _exit(int(writ::cli::ExitCode::Interrupted)); }

int main(int argc, char **argv) {
  // Not for users: what `--tier auto` starts to compile apart. It has no help and no options.
  if (argc == 2 && std::string_view(argv[1]) == "compile-worker")
    return writ::runCompileWorker(STDIN_FILENO, STDOUT_FILENO);
  std::signal(SIGINT, onInterrupt);
  std::signal(SIGXFSZ, SIG_IGN); // A file that gets too large is an error like a full disk.
  return int(writ::cli::runMain(argc, argv));
}
