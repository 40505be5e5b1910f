//===- AutoCode.h - The tier that changes its code while it runs ----------===//
#ifndef WRIT_JIT_TIERUP_AUTOCODE_H
#define WRIT_JIT_TIERUP_AUTOCODE_H

#include "jit/tierup/TierUp.h"

namespace writ {

/// Counting code, and what takes its place function by function.
class AutoCode final : public TierCode {
public:
  /// `baseline` is the code that `tierUp` was made for, with its table of `numFunctions` entries.
  AutoCode(std::shared_ptr<const TierCode> baseline, void *const *entries, size_t numFunctions,
           std::shared_ptr<TierUp> tierUp, size_t coldWords);

  std::string_view name() const override { return "auto"; }
  CodeEntry entry(uint32_t func) const override { return counting->entry(func); }
  const RuntimeCalls *runtimeCalls() const override { return &calls; }
  bool wantsNearPrices() const override { return counting->wantsNearPrices(); }
  const TierCode &baseline() const override { return *counting; }
  size_t coldFrameWords() const override { return coldWords; }
  std::span<const TrapSite> trapSites() const override { return counting->trapSites(); }
  const uint32_t *callTypes() const override { return counting->callTypes(); }
  size_t codeBytes() const override { return counting->codeBytes() + counts().codeBytes; }
  std::vector<CodeSymbol> symbols() const override { return counting->symbols(); }
  void *const *entries() const override { return table; }
  size_t numCounters() const override { return numFunctions; }
  void startCounters(std::span<int32_t> counters) const override {
    tierUp->startCounters(counters);
  }
  void endCounters(std::span<const int32_t> counters) const override {
    tierUp->endCounters(counters);
  }
  void attach(const CompiledModule *module) const override { tierUp->attach(module); }

  TierUpCounts counts() const { return tierUp->counts(); }

private:
  static void *tick(InstanceContext *context, uint32_t index, TickRegisters *registers);

  std::shared_ptr<const TierCode> counting;
  RuntimeCalls calls;
  void *const *table;
  size_t numFunctions;
  std::shared_ptr<TierUp> tierUp;
  size_t coldWords;
};

/// The counts of a module that has this tier; else nothing but zeros.
TierUpCounts tierUpCounts(const CompiledModule &module);

} // namespace writ

#endif
