//===- Translator.h - Core IR to the interpreter's bytecode ---------------===//
#ifndef WRIT_JIT_INTERP_TRANSLATOR_H
#define WRIT_JIT_INTERP_TRANSLATOR_H

#include "hostabi/Result.h"
#include "jit/interp/Code.h"
#include "lowering/ChargeTable.h"
#include "lowering/RegionLiveIns.h"

#include <memory>

namespace writ::interp {

/// The code of `module`, which must satisfy `contract-verify-core` and have its blocks in an
/// order in which definitions come before their uses, as importers make it. Takes time and
/// memory linear in the module's size. Fills `regions`, if given, for native tiers. Errors:
/// Limit for a function with more locals than code can name, else Internal.
Result<std::shared_ptr<Code>> translate(mlir::ModuleOp module, ChargeTable &charges,
                                        RegionMap *regions);

/// Translates functions of one module, each alone.
class FunctionTranslator {
public:
  explicit FunctionTranslator(mlir::ModuleOp module);
  ~FunctionTranslator();

  /// The code of one function, for its regions: what calls other functions in it must not be run.
  /// `function` is in the index space; others need no bodies. Regions are numbered from 0. Errors
  /// as `translate`.
  Result<std::shared_ptr<Code>> translate(uint32_t function, ChargeTable &charges,
                                          RegionMap *regions);

private:
  std::unique_ptr<struct ModuleNames> names;
};

} // namespace writ::interp

#endif
