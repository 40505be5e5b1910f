//===- WasmCommand.h - The Wasm target on the command line ----------------===//
#ifndef WRIT_TOOLS_WRIT_WASM_WASMCOMMAND_H
#define WRIT_TOOLS_WRIT_WASM_WASMCOMMAND_H

#include "jit/WasmArtifact.h"

#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace writ::cli {

/// Options of `writ compile --target wasm32`.
struct WasmCommand {
  std::string features, schedule = "flat", meter = "export";
  bool meterOnly = false, noMetering = false, names = false, positions = false, noCharges = false;
  unsigned sizePercent = 130;

  void addTo(CLI::App &app);
  /// What they ask for, of a module that `policy` accepts. Throws `Fatal`.
  WasmArtifactRequest request(const wasm::Policy &policy, const std::string &file) const;
  /// Those given, as the command line of another writ.
  std::vector<std::string> words() const;
};

} // namespace writ::cli

#endif
