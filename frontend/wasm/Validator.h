//===- Validator.h - Type-checks function bodies --------------------------===//
#ifndef WRIT_FRONTEND_WASM_VALIDATOR_H
#define WRIT_FRONTEND_WASM_VALIDATOR_H

#include "frontend/wasm/ReadState.h"

namespace writ::wasm {

/// Validates the bodies that `state` has found, and fills in `Module::bodies`. All other
/// sections must have been read. The algorithm is that of the specification's appendix.
///
/// `FuncBody::maxOperandBytes` is the largest sum of `frameBytes` over the operand stack after
/// any op. What an op pops counts no more once it has pushed its results. Dead code (what
/// follows an unconditional branch in its block, with all that is nested there) does not
/// count.
///
/// Up to `threads` threads take part. The outcome is the same whatever their number.
void validateBodies(ReadState &state, unsigned threads);

} // namespace writ::wasm

#endif
