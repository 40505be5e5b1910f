//===- Unit.h - One function compiled again, better -----------------------===//
//
// A unit is the code of one function that takes the place of its baseline code: from the
// function's entry, or from the head of one of its loops on.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_TIERUP_UNIT_H
#define WRIT_JIT_TIERUP_UNIT_H

#include "hostabi/Context.h"
#include "hostabi/CostClasses.h"
#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"
#include "jit/runtime/CodePages.h"
#include "jit/runtime/Signals.h"

#include <memory>
#include <optional>
#include <vector>

namespace writ {

struct UnitRequest {
  uint32_t func = 0; ///< Function index.
  uint32_t loop = 0; ///< As in `contract.tick`; 0 for the function from its entry on.
};

/// What a compile gives: position-independent code that needs no relocation, and what belongs
/// to it.
struct UnitImage {
  std::vector<uint8_t> code;
  uint32_t entry = 0; ///< Where in `code`.
  std::vector<FaultSite> faults;
  std::vector<TrapSite> sites;
  std::vector<FuncType> callTypes; ///< What the code takes `context->callTypes` for.
  /// How it takes the charge table to go on behind the module's own.
  std::vector<CostCounts> addedCharges;
};

/// Compiles units of one module, for as long as that lives.
class UnitCompiler {
public:
  virtual ~UnitCompiler() = default;
  /// Thread-safe. Errors: Limit if it would take too much; Internal.
  virtual Result<UnitImage> compile(UnitRequest request) = 0;
  /// No more compiles are to be expected soon.
  virtual void rest() {}
};

/// A unit's code, ready to run.
class LoadedUnit {
public:
  /// Errors: Internal, also if `image` contradicts itself.
  static Result<std::unique_ptr<LoadedUnit>> load(UnitImage image);

  void *entry() const { return const_cast<uint8_t *>(pages.begin()) + offset; }
  size_t bytes() const { return pages.bytes(); }
  std::span<const uint8_t> code() const { return {pages.begin(), pages.bytes()}; }

private:
  CodePages pages;
  uint32_t offset = 0;
  std::vector<TrapSite> sites;
  std::optional<CodeRegistration> registration;
};

/// Is all that `image`, a unit of function `func`, says of itself so, as far as that can be told?
/// `numCharges` is the length of the charge table with what was added.
Result<void> checkUnit(const UnitImage &image, uint32_t func, size_t numCharges);

} // namespace writ

#endif
