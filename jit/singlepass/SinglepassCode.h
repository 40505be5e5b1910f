//===- SinglepassCode.h - Loaded code of this tier ------------------------===//
#ifndef WRIT_JIT_SINGLEPASS_SINGLEPASSCODE_H
#define WRIT_JIT_SINGLEPASS_SINGLEPASSCODE_H

#include "jit/runtime/CodePages.h"
#include "jit/runtime/CompiledModule.h"
#include "jit/runtime/Signals.h"
#include "jit/singlepass/ModuleCompiler.h"

#include <optional>

namespace writ::singlepass {

class SinglepassCode final : public TierCode {
public:
  std::string_view name() const override { return "singlepass"; }
  CodeEntry entry(uint32_t func) const override;
  const RuntimeCalls *runtimeCalls() const override;
  size_t codeBytes() const override { return pages.bytes(); }
  std::vector<CodeSymbol> symbols() const override;
  size_t coldFrameWords() const override { return coldWords; }
  std::span<const TrapSite> trapSites() const override { return sites; }
  const uint32_t *callTypes() const override { return signatures.data(); }

  /// Errors are Internal.
  static Result<std::shared_ptr<const SinglepassCode>> create(EmittedModule module,
                                                              size_t coldWords);

  /// Of code that counts: where calls find the code of each own function, and its ticks.
  void **entryTable() const { return reinterpret_cast<void **>(pages.data()); }
  const TickTable &tickTable() const { return ticks; }
  uint32_t numFunctions() const { return uint32_t(functions.size()); }

private:
  SinglepassCode() = default;

  void *codeAt(uint32_t offset) const { return const_cast<uint8_t *>(pages.begin()) + offset; }

  CodePages pages;
  std::vector<TrapSite> sites;
  std::vector<uint32_t> signatures;
  TickTable ticks;
  std::vector<uint32_t> functions, thunks, jumps; ///< Offsets.
  uint32_t firstFunction = 0, functionsEnd = 0;
  size_t coldWords = 0;
  std::optional<CodeRegistration> registration;
};

} // namespace writ::singlepass

#endif
