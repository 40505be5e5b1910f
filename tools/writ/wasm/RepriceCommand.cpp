//===- RepriceCommand.cpp - writ reprice: another schedule, same code -----===//
#include "frontend/wasm/ModuleFile.h"
#include "frontend/wasm/Policy.h"
#include "lowering/wasm/Reprice.h"
#include "tools/writ/Cli.h"
#include "tools/writ/Output.h"

#include <CLI/CLI.hpp>

namespace writ::cli {

static constexpr const char *examples =
    R"(The code stays as it is: only the prices are filled in again, from the section writ.charges.

Examples:
  writ reprice token.metered.wasm --schedule near -o token.near.wasm
)";

namespace {
struct RepriceOptions {
  std::string file, output, schedule;
};
} // namespace

static ExitCode repriceFile(const RepriceOptions &options) {
  auto bytes = orFatal(wasm::readModuleFile(options.file, wasm::Policy().limits.moduleBytes));
  auto schedule = orFatal(loadSchedule(options.schedule));
  auto module = orFatal(reprice(bytes, schedule, options.file));
  deliver(outputPath(options.output, options.file, "." + schedule.name + ".wasm"), module,
          "priced by " + schedule.name);
  return ExitCode::Ok;
}

void addReprice(CLI::App &app, Command &chosen) {
  auto options = std::make_shared<RepriceOptions>();
  CLI::App *sub =
      app.add_subcommand("reprice", "Fill another schedule into a module that meters itself");
  sub->footer(examples);
  sub->add_option("FILE", options->file, "A module that writ compile --target wasm32 made")
      ->required()
      ->type_name("");
  sub->add_option("--schedule", options->schedule, "What gas costs: a shipped schedule or a file")
      ->required()
      ->type_name("NAME|FILE");
  sub->add_option("-o,--output", options->output,
                  "The result; default: FILE with the schedule's name in it; - for standard output")
      ->type_name("FILE");
  sub->callback([options, &chosen] { chosen = [options] { return repriceFile(*options); }; });
}

} // namespace writ::cli
