//===- TestHost.h - Host functions that see and do all they may -----------===//
#ifndef WRIT_TESTS_SUPPORT_TESTHOST_H
#define WRIT_TESTS_SUPPORT_TESTHOST_H

#include "hostabi/Host.h"
#include "hostabi/ModuleInfo.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace writ {
class Linker;
}

namespace writ::test {

/// What the host was asked to do, in order, with the gas left each time.
struct HostTrace {
  std::vector<uint64_t> words;
  bool hidesGas = false; ///< `gas_left` gives 0: nothing that is kept may depend on prices.
};

struct TestHostFunction {
  std::string_view name; ///< In module "env".
  FuncType type;
  writ_host_function call; ///< `user` is a `HostTrace *`.
};

/// Between them they observe gas, use gas, trap, write memory, and call back the caller's
/// exported function "callback" of type (i32) -> i32, if it has one.
std::span<const TestHostFunction> testHostFunctions();

/// Defines all of them. `trace` must outlive the store of `linker`.
void defineTestHost(Linker &linker, HostTrace &trace);

} // namespace writ::test

#endif
