//===- ArtifactOptions.h - What shapes artifacts, on the command line -----===//
#ifndef WRIT_TOOLS_WRIT_ARTIFACT_ARTIFACTOPTIONS_H
#define WRIT_TOOLS_WRIT_ARTIFACT_ARTIFACTOPTIONS_H

#include "jit/CompileArtifact.h"
#include "tools/writ/PolicyOptions.h"

#include <optional>
#include <string>
#include <vector>

namespace writ::cli {

/// Options of `compile`, `precompile` and `verify`. Functions throw `Fatal`.
struct ArtifactOptions {
  std::string target = "x86-64-v3", keyFile;
  unsigned optLevel = 2;
  PolicyOptions policy;

  /// `moreTargets` are words for `--target` besides processors.
  void addTo(CLI::App &app, const std::vector<std::string> &moreTargets = {});
  /// Only what tells which modules and artifacts are accepted.
  void addChecksTo(CLI::App &app);

  CompileOptions compileOptions() const;
  /// To sign with: that of `--key-file`, else of the environment; none if neither is there.
  std::optional<cache::MacKey> macKey() const;
  /// Those given, as the command line of another writ.
  std::vector<std::string> words() const;
};

/// The tiers that make artifacts, by their names.
std::vector<std::string> artifactTiers();

/// The tier of that name. Throws `Fatal` if it makes no artifacts.
NativeTier artifactTier(const std::string &name);

} // namespace writ::cli

#endif
