//===- PolicyOptions.h - Which modules a subcommand accepts ---------------===//
#ifndef WRIT_TOOLS_WRIT_POLICYOPTIONS_H
#define WRIT_TOOLS_WRIT_POLICYOPTIONS_H

#include "frontend/wasm/Policy.h"
#include "hostabi/Result.h"

#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace writ::cli {

/// The options `--limits` and `--features`, as given.
struct PolicyOptions {
  std::string preset = "default";
  std::string features;

  void addTo(CLI::App &app);

  /// BadInput if a name is unknown.
  Result<wasm::Policy> policy() const;
};

} // namespace writ::cli

#endif
