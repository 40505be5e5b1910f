//===- Options.h - The options of an engine, by name ----------------------===//
#ifndef WRIT_JIT_CAPI_OPTIONS_H
#define WRIT_JIT_CAPI_OPTIONS_H

#include "jit/capi/Handles.h"

#include <span>

namespace writ::capi {

/// One option: what users call it, and how its text is taken.
struct Option {
  std::string_view name;
  Result<void> (*set)(EngineOptions &options, std::string_view value);
};

/// Those that docs/c-api.md lists, in that order.
std::span<const Option> engineOptions();

} // namespace writ::capi

#endif
