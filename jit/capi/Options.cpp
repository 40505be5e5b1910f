//===- Options.cpp - The options of an engine, by name --------------------===//
#include "jit/capi/Options.h"

#include "cache/CpuFeatures.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

using namespace writ;
using namespace writ::capi;

/// Puts the number in `text` into `place`.
template <typename T>
static Result<void> setNumber(T &place, std::string_view text, uint64_t least, uint64_t most) {
  uint64_t number = 0;
  auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc() || end != text.data() + text.size())
    return badInput(fmt::format("'{}' is not a number", text));
  if (number < least || number > most)
    return badInput(fmt::format("{} is not between {} and {}", text, least, most));
  place = T(number);
  return {};
}

static Result<void> setTier(EngineOptions &options, std::string_view value) {
  constexpr std::string_view tiers[] = {"interp", "singlepass", "llvm", "auto"};
  if (std::ranges::find(tiers, value) == std::end(tiers))
    return badInput(
        fmt::format("there is no tier '{}'; expected interp, singlepass, llvm or auto", value));
  options.tier = value;
  return {};
}

static Result<void> setPolicy(EngineOptions &options, std::string_view value) {
  std::optional<wasm::Policy> policy = wasm::policyPreset(value);
  if (!policy)
    return badInput(fmt::format("there is no policy '{}'; expected default or near", value));
  options.policy = *policy;
  return {};
}

static Result<void> setFeature(EngineOptions &options, std::string_view name, bool isAllowed) {
  std::optional<wasm::Feature> feature = wasm::parseFeature(name);
  if (!feature)
    return badInput(fmt::format("there is no feature '{}'", name));
  options.policy.features.set(*feature, isAllowed);
  return {};
}

static Result<void> setBounds(EngineOptions &options, std::string_view value) {
  if (value != "guard" && value != "explicit")
    return badInput(fmt::format("'{}' is no way to check; expected guard or explicit", value));
  options.explicitBounds = value == "explicit";
  return {};
}

static Result<void> setTarget(EngineOptions &options, std::string_view value) {
  if (!cache::cpuFeaturesOf(value))
    return badInput(fmt::format("there is no target '{}'; expected x86-64-v2 or x86-64-v3", value));
  options.target = value;
  return {};
}

static Result<void> setAccess(EngineOptions &options, std::string_view value) {
  if (value != "read" && value != "write")
    return badInput(fmt::format("'{}' is no access; expected read or write", value));
  options.cache.access = value == "read" ? cache::Access::ReadOnly : cache::Access::ReadWrite;
  return {};
}

static Result<void> setKeyFile(EngineOptions &options, std::string_view value) {
  Result<cache::MacKey> key = cache::MacKey::fromFile(std::string(value));
  if (!key)
    return key.error();
  options.macKey = std::move(*key);
  return {};
}

static Result<void> setSchedule(EngineOptions &options, std::string_view value) {
  Result<Schedule> schedule = loadSchedule(std::string(value));
  if (!schedule)
    return schedule.error();
  options.schedule = std::move(*schedule);
  return {};
}

static constexpr Option options[] = {
    // What is compiled, and how.
    {"tier", setTier},
    {"policy", setPolicy},
    {"allow", [](EngineOptions &o, std::string_view v) { return setFeature(o, v, true); }},
    {"forbid", [](EngineOptions &o, std::string_view v) { return setFeature(o, v, false); }},
    {"threads",
     [](EngineOptions &o, std::string_view v) { return setNumber(o.threads, v, 1, 1024); }},
    {"opt-level",
     [](EngineOptions &o, std::string_view v) { return setNumber(o.optLevel, v, 0, 3); }},
    {"bounds", setBounds},
    {"llvm-budget",
     [](EngineOptions &o, std::string_view v) { return setNumber(o.llvmBudget, v, 0, ~0ull); }},
    {"target", setTarget},
    // Where artifacts are, and which are trusted.
    {"cache",
     [](EngineOptions &o, std::string_view v) {
       o.cachePath = v;
       return Result<void>();
     }},
    {"cache-access", setAccess},
    {"cache-quota", [](EngineOptions &o,
                       std::string_view v) { return setNumber(o.cache.quotaBytes, v, 0, ~0ull); }},
    {"key-file", setKeyFile},
    // How it runs.
    {"schedule", setSchedule},
    {"gas", [](EngineOptions &o,
               std::string_view v) { return setNumber(o.limits.gas, v, 0, maxGas - 1); }},
    {"stack-bytes",
     [](EngineOptions &o, std::string_view v) {
       return setNumber(o.limits.stackBytes, v, 0, maxStackBytes);
     }},
    {"memory-pages",
     [](EngineOptions &o, std::string_view v) {
       return setNumber(o.limits.memoryPages, v, 0, maxMemoryPages);
     }},
    {"table-elements",
     [](EngineOptions &o, std::string_view v) {
       return setNumber(o.limits.tableElements, v, 0, UINT32_MAX);
     }},
};

std::span<const Option> writ::capi::engineOptions() { return ::options; }
