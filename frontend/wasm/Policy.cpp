//===- Policy.cpp - Presets and names of features and limits --------------===//
#include "frontend/wasm/Policy.h"

namespace writ::wasm {

std::string_view featureName(Feature feature) {
  static constexpr std::string_view names[] = {
#define WRIT_FEATURE(Name, Mnemonic, Default, Near) Mnemonic,
#include "frontend/wasm/Policy.def"
  };
  return names[unsigned(feature)];
}

std::optional<Feature> parseFeature(std::string_view name) {
#define WRIT_FEATURE(Name, Mnemonic, Default, Near)                                                \
  if (name == Mnemonic)                                                                            \
    return Feature::Name;
#include "frontend/wasm/Policy.def"
  return std::nullopt;
}

Policy::Policy() {
#define WRIT_FEATURE(Name, Mnemonic, Default, Near) features.set(Feature::Name, Default);
#include "frontend/wasm/Policy.def"
}

static Policy nearPolicy() {
  Policy policy;
#define WRIT_FEATURE(Name, Mnemonic, Default, Near) policy.features.set(Feature::Name, Near);
#define WRIT_LIMIT(Name, Text, Default, Near) policy.limits.Name = Near;
#include "frontend/wasm/Policy.def"
  return policy;
}

std::optional<Policy> policyPreset(std::string_view name) {
  if (name == "default")
    return Policy();
  if (name == "near")
    return nearPolicy();
  return std::nullopt;
}

std::vector<std::string_view> policyPresetNames() { return {"default", "near"}; }

uint32_t *findLimit(Limits &limits, std::string_view name) {
#define WRIT_LIMIT(Name, Text, Default, Near)                                                      \
  if (name == #Name)                                                                               \
    return &limits.Name;
#include "frontend/wasm/Policy.def"
  return nullptr;
}

} // namespace writ::wasm
