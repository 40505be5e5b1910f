//===- SinglepassCode.h - Loaded code of this tier ------------------------===//
#ifndef WRIT_JIT_SINGLEPASS_SINGLEPASSCODE_H
#define WRIT_JIT_SINGLEPASS_SINGLEPASSCODE_H

#include "jit/runtime/CompiledModule.h"
#include "jit/runtime/Signals.h"
#include "jit/singlepass/ModuleCompiler.h"

#include <optional>

namespace writ::singlepass {

/// Pages that hold code: written while they are not executable, and never again.
class CodePages {
public:
  CodePages() = default;
  ~CodePages();
  CodePages(const CodePages &) = delete;
  CodePages &operator=(const CodePages &) = delete;

  /// Copies `code` in, and makes it executable. Errors are Internal.
  Result<void> load(std::span<const uint8_t> code);

  uint8_t *begin = nullptr;
  size_t bytes = 0;
};

class SinglepassCode final : public TierCode {
public:
  std::string_view name() const override { return "singlepass"; }
  CodeEntry entry(uint32_t func) const override;
  const RuntimeCalls *runtimeCalls() const override;
  size_t codeBytes() const override { return pages.bytes; }
  std::vector<CodeSymbol> symbols() const override;
  size_t coldFrameWords() const override { return coldWords; }
  std::span<const TrapSite> trapSites() const override { return sites; }
  const uint32_t *callTypes() const override { return signatures.data(); }

  /// Errors are Internal.
  static Result<std::shared_ptr<const TierCode>> create(EmittedModule module, size_t coldWords);

private:
  SinglepassCode() = default;

  CodePages pages;
  std::vector<TrapSite> sites;
  std::vector<uint32_t> signatures;
  std::vector<uint32_t> functions, thunks; ///< Offsets.
  uint32_t firstFunction = 0, functionsEnd = 0;
  size_t coldWords = 0;
  std::optional<CodeRegistration> registration;
};

} // namespace writ::singlepass

#endif
