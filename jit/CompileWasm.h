//===- CompileWasm.h - From module bytes to a metered module --------------===//
#ifndef WRIT_JIT_COMPILEWASM_H
#define WRIT_JIT_COMPILEWASM_H

#include "frontend/wasm/Policy.h"
#include "hostabi/Schedule.h"
#include "lowering/wasm/WasmTarget.h"

#include <span>

namespace writ {

struct WasmTargetOptions {
  wasm::Policy policy; ///< What is read.
  std::string name = "module";
  WasmOptions target; ///< `name` and `sizeBudget` are set from the rest.
  /// Of the input's bytes, how many per cent the output may have if that makes it faster.
  unsigned sizePercent = 130;
  /// The input's code as it is, with metering in between: what the features say then holds for what
  /// is added. Must be metered; `names` has no meaning.
  bool meterOnly = false;
};

/// The WebAssembly target: the module in `bytes`, metered and priced by `schedule`. Thread-safe.
/// The same input and options give the same bytes. Errors: BadInput, Limit.
Result<std::vector<uint8_t>> compileWasm(std::span<const uint8_t> bytes, const Schedule &schedule,
                                         const WasmTargetOptions &options);

/// The features that a target may have beyond WebAssembly 1.0, by the names that policies have.
Result<TargetFeatures> parseTargetFeatures(std::string_view list);
std::vector<std::string> targetFeatureNames();
/// Those that `features` has.
std::vector<std::string> featureNamesOf(const TargetFeatures &features);

} // namespace writ

#endif
