//===- Outcome.cpp - How the outcome of a call is shown -------------------===//
#include "tools/writ/Outcome.h"

#include "hostabi/Traps.h"
#include "tools/writ/Describe.h"
#include "tools/writ/ProfileReport.h"
#include "tools/writ/Values.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

using Json = nlohmann::ordered_json;

/// "trap: out_of_gas in transfer (token.wasm:0x1f3) after 100000 gas".
static std::string trapLine(const CallReport &report) {
  const TrapRecord &trap = report.outcome.trap;
  std::string line = fmt::format("trap: {}", trapName(trap.kind));
  if (!report.outcome.hostMessage.empty())
    line += fmt::format(" ({})", report.outcome.hostMessage);
  if (trap.func != ~0u)
    line += " in " + functionName(report.info, trap.func);
  if (trap.offset != ~0u)
    line += fmt::format(" ({}:{:#x})", report.file, trap.offset);
  return line + fmt::format(" after {} gas", report.outcome.gasUsed);
}

static ExitCode printText(const CallReport &report) {
  const CallOutcome &outcome = report.outcome;
  for (size_t i = 0; i < outcome.values.size(); ++i)
    fmt::print("{}\n", formatValue(outcome.values[i], report.type.results[i]));
  std::fflush(stdout); // So that it comes before what follows, where both go to one place.
  if (outcome.trapped())
    fmt::print(stderr, "{}\n", trapLine(report));
  else
    fmt::print(stderr, "gas: {}\n", outcome.gasUsed);
  for (const StageTime &time : report.times)
    fmt::print(stderr, "{}: {:.3f} ms\n", time.stage, time.seconds * 1e3);
  if (report.profiler)
    fmt::print(stderr, "{}", profileTable(*report.profiler));
  return outcome.trapped() ? ExitCode::Trap : ExitCode::Ok;
}

static Json trapJson(const CallReport &report) {
  const TrapRecord &trap = report.outcome.trap;
  Json json = {{"kind", trapName(trap.kind)}, {"text", trapText(trap.kind)}};
  if (trap.func != ~0u) {
    json["function"] = functionName(report.info, trap.func);
    json["function_index"] = trap.func;
  }
  if (trap.offset != ~0u)
    json["offset"] = trap.offset;
  if (!report.outcome.hostMessage.empty())
    json["message"] = report.outcome.hostMessage;
  return json;
}

static ExitCode printJson(const CallReport &report) {
  const CallOutcome &outcome = report.outcome;
  Json json = {{"file", report.file},
               {"export", report.called},
               {"tier", report.tier},
               {"schedule", report.schedule},
               {"outcome", outcome.trapped() ? "trap" : "return"}};
  json["values"] = Json::array();
  for (size_t i = 0; i < outcome.values.size(); ++i) {
    ValueType type = report.type.results[i];
    json["values"].push_back(
        {{"type", valueTypeName(type)}, {"value", formatValue(outcome.values[i], type)}});
  }
  if (outcome.trapped())
    json["trap"] = trapJson(report);
  json["gas_used"] = outcome.gasUsed;
  json["gas_limit"] = report.gasLimit;
  for (const StageTime &time : report.times)
    json["times_ms"][std::string(time.stage)] = time.seconds * 1e3;
  if (report.profiler)
    json["profile"] = profileJson(*report.profiler);
  // Names may hold any bytes.
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
  return outcome.trapped() ? ExitCode::Trap : ExitCode::Ok;
}

ExitCode printReport(const CallReport &report, bool json) {
  return json ? printJson(report) : printText(report);
}

} // namespace writ::cli
