//===- WasmArtifact.cpp - Metered modules as artifacts --------------------===//
#include "jit/WasmArtifact.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

using namespace writ;
using cache::Key;
using cache::SectionId;

//===----------------------------------------------------------------------===//
// Prices
//===----------------------------------------------------------------------===//

/// All prices that the target looks at, in the format of docs/schedules.md; the same for schedules
/// that differ by name only.
static std::string scheduleText(const Schedule &schedule) {
  std::string text = "name prices\n";
  for (size_t i = 0; i < numCostClasses; ++i)
    text += fmt::format("price {} {}\n", costClassName(CostClass(i)), schedule.classPrices[i]);
  text += fmt::format("host_default {}\n", schedule.hostDefault);
  for (const auto &[names, price] : schedule.hosts)
    text += fmt::format("host \"{}\" \"{}\" {}\n", names.first, names.second, price);
  return text;
}

/// Empty for the usual one.
static std::string scheduleTextUnlessFlat(const Schedule &schedule) {
  std::string text = scheduleText(schedule);
  return text == scheduleText(*shippedSchedule("flat")) ? "" : text;
}

/// What a key says of a schedule: enough digits that no two are found that share them.
static std::string scheduleOption(const std::string &text) {
  constexpr size_t digits = 32;
  return "schedule=" + cache::digestOf(text).hex().substr(0, digits);
}

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

/// Those that are not at their defaults, sorted.
static std::string optionsText(const WasmArtifactRequest &request) {
  const WasmTargetOptions &options = request.options, standard;
  const WasmOptions &target = options.target;
  std::set<std::string> texts;
  std::vector<std::string> features = featureNamesOf(target.features);
  if (features != featureNamesOf(standard.target.features))
    texts.insert(fmt::format("features={}", fmt::join(features, ",")));
  if (!target.metered)
    texts.insert("metering=none");
  if (target.meterOwner == MeterOwner::Host)
    texts.insert("meter=import");
  if (target.names)
    texts.insert("names");
  if (target.positions)
    texts.insert("positions");
  if (!target.charges)
    texts.insert("no-charges");
  if (options.meterOnly)
    texts.insert("meter-only");
  if (options.sizePercent != standard.sizePercent)
    texts.insert(fmt::format("size={}", options.sizePercent));
  if (std::string prices = scheduleTextUnlessFlat(request.schedule); !prices.empty())
    texts.insert(scheduleOption(prices));
  return fmt::format("{}", fmt::join(texts, " "));
}

/// All of the features that there are, on or off.
static Result<TargetFeatures> exactFeatures(std::string_view list) {
  std::string all;
  for (const std::string &name : targetFeatureNames())
    all += "-" + name + ",";
  return parseTargetFeatures(all + std::string(list));
}

/// One of them backwards. False if there is no such option.
static bool setOption(std::string_view text, WasmTargetOptions &options) {
  WasmOptions &target = options.target;
  if (text == "metering=none")
    return target.metered = false, true;
  if (text == "meter=import")
    return target.meterOwner = MeterOwner::Host, true;
  if (text == "names")
    return target.names = true;
  if (text == "positions")
    return target.positions = true;
  if (text == "no-charges")
    return target.charges = false, true;
  if (text == "meter-only")
    return options.meterOnly = true;
  std::string_view value = text.substr(std::min(text.find('=') + 1, text.size()));
  if (text.starts_with("features=")) {
    auto features = exactFeatures(value);
    if (features)
      target.features = *features;
    return bool(features);
  }
  if (!text.starts_with("size=") || value.empty() || value.size() > 9 ||
      value.find_first_not_of("0123456789") != value.npos)
    return false;
  options.sizePercent = unsigned(std::stoul(std::string(value)));
  return true;
}

Result<void> writ::useWasmArtifact(const cache::Artifact &artifact, WasmArtifactRequest &request) {
  auto prices = artifact.read(SectionId::Schedule);
  if (!prices)
    return prices.error();
  std::string text(prices->begin(), prices->end());
  request.schedule = *shippedSchedule("flat");
  if (!text.empty()) {
    auto schedule = parseSchedule(text, "artifact: schedule");
    if (!schedule)
      return schedule.error();
    request.schedule = std::move(*schedule);
  }
  const Key &key = artifact.head().key;
  for (std::string_view rest = key.options; !rest.empty();) {
    std::string_view option = rest.substr(0, rest.find(' '));
    if (!option.starts_with("schedule=") && !setOption(option, request.options))
      return badInput(fmt::format("there is no option '{}'", option));
    rest.remove_prefix(std::min(option.size() + 1, rest.size()));
  }
  if (optionsText(request) != key.options)
    return badInput("artifact: its schedule or its options are not those that it is kept under");
  return {};
}

//===----------------------------------------------------------------------===//
// Artifacts
//===----------------------------------------------------------------------===//

Key writ::wasmArtifactKey(const cache::Digest &code, const WasmArtifactRequest &request) {
  Key key;
  key.code = code;
  key.compiler = cache::thisCompiler();
  key.tier = wasmTier;
  key.target = wasmTarget;
  key.options = optionsText(request);
  return key;
}

Result<std::vector<uint8_t>> writ::compileWasmArtifact(std::span<const uint8_t> bytes,
                                                       const WasmArtifactRequest &request) {
  auto module = compileWasm(bytes, request.schedule, request.options);
  if (!module)
    return module.error();
  std::string prices = scheduleTextUnlessFlat(request.schedule);
  cache::ArtifactHead head;
  head.key = wasmArtifactKey(cache::digestOf(bytes), request);
  head.work = bytes.size();
  std::vector<cache::SectionBytes> sections;
  sections.push_back({SectionId::Wasm, std::move(*module)});
  sections.push_back({SectionId::Schedule, {prices.begin(), prices.end()}});
  return cache::writeArtifact(head, sections, request.macKey);
}

bool writ::isWasmArtifact(const cache::Artifact &artifact) {
  return artifact.head().key.tier == wasmTier;
}

Result<std::vector<uint8_t>> writ::wasmModuleOf(const cache::Artifact &artifact) {
  if (!isWasmArtifact(artifact) || !artifact.find(SectionId::Wasm))
    return badInput(
        fmt::format("artifact: it has code of tier '{}', and no module", artifact.head().key.tier));
  return artifact.read(SectionId::Wasm);
}
