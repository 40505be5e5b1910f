//===- Inspect.h - What writ inspect shows of a module --------------------===//
#ifndef WRIT_TOOLS_WRIT_INSPECT_H
#define WRIT_TOOLS_WRIT_INSPECT_H

#include "frontend/wasm/Module.h"
#include "frontend/wasm/Policy.h"
#include "tools/writ/Cli.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace writ::cli {

/// What is not in the module itself.
struct ModuleFacts {
  std::string file;
  /// Those without which the module would not be accepted.
  std::vector<std::string> features;
};

/// Bytes of the metered frame of own function `body` (DESIGN §5, docs/metering.md).
uint64_t frameBound(const wasm::Module &module, size_t body);

/// Tables for people, on standard output. `func`: only that function.
void printModule(const wasm::Module &module, const ModuleFacts &facts,
                 std::optional<uint32_t> func);

/// The same as one JSON object.
void printModuleJson(const wasm::Module &module, const ModuleFacts &facts,
                     std::optional<uint32_t> func);

/// What `--emit` was asked for.
struct EmitRequest {
  std::string stage; ///< One of choices("--emit").
  std::string file;
  wasm::Policy policy;
  std::optional<uint32_t> func; ///< Only this one.
  unsigned optLevel = 2;
};

/// Prints the module in `bytes` as it stands at a stage of its way to code.
ExitCode emit(std::span<const uint8_t> bytes, const EmitRequest &request);

} // namespace writ::cli

#endif
