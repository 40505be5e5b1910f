//===- SinglepassCode.h - Loaded code of this tier ------------------------===//
#ifndef WRIT_JIT_SINGLEPASS_SINGLEPASSCODE_H
#define WRIT_JIT_SINGLEPASS_SINGLEPASSCODE_H

#include "jit/runtime/CompiledModule.h"
#include "jit/runtime/Signals.h"
#include "jit/singlepass/Cold.h"
#include "jit/singlepass/Linker.h"

#include <optional>

namespace writ::singlepass {

class SinglepassCode final : public TierCode {
public:
  std::string_view name() const override { return "singlepass"; }
  CodeEntry entry(uint32_t func) const override;
  std::span<const uint8_t> machineCode() const override {
    return {module.pages.begin(), module.pages.bytes()};
  }
  size_t codeBytes() const override { return module.pages.bytes(); }
  std::vector<CodeSymbol> symbols() const override;
  const RuntimeCalls *runtimeCalls() const override;
  bool wantsNearPrices() const override { return true; }
  std::span<const TrapSite> trapSites() const override { return module.sites; }
  const uint32_t *callTypes() const override { return signatures.data(); }

  /// A region of the module: the function that has it, and its number there.
  struct RegionPlace {
    uint32_t func, region;
  };
  RegionPlace findRegion(uint32_t region) const;
  const ColdSource &cold() const { return *coldSource; }

  /// Errors are Internal.
  static Result<std::shared_ptr<const SinglepassCode>> create(LinkedModule module,
                                                              std::unique_ptr<ColdSource> cold);

  /// Of code that counts: where calls find the code of each own function, and its ticks.
  void **entryTable() const { return reinterpret_cast<void **>(module.pages.data()); }
  const TickTable &tickTable() const { return module.ticks; }

private:
  SinglepassCode(LinkedModule module, std::unique_ptr<ColdSource> cold)
      : module(std::move(module)), coldSource(std::move(cold)) {}

  void *codeAt(uint32_t offset) const {
    return const_cast<uint8_t *>(module.pages.begin()) + offset;
  }

  LinkedModule module;
  std::unique_ptr<ColdSource> coldSource;
  std::vector<uint32_t> signatures;
  std::optional<CodeRegistration> registration;
};

} // namespace writ::singlepass

#endif
