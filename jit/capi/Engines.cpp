//===- Engines.cpp - Configurations and engines for C ---------------------===//
#include "jit/capi/Options.h"

#include <fmt/format.h>

using namespace writ;
using namespace writ::capi;

writ_config_t *writ_config_new(void) { return new writ_config_t(); }

void writ_config_free(writ_config_t *config) { delete config; }

writ_error_t *writ_config_set(writ_config_t *config, const char *option, const char *value) {
  for (const Option &known : engineOptions()) {
    if (known.name != option)
      continue;
    Result<void> set = known.set(config->options, value);
    if (set)
      return nullptr;
    return toC(Error{set.error().kind, fmt::format("option {}: {}", option, set.error().message)});
  }
  return toC(badInput(fmt::format("there is no option '{}'", option)));
}

writ_error_t *writ_config_set_schedule(writ_config_t *config, const char *text, size_t size) {
  Result<Schedule> schedule = parseSchedule({text, size}, "schedule");
  if (!schedule)
    return toC(schedule.error());
  config->options.schedule = std::move(*schedule);
  return nullptr;
}

writ_error_t *writ_config_set_key(writ_config_t *config, const uint8_t *key, size_t size) {
  Result<cache::MacKey> made = cache::MacKey::fromBytes({key, size});
  if (!made)
    return toC(made.error());
  config->options.macKey = std::move(*made);
  return nullptr;
}

writ_error_t *writ_engine_new(const writ_config_t *config, writ_engine_t **engine) {
  *engine = nullptr;
  auto made = std::make_shared<Engine>();
  if (config)
    made->options = config->options;
  if (!made->options.cachePath.empty()) {
    auto store = cache::Store::open(made->options.cachePath, made->options.cache);
    if (!store)
      return toC(store.error());
    made->cache = std::move(*store);
  }
  *engine = new writ_engine_t{std::move(made)};
  return nullptr;
}

void writ_engine_free(writ_engine_t *engine) { delete engine; }
