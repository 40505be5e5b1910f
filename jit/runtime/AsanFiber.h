//===- AsanFiber.h - Tells AddressSanitizer of stack switches -------------===//
//
// Internal to jit/runtime. All of it is empty in builds without AddressSanitizer.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_RUNTIME_ASANFIBER_H
#define WRIT_JIT_RUNTIME_ASANFIBER_H

#include "jit/runtime/Entry.h"
#include "jit/runtime/Thread.h"

#if __has_feature(address_sanitizer)
#define WRIT_ASAN 1
#define WRIT_NO_ASAN __attribute__((no_sanitize("address")))
#include <sanitizer/common_interface_defs.h>
#else
#define WRIT_ASAN 0
#define WRIT_NO_ASAN
#endif

namespace writ {

/// What an entry frame remembers of the stack it came from.
class AsanFiber {
public:
#if WRIT_ASAN
  /// Before the switch to `stack`; puts itself between the assembly and the thunk.
  void beforeEntry(const GuardedRegion &stack, NativeThunk &thunk, void *&native) {
    realThunk = thunk;
    realNative = native;
    thunk = arrive;
    native = this;
    switched = true;
    __sanitizer_start_switch_fiber(&fakeStack, stack.low(), stack.bytes());
  }
  /// Before the switch back, by a return or a trap.
  WRIT_NO_ASAN void beforeLeave() {
    if (switched)
      __sanitizer_start_switch_fiber(nullptr, outerBottom, outerBytes);
  }
  void afterLeave() {
    if (switched)
      __sanitizer_finish_switch_fiber(fakeStack, nullptr, nullptr);
  }

private:
  static void arrive(InstanceContext *context, Activation *activation, void *native,
                     uint64_t *values) {
    auto *fiber = static_cast<AsanFiber *>(native);
    __sanitizer_finish_switch_fiber(nullptr, &fiber->outerBottom, &fiber->outerBytes);
    fiber->realThunk(context, activation, fiber->realNative, values);
    fiber->beforeLeave();
  }

  bool switched = false;
  void *fakeStack = nullptr;
  const void *outerBottom = nullptr;
  size_t outerBytes = 0;
  NativeThunk realThunk = nullptr;
  void *realNative = nullptr;
#else
  void beforeEntry(const GuardedRegion &, NativeThunk &, void *&) {}
  void beforeLeave() {}
  void afterLeave() {}
#endif
};

} // namespace writ

#endif
