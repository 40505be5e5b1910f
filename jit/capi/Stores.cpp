//===- Stores.cpp - Stores and what contracts import, for C ---------------===//
#include "jit/capi/Handles.h"

#include <fmt/format.h>

using namespace writ;
using namespace writ::capi;

writ_error_t *writ_store_new(const writ_engine_t *engine, writ_store_t **store) {
  *store = new writ_store_t(engine->engine);
  return nullptr;
}

void writ_store_free(writ_store_t *store) { delete store; }

writ_error_t *writ_store_define_function(writ_store_t *store, const char *module, const char *name,
                                         const char *type, writ_host_function call, void *user,
                                         void (*release)(void *user)) {
  // From here on `release` is called, whatever happens.
  std::shared_ptr<void> keep;
  if (release)
    keep.reset(user, release);
  Result<FuncType> parsed = parseFuncType(type);
  if (!parsed)
    return toC(
        badInput(fmt::format("host function {}.{}: {}", module, name, parsed.error().message)));
  HostFunction function;
  function.type = std::move(*parsed);
  function.call = call;
  function.user = user;
  function.keep = std::move(keep);
  store->linker.defineFunction(module, name, std::move(function));
  return nullptr;
}

writ_error_t *writ_store_define_memory(writ_store_t *store, const char *module, const char *name,
                                       uint32_t min, uint32_t max) {
  SizeLimits limits{min, std::nullopt};
  if (max != UINT32_MAX)
    limits.max = max;
  if (limits.max && *limits.max < min)
    return toC(badInput(
        fmt::format("memory {}.{}: maximum {} is below minimum {}", module, name, max, min)));
  Result<Memory *> memory =
      store->store.createMemory(limits, store->engine->options.limits.memoryPages);
  if (!memory)
    return toC(memory.error());
  store->linker.define(module, name, *memory);
  return nullptr;
}

static Result<void> checkType(writ_type_t type) {
  if (type <= WRIT_EXTERNREF)
    return {};
  return badInput(fmt::format("{} is no type of values", type));
}

writ_error_t *writ_store_define_global(writ_store_t *store, const char *module, const char *name,
                                       writ_value_t value, int is_mutable) {
  if (Result<void> checked = checkType(value.type); !checked)
    return toC(checked);
  Global *global = store->store.createGlobal(ValueType(value.type), is_mutable != 0, toWord(value));
  store->linker.define(module, name, global);
  return nullptr;
}

writ_error_t *writ_store_define_instance(writ_store_t *store, const char *module,
                                         const writ_instance_t *instance) {
  store->linker.defineInstance(module, *instance->instance);
  return nullptr;
}
