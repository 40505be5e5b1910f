//===- PolicyOptions.cpp - Which modules a subcommand accepts -------------===//
#include "tools/writ/PolicyOptions.h"

#include "tools/writ/Choices.h"
#include "tools/writ/Suggest.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

void PolicyOptions::addTo(CLI::App &app) {
  app.add_option("--limits", preset,
                 fmt::format("Preset of features and limits: {}", listOf(choices("--limits"))))
      ->type_name("PRESET")
      ->capture_default_str();
  app.add_option("--features", features,
                 fmt::format("Change the preset's features: +NAME or NAME allows, -NAME forbids; "
                             "'mvp,NAME,...' allows exactly these. Names: {}",
                             listOf(choices("--features"))))
      ->type_name("LIST");
}

/// Applies one item of the list, such as "-tail-call".
static Result<void> applyFeature(std::string_view item, wasm::FeatureSet &features) {
  bool on = !item.starts_with('-');
  std::string_view name = item.substr(item.starts_with('-') || item.starts_with('+') ? 1 : 0);
  auto feature = wasm::parseFeature(name);
  if (!feature)
    return badInput(
        fmt::format("unknown feature '{}'{}", name, suggestion(name, choices("--features"))));
  if (item == "mvp")
    features = {};
  features.set(*feature, on);
  return {};
}

Result<wasm::Policy> PolicyOptions::policy() const {
  auto policy = wasm::policyPreset(preset);
  if (!policy)
    return badInput(fmt::format("unknown preset of limits '{}'{} (there are: {})", preset,
                                suggestion(preset, choices("--limits")),
                                listOf(choices("--limits"))));
  for (const std::string &item : CLI::detail::split(features, ',')) {
    if (item.empty())
      continue;
    if (auto applied = applyFeature(item, policy->features); !applied)
      return applied.error();
  }
  return *policy;
}

} // namespace writ::cli
