//===- DirectCalls.h - Hand the gas left over in calls --------------------===//
//
// A fast function takes the gas and the stack left as parameters, and leaves the gas in its global.
// Others, tables and hosts call it through its *entry*, which has the type that the function had.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_LOWERING_WASM_DIRECTCALLS_H
#define WRIT_LOWERING_WASM_DIRECTCALLS_H

#include "lowering/wasm/ModuleState.h"
#include "lowering/wasm/SpeedChoice.h"

#include <map>
#include <set>

namespace writ::wasmgen {

/// The functions of a module, once it is known which are direct.
class DirectCalls {
public:
  /// `roots` are used from outside of code.
  DirectCalls(ModuleState &module, const SpeedChoice &choice, const std::vector<uint32_t> &roots);

  /// By index: bodies without `GapKind::DirectCall`, and entries where they are needed.
  std::map<uint32_t, Body> take() { return std::move(made); }

private:
  void add(uint32_t index, const Body &body);
  void resolve(Body &body);
  void addEntry(uint32_t index);

  ModuleState &module;
  std::set<uint32_t> direct, needsEntry;
  std::map<uint32_t, Body> made;
};

} // namespace writ::wasmgen

#endif
