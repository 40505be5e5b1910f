//===- OrcCode.h - Loaded native code as a tier ---------------------------===//
#ifndef WRIT_JIT_ORC_ORCCODE_H
#define WRIT_JIT_ORC_ORCCODE_H

#include "jit/orc/Loader.h"
#include "jit/runtime/CompiledModule.h"
#include "jit/runtime/Signals.h"
#include "lowering/ContractToLLVM.h"

#include <optional>

namespace writ::orc {

class OrcCode final : public TierCode {
public:
  std::string_view name() const override { return "llvm"; }
  CodeEntry entry(uint32_t func) const override { return entries[func - firstFunction]; }
  std::span<const uint8_t> machineCode() const override {
    return {static_cast<const uint8_t *>(code.begin), code.bytes};
  }
  const RuntimeCalls *runtimeCalls() const override;
  size_t codeBytes() const override { return code.bytes; }
  std::vector<CodeSymbol> symbols() const override;
  size_t coldFrameWords() const override { return coldWords; }
  std::span<const TrapSite> trapSites() const override { return sites; }
  const uint32_t *callTypes() const override { return signatures.data(); }

  /// Registers the code's faults. Errors are Internal.
  static Result<std::shared_ptr<const TierCode>> create(LoweredModule module, LoadedCode loaded,
                                                        size_t coldWords);

private:
  explicit OrcCode(LoadedCode loaded) : code(std::move(loaded)) {}

  LoadedCode code;
  std::vector<TrapSite> sites;
  std::vector<uint32_t> signatures;
  std::vector<CodeEntry> entries;
  uint32_t firstFunction = 0;
  size_t coldWords = 0;
  std::optional<CodeRegistration> registration;
};

} // namespace writ::orc

#endif
