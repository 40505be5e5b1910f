//===- Runner.h - Run a script in all variants in lock-step ---------------===//
#ifndef WRIT_TESTS_SPEC_RUNNER_H
#define WRIT_TESTS_SPEC_RUNNER_H

#include "tests/spec/World.h"

#include <memory>
#include <string>
#include <vector>

namespace writ::test {

/// How many commands of a kind there were, and how many went as they should.
struct Tally {
  unsigned passed = 0, total = 0;
  Tally &operator+=(const Tally &other) {
    passed += other.passed;
    total += other.total;
    return *this;
  }
};

/// Results of one script, or the sum of several.
struct ScriptResults {
  /// For each variant, by `CommandKind`. A malformed module in the text format is not here.
  std::vector<std::array<Tally, numCommandKinds>> variants;
  Tally equal; ///< Commands that ran code or changed state, and did the same everywhere.
  Tally text;  ///< Malformed modules in the text format, refused by wat2wasm.
  std::vector<std::string> failures; ///< "<file>:<line>: <variant>: …".

  void add(const ScriptResults &other);
};

/// Runs `commands` with a world for each of `variants`; `name` is for messages.
ScriptResults runScript(std::span<const Command> commands, std::span<const Variant> variants,
                        const std::string &name);

/// Whether wat2wasm refuses the module in the text format in `path`.
bool isRefusedByWat2Wasm(const std::string &path);

} // namespace writ::test

#endif
