//===- Wasm.h - Read and validate WebAssembly modules ---------------------===//
#ifndef WRIT_FRONTEND_WASM_WASM_H
#define WRIT_FRONTEND_WASM_WASM_H

#include "frontend/wasm/Module.h"
#include "frontend/wasm/Policy.h"
#include "hostabi/Result.h"

#include <span>
#include <string_view>

namespace writ::wasm {

/// Reads and validates the module in `bytes`, which the result points into.
/// `name` (a file name, say) starts every error message. Takes time and memory
/// linear in the input for every input. Thread-safe; up to `threads` threads work on the bodies.
Result<Module> readModule(std::span<const uint8_t> bytes, const Policy &policy,
                          std::string_view name, unsigned threads = 1);

} // namespace writ::wasm

#endif
