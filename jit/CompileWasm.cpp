//===- CompileWasm.cpp - From module bytes to a metered module ------------===//
#include "jit/CompileWasm.h"

#include "frontend/wasm/Wasm.h"
#include "jit/Engine.h"
#include "jit/meteronly/MeterOnly.h"

#include <algorithm>

using namespace writ;

namespace {
struct FeatureRow {
  wasm::Feature feature;
  bool TargetFeatures::*member;
};
} // namespace

static constexpr FeatureRow featureRows[] = {
    {wasm::Feature::SaturatingFloatToInt, &TargetFeatures::saturatingFloatToInt},
    {wasm::Feature::SignExtension, &TargetFeatures::signExtension},
    {wasm::Feature::MultiValue, &TargetFeatures::multiValue},
    {wasm::Feature::BulkMemory, &TargetFeatures::bulkMemory},
    {wasm::Feature::ReferenceTypes, &TargetFeatures::referenceTypes},
    {wasm::Feature::TailCall, &TargetFeatures::tailCall},
};

std::vector<std::string> writ::targetFeatureNames() {
  std::vector<std::string> names;
  for (const FeatureRow &row : featureRows)
    names.emplace_back(wasm::featureName(row.feature));
  return names;
}

std::vector<std::string> writ::featureNamesOf(const TargetFeatures &features) {
  std::vector<std::string> names;
  for (const FeatureRow &row : featureRows)
    if (features.*row.member)
      names.emplace_back(wasm::featureName(row.feature));
  return names;
}

/// "+bulk-memory,-sign-extension"; a name alone is as with +.
Result<TargetFeatures> writ::parseTargetFeatures(std::string_view list) {
  TargetFeatures features;
  while (!list.empty()) {
    std::string_view word = list.substr(0, list.find(','));
    list.remove_prefix(std::min(word.size() + 1, list.size()));
    bool isOn = !word.starts_with('-');
    if (word.starts_with('+') || word.starts_with('-'))
      word.remove_prefix(1);
    const FeatureRow *row = std::ranges::find_if(
        featureRows, [&](auto &row) { return wasm::featureName(row.feature) == word; });
    if (row == std::end(featureRows))
      return badInput("'" + std::string(word) + "' is no feature of the Wasm target");
    features.*row->member = isOn;
  }
  return features;
}

Result<std::vector<uint8_t>> writ::compileWasm(std::span<const uint8_t> bytes,
                                               const Schedule &schedule,
                                               const WasmTargetOptions &options) {
  WasmOptions target = options.target;
  target.name = options.name;
  target.sizeBudget = bytes.size() * options.sizePercent / 100;
  if (options.meterOnly) {
    auto module = wasm::readModule(bytes, options.policy, options.name);
    return module ? meterOnly(*module, schedule, target) : module.error();
  }
  CompileOptions compileOptions;
  compileOptions.policy = options.policy;
  compileOptions.name = options.name;
  compileOptions.metering = options.target.metered ? Metering::Merged : Metering::None;
  Result<PreparedModule> prepared = prepareModule(bytes, compileOptions);
  if (!prepared)
    return prepared.error();
  return emitWasm(*prepared->ir, prepared->info, schedule, target);
}
