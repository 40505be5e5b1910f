//===- ProfileReport.h - Who took the gas and the time --------------------===//
#ifndef WRIT_TOOLS_WRIT_PROFILEREPORT_H
#define WRIT_TOOLS_WRIT_PROFILEREPORT_H

#include "jit/runtime/Profiler.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace writ::cli {

/// A table by own gas, then own time: calls, gas and time of each function, itself and with all
/// that it called. The functions beyond `maxRows` are summed up.
std::string profileTable(const Profiler &profiler, size_t maxRows = 40);

/// All functions, in the same order.
nlohmann::ordered_json profileJson(const Profiler &profiler);

/// A line for each way of calls, as flame graphs are made from: "run;transfer;find 1234".
/// `unit` is one of choices("--profile-unit"): the number is gas, nanoseconds or calls.
std::string foldedStacks(const Profiler &profiler, std::string_view unit);

} // namespace writ::cli

#endif
