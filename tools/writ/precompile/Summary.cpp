//===- Summary.cpp - What a precompilation came to ------------------------===//
#include "tools/writ/precompile/Summary.h"

#include "tools/writ/Text.h"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace writ::cli::precompile {

void Summary::add(Outcome outcome) {
  ++counts[size_t(outcome.status)];
  if (outcome.status == Status::Compiled) {
    compiledBytes += outcome.moduleBytes;
    artifactBytes += outcome.artifactBytes;
    compileSeconds += outcome.seconds;
  }
  peakBytes = std::max(peakBytes, outcome.peakBytes);
  outcomes.push_back(std::move(outcome));
}

void Summary::finish(size_t modules, unsigned workers, double wallSeconds, bool isComplete) {
  this->modules = modules;
  this->workers = workers;
  this->wallSeconds = wallSeconds;
  complete = isComplete;
  // Workers end in any order.
  std::ranges::sort(outcomes, {}, [](const Outcome &o) { return std::tie(o.path, o.tier); });
}

/// "not compiled" lines, for those whom nobody can help and those who may be tried again.
static std::string failureLine(const Outcome &outcome) {
  std::string tier = outcome.tier.empty() ? "" : fmt::format(" ({})", outcome.tier);
  std::string again = outcome.status == Status::Broken ? "; will be tried again" : "";
  // Errors start with the path already.
  std::string message = outcome.message.starts_with(outcome.path)
                            ? outcome.message
                            : outcome.path + ": " + outcome.message;
  return message + tier + again + "\n";
}

std::string Summary::text() const {
  std::string text;
  for (const Outcome &outcome : outcomes)
    if (outcome.status == Status::Failed || outcome.status == Status::Broken)
      text += failureLine(outcome);
  text +=
      fmt::format("{} modules: {} artifacts compiled, {} in the cache before, {} failed{}\n",
                  modules, count(Status::Compiled), count(Status::Cached),
                  count(Status::Failed) + count(Status::Broken), complete ? "" : ", interrupted");
  if (count(Status::Compiled) > 0)
    text += fmt::format(
        "{} of modules to {} of artifacts in {} ({} worker{}: {} of compiling): {:.1f} modules/s, "
        "{}/s; a worker took at most {}\n",
        bytesText(double(compiledBytes)), bytesText(double(artifactBytes)),
        secondsText(wallSeconds), workers, workers == 1 ? "" : "s", secondsText(compileSeconds),
        double(count(Status::Compiled)) / wallSeconds,
        bytesText(double(compiledBytes) / wallSeconds), bytesText(double(peakBytes)));
  return text;
}

Json Summary::json() const {
  Json rows = Json::array();
  for (const Outcome &outcome : outcomes)
    rows.push_back(toJson(outcome));
  return {{"complete", complete},
          {"modules", modules},
          {"compiled", count(Status::Compiled)},
          {"cached", count(Status::Cached)},
          {"failed", count(Status::Failed)},
          {"broken", count(Status::Broken)},
          {"workers", workers},
          {"wall_s", wallSeconds},
          {"compile_s", compileSeconds},
          {"module_bytes", compiledBytes},
          {"artifact_bytes", artifactBytes},
          {"peak_bytes", peakBytes},
          {"outcomes", std::move(rows)}};
}

} // namespace writ::cli::precompile
