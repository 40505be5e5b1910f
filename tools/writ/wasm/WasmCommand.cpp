//===- WasmCommand.cpp - The Wasm target on the command line --------------===//
#include "tools/writ/wasm/WasmCommand.h"

#include "tools/writ/Cli.h"
#include "tools/writ/Suggest.h"

#include <CLI/CLI.hpp>

namespace writ::cli {

void WasmCommand::addTo(CLI::App &app) {
  auto *group = app.add_option_group("wasm32", "For --target wasm32");
  group
      ->add_option(
          "--wasm-features", features,
          "What the result may use beyond WebAssembly 1.0: " + listOf(targetFeatureNames()) +
              ", separated by commas; - in front takes " + "away; default: +sign-extension")
      ->type_name("LIST");
  group->add_option("--schedule", schedule, "What gas costs: a shipped schedule or a file")
      ->type_name("NAME|FILE")
      ->capture_default_str();
  group
      ->add_option("--meter", meter,
                   "Whether gas_left and the like are exported, or imported from \"writ\"")
      ->check(CLI::IsMember({"export", "import"}))
      ->type_name("export|import")
      ->capture_default_str();
  CLI::Option *only =
      group->add_flag("--meter-only", meterOnly,
                      "Keep the module as it is, with metering between its instructions");
  group->add_flag("--no-metering", noMetering, "Neither gas nor stack depth")->excludes(only);
  group->add_flag("--names", names, "With a name section")->excludes(only);
  group->add_flag("--positions", positions, "With writ.positions, from code to the input's code");
  group->add_flag("--no-charges", noCharges, "Without writ.charges: never to be repriced");
  group
      ->add_option("--size", sizePercent,
                   "Per cent of the input's size that the result may have to be faster")
      ->type_name("PERCENT")
      ->capture_default_str();
}

WasmArtifactRequest WasmCommand::request(const wasm::Policy &policy,
                                         const std::string &file) const {
  WasmArtifactRequest request;
  request.schedule = orFatal(loadSchedule(schedule));
  WasmTargetOptions &options = request.options;
  options.policy = policy;
  options.name = file;
  options.sizePercent = sizePercent;
  options.meterOnly = meterOnly;
  options.target.features = orFatal(parseTargetFeatures(features));
  options.target.metered = !noMetering;
  options.target.meterOwner = meter == "import" ? MeterOwner::Host : MeterOwner::Module;
  options.target.names = names;
  options.target.positions = positions;
  options.target.charges = !noCharges;
  return request;
}

std::vector<std::string> WasmCommand::words() const {
  std::vector<std::string> words = {"--schedule", schedule, "--meter",
                                    meter,        "--size", std::to_string(sizePercent)};
  if (!features.empty())
    words.insert(words.end(), {"--wasm-features", features});
  for (auto [isGiven, flag] : {std::pair(noMetering, "--no-metering"),
                               {meterOnly, "--meter-only"},
                               {names, "--names"},
                               {positions, "--positions"},
                               {noCharges, "--no-charges"}})
    if (isGiven)
      words.emplace_back(flag);
  return words;
}

} // namespace writ::cli
