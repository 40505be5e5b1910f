//===- Reprice.h - Fill another schedule into a metered module ------------===//
#ifndef WRIT_LOWERING_WASM_REPRICE_H
#define WRIT_LOWERING_WASM_REPRICE_H

#include "hostabi/Result.h"
#include "hostabi/Schedule.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace writ {

/// `module`, which the Wasm target made, with the prices of `schedule`: the same bytes that it
/// would have been emitted with, as far as prices do not decide what is worth its bytes. No
/// compiler is needed. Errors are BadInput and start with `name`: no `writ.charges` section, or one
/// that does not fit the module.
Result<std::vector<uint8_t>> reprice(std::span<const uint8_t> module, const Schedule &schedule,
                                     std::string_view name);

} // namespace writ

#endif
