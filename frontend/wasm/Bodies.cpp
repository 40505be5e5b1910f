//===- Bodies.cpp - Validates all function bodies, on threads -------------===//
#include "frontend/wasm/BodyValidator.h"
#include "frontend/wasm/Validator.h"
#include "hostabi/Crew.h"

#include <atomic>
#include <mutex>

namespace writ::wasm {

namespace {

/// So many bodies that taking them costs nothing.
constexpr size_t bodiesAtOnce = 16;

/// What several threads take bodies from.
class AllBodies {
public:
  explicit AllBodies(ReadState &state) : state(state) {
    state.module.bodies.resize(state.bodies.size());
  }

  /// Validates bodies until none is left, or one is bad.
  void work() {
    BodyValidator validator(state);
    size_t begin;
    while (!validator.failure().isSet() &&
           (begin = next.fetch_add(bodiesAtOnce)) < state.bodies.size())
      validate(validator, begin, std::min(begin + bodiesAtOnce, state.bodies.size()));
    std::lock_guard lock(mutex);
    state.module.hasTailCalls |= validator.hasTailCalls();
  }

private:
  void validate(BodyValidator &validator, size_t begin, size_t end) {
    for (size_t own = begin; own < end; ++own) {
      auto func = uint32_t(state.module.importedFuncs + own);
      state.module.bodies[own] = validator.validate(func, state.bodies[own]);
      if (validator.failure().isSet())
        return note(func, validator.failure());
    }
  }

  /// The first of several counts: all before it have been taken, so it is always found.
  void note(uint32_t func, const Failure &failure) {
    std::lock_guard lock(mutex);
    if (state.failedFunc && *state.failedFunc < func)
      return;
    state.failure = failure;
    state.failedFunc = func;
  }

  ReadState &state;
  std::atomic<size_t> next = 0;
  std::mutex mutex; ///< For the failure and `hasTailCalls`.
};

} // namespace

/// Of all bodies together.
static void checkModuleLocals(ReadState &state) {
  uint64_t total = 0;
  for (size_t own = 0; own < state.bodies.size(); ++own) {
    for (LocalRun run : state.module.bodies[own].locals)
      total += run.count;
    auto offset = uint32_t(state.bodies[own].data() - state.module.bytes.data());
    if (state.within(&Limits::moduleLocals, total, offset))
      continue;
    state.failedFunc = uint32_t(state.module.importedFuncs + own);
    return;
  }
}

void validateBodies(ReadState &state, unsigned threads) {
  AllBodies all(state);
  size_t most = (state.bodies.size() + bodiesAtOnce - 1) / bodiesAtOnce;
  Crew crew(std::max<size_t>(std::min<size_t>(threads, most), 1) - 1, [&] { all.work(); });
  all.work();
  crew.join();
  if (!state.failure.isSet())
    checkModuleLocals(state);
}

} // namespace writ::wasm
