//===- WasmTarget.h - Metered core IR to a WebAssembly module -------------===//
//
// docs/wasm-target.md says what modules look like from outside.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_LOWERING_WASM_WASMTARGET_H
#define WRIT_LOWERING_WASM_WASMTARGET_H

#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"
#include "hostabi/Schedule.h"
#include "mlir-dialect/IR/Contract.h"

#include <string>
#include <vector>

namespace writ {

/// Extensions of WebAssembly 1.0 that the emitted module may use.
struct TargetFeatures {
  bool signExtension = true;
  bool saturatingFloatToInt = false, multiValue = false, bulkMemory = false, referenceTypes = false,
       tailCall = false;
};

/// Whose the globals of the meter are.
enum class MeterOwner : uint8_t {
  Module, ///< The module's own, exported.
  Host,   ///< Imported from "writ", so that instances that call each other have one meter.
};

struct WasmOptions {
  TargetFeatures features;
  bool metered = true;
  MeterOwner meterOwner = MeterOwner::Module;
  bool names = false;     ///< Write a name section.
  bool positions = false; ///< Write `writ.positions`.
  bool charges = true;    ///< Write `writ.charges`, without which prices are there to stay.
  /// Bytes that the module may have if that makes it faster.
  uint64_t sizeBudget = 0;
  std::string name = "module"; ///< Starts error messages.
};

/// The module of `ir`, which must satisfy `contract-verify-core`; `info` is what it declares.
/// Changes `ir`. The same input and options give the same bytes. Errors: BadInput with the
/// position, if the features do not suffice or a name of the metering ABI is taken.
Result<std::vector<uint8_t>> emitWasm(mlir::ModuleOp ir, const ModuleInfo &info,
                                      const Schedule &schedule, const WasmOptions &options);

} // namespace writ

#endif
