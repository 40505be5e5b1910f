//===- MeterOnly.h - Meter a module in place ------------------------------===//
//
// docs/wasm-target.md says what such modules look like.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_METERONLY_METERONLY_H
#define WRIT_JIT_METERONLY_METERONLY_H

#include "frontend/wasm/Module.h"
#include "hostabi/Schedule.h"
#include "lowering/wasm/WasmTarget.h"

namespace writ {

/// `module` with metering between its instructions, which otherwise stay as they are: functions,
/// their order and all that has an index. It may use what the input uses; `options.features` says
/// what of it helpers may. The same input and options give the same bytes. Thread-safe. Errors:
/// BadInput with the position, if a name of the metering ABI is taken, or for what cannot be
/// metered.
Result<std::vector<uint8_t>> meterOnly(const wasm::Module &module, const Schedule &schedule,
                                       const WasmOptions &options);

} // namespace writ

#endif
