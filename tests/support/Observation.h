//===- Observation.h - All that a run lets one see, for comparison --------===//
#ifndef WRIT_TESTS_SUPPORT_OBSERVATION_H
#define WRIT_TESTS_SUPPORT_OBSERVATION_H

#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"
#include "jit/runtime/Instance.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::test {

/// A list of facts about a run, the same in every tier (law 1). References to functions are
/// replaced by what they refer to, so that runs in different stores can be compared.
class Observation {
public:
  /// `what` must be a literal. `index` says which one of several.
  void add(std::string_view what, uint64_t value, uint32_t index = 0) {
    facts.push_back({what, index, value});
  }

  /// How a call ended: result values (of `types`), trap and where it was, gas used.
  void addOutcome(const CallOutcome &outcome, std::span<const ValueType> types,
                  const Instance *self);
  void addError(const Error &error);

  /// Memory, globals and tables of `instance`, and what is left of passive segments.
  void addState(const Instance &instance);

  bool operator==(const Observation &) const = default;

  /// "memory hash: 0x12 against 0x13", or empty if both are equal.
  static std::string difference(const Observation &a, const Observation &b);

private:
  struct Fact {
    std::string_view what;
    uint32_t index;
    uint64_t value;
    bool operator==(const Fact &) const = default;
  };
  std::vector<Fact> facts;
};

/// `bits` as a number that is the same in every store: for funcref, what it refers to.
uint64_t portableBits(ValueType type, uint64_t bits, const Instance *self);

} // namespace writ::test

#endif
