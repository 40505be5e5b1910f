//===- World.h - One variant's side of a script ---------------------------===//
#ifndef WRIT_TESTS_SPEC_WORLD_H
#define WRIT_TESTS_SPEC_WORLD_H

#include "jit/runtime/Linker.h"
#include "tests/spec/Script.h"
#include "tests/support/Observation.h"
#include "tests/support/Variant.h"

#include <map>
#include <optional>

namespace writ::test {

/// What a command came to in one variant.
struct Reply {
  std::optional<Error> error; ///< The module was refused, or there is no such thing.
  CallOutcome outcome;        ///< Else, of the call, the access or the instantiation.
  Instance *instance = nullptr;
  std::vector<ValueType> types; ///< Of `outcome.values`.
};

/// A store with the host module "spectest" and the instances that a script makes.
class World {
public:
  /// `stackBytes` is the metered stack of each call.
  World(const Variant &variant, const Schedule &schedule,
        uint64_t stackBytes = InstanceLimits().stackBytes);

  const Variant &variant() const { return theVariant; }

  /// Instantiates; a module that a script goes on with takes `name` and becomes the last one.
  Reply instantiate(const VariantModule &module, const Command &command);
  Reply act(const Command &command);
  void registerModule(const Command &command);

  /// The state of what a command can have changed: the instance, and all registered ones.
  void observe(Observation &observation, const Instance *instance) const;

private:
  void defineSpectest();
  Instance *find(const std::string &name) const;
  Reply get(Instance &instance, const Command &command);

  const Variant &theVariant;
  const Schedule &schedule;
  uint64_t stackBytes;
  Store store;
  Linker linker;
  Memory *hostMemory = nullptr;
  Instance *last = nullptr;
  std::map<std::string, Instance *> named;
  std::map<std::string, Instance *> registered;
};

} // namespace writ::test

#endif
