//===- TakeTrap.h - What a trap in native code comes to -------------------===//
#ifndef WRIT_JIT_RUNTIME_TAKETRAP_H
#define WRIT_JIT_RUNTIME_TAKETRAP_H

#include "hostabi/Context.h"

namespace writ {

/// Puts the trap of `site` into the activation, with the gas left after what is to be given
/// back and what is still owed.
///
/// Native code need not look at the gas left after a charge as long as nothing that lasts is
/// done (docs/native-abi.md). If it is below zero now, the gas had run out before this op.
/// Async-signal-safe.
inline void takeTrap(InstanceContext *context, const TrapSite &site) {
  Activation *activation = context->activation;
  uint64_t refund = site.refund == ~0u ? 0 : context->prices[site.refund];
  uint64_t owed = site.owed == ~0u ? 0 : context->prices[site.owed];
  uint64_t gas = context->gas + refund - owed;
  bool hasRunOut = site.kind == TrapKind::OutOfGas || int64_t(gas) < 0;
  activation->gas = hasRunOut ? 0 : gas;
  activation->trap = {hasRunOut ? TrapKind::OutOfGas : site.kind, site.func, site.offset,
                      context->instance};
}

} // namespace writ

#endif
