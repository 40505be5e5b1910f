//===- Policy.h - Which modules are allowed: features and limits ----------===//
#ifndef WRIT_FRONTEND_WASM_POLICY_H
#define WRIT_FRONTEND_WASM_POLICY_H

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace writ::wasm {

/// An extension of WebAssembly 1.0 that a policy can forbid.
enum class Feature : uint8_t {
#define WRIT_FEATURE(Name, Mnemonic, Default, Near) Name,
#include "frontend/wasm/Policy.def"
};

/// "sign-extension".
std::string_view featureName(Feature feature);
std::optional<Feature> parseFeature(std::string_view name);

/// A set of features. `Mvp` is always in it.
class FeatureSet {
public:
  constexpr bool has(Feature feature) const { return bits >> unsigned(feature) & 1; }
  constexpr void set(Feature feature, bool on = true) {
    uint32_t bit = 1u << unsigned(feature);
    bits = (on ? bits | bit : bits & ~bit) | 1;
  }

private:
  uint32_t bits = 1;
};

/// Upper bounds, all inclusive. Whatever they say, no function may have more than
/// `hardMaxArity` parameters or results, and what the validator does for one function
/// is bounded by its size (`operandTrafficLimit`).
struct Limits {
#define WRIT_LIMIT(Name, Text, Default, Near) uint32_t Name = Default;
#include "frontend/wasm/Policy.def"
};

inline constexpr uint32_t hardMaxArity = 1000;

/// Values that the ops of one function may pop and push beyond what their own opcode
/// fixes: those of branches (a br_table counts each target), calls and blocks. Keeps time and
/// memory linear in the input when a few bytes name a type with hundreds of values. Real
/// code stays below one a byte.
constexpr uint64_t operandTrafficLimit(uint64_t bodyBytes) { return 8 * bodyBytes + 65536; }

/// What the reader and validator accept. The default constructor gives the preset
/// `default`: WebAssembly 2.0 without SIMD, tail calls, and the browsers' limits.
struct Policy {
  FeatureSet features;
  Limits limits;

  Policy();
};

/// The preset called `name`: "default", or "near" (what NEAR allows).
std::optional<Policy> policyPreset(std::string_view name);
std::vector<std::string_view> policyPresetNames();

/// The limit whose field is called `name`, or null.
uint32_t *findLimit(Limits &limits, std::string_view name);

} // namespace writ::wasm

#endif
