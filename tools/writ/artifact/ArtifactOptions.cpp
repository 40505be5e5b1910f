//===- ArtifactOptions.cpp - What shapes artifacts, on the command line ---===//
#include "tools/writ/artifact/ArtifactOptions.h"

#include "tools/writ/Cli.h"
#include "tools/writ/Suggest.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

void ArtifactOptions::addChecksTo(CLI::App &app) {
  app.add_option("--key-file", keyFile,
                 "Sign artifacts with these bytes; default: $WRIT_ARTIFACT_KEY (hexadecimal) or "
                 "$WRIT_ARTIFACT_KEY_FILE")
      ->type_name("FILE");
  policy.addTo(app);
}

void ArtifactOptions::addTo(CLI::App &app, const std::vector<std::string> &moreTargets) {
  std::vector<std::string> targets = {"x86-64-v2", "x86-64-v3"};
  targets.insert(targets.end(), moreTargets.begin(), moreTargets.end());
  app.add_option("--target", target,
                 moreTargets.empty() ? "Processors that the LLVM tier's code is for"
                                     : "What the code is for: " + listOf(targets))
      ->check(CLI::IsMember(targets))
      ->type_name("CPU")
      ->capture_default_str();
  app.add_option("-O", optLevel, "Optimization of the LLVM tier, 0 to 3")
      ->check(CLI::Range(0u, 3u))
      ->type_name("LEVEL")
      ->capture_default_str();
  addChecksTo(app);
}

CompileOptions ArtifactOptions::compileOptions() const {
  CompileOptions options;
  options.policy = orFatal(policy.policy());
  options.optLevel = optLevel;
  return options;
}

std::optional<cache::MacKey> ArtifactOptions::macKey() const {
  if (!keyFile.empty())
    return orFatal(cache::MacKey::fromFile(keyFile));
  return orFatal(cache::MacKey::fromEnvironment());
}

std::vector<std::string> ArtifactOptions::words() const {
  std::vector<std::string> words = {"--target", target,       "-O", std::to_string(optLevel),
                                    "--limits", policy.preset};
  if (!policy.features.empty())
    words.insert(words.end(), {"--features", policy.features});
  if (!keyFile.empty())
    words.insert(words.end(), {"--key-file", keyFile});
  return words;
}

static constexpr NativeTier nativeTiers[] = {NativeTier::Singlepass, NativeTier::LLVM};

std::vector<std::string> artifactTiers() {
  std::vector<std::string> names;
  for (NativeTier tier : nativeTiers)
    names.emplace_back(tierName(tier));
  return names;
}

NativeTier artifactTier(const std::string &name) {
  for (NativeTier tier : nativeTiers)
    if (name == tierName(tier))
      return tier;
  throw Fatal(ExitCode::BadInput,
              fmt::format("'{}' makes no artifacts{}; expected {}", name,
                          suggestion(name, artifactTiers()), listOf(artifactTiers())));
}

} // namespace writ::cli
