//===- TestHost.cpp - Host functions that see and do all they may ---------===//
#include "tests/support/TestHost.h"

#include "jit/runtime/Linker.h"

namespace writ::test {

static void record(void *user, const writ_call *call, uint64_t what) {
  auto *trace = static_cast<HostTrace *>(user);
  trace->words.push_back(what);
  trace->words.push_back(call->gas);
  trace->words.push_back(call->memory_size);
}

static writ_status log(void *user, writ_call *call, uint64_t *values) {
  record(user, call, values[0]);
  return WRIT_SUCCESS;
}

/// The gas left, as a number that the contract can use.
static writ_status gasLeft(void *user, writ_call *call, uint64_t *values) {
  record(user, call, 1);
  values[0] = static_cast<HostTrace *>(user)->hidesGas ? 0 : call->gas;
  return WRIT_SUCCESS;
}

static writ_status mix(void *user, writ_call *call, uint64_t *values) {
  uint64_t mixed = (values[0] + 0x9e3779b97f4a7c15 * values[1]) ^ (values[1] >> 29);
  record(user, call, mixed);
  values[0] = mixed;
  values[1] = values[2]; // A float's bits, NaN or not, pass through.
  return WRIT_SUCCESS;
}

static writ_status trapIf(void *user, writ_call *call, uint64_t *values) {
  record(user, call, 2);
  return values[0] % 16 == 15 ? writ_trap(call, "the host said no", 16) : WRIT_SUCCESS;
}

static writ_status burn(void *user, writ_call *call, uint64_t *values) {
  record(user, call, 3);
  return writ_consume_gas(call, values[0] & 63);
}

/// Exchanges a byte of memory.
static writ_status poke(void *user, writ_call *call, uint64_t *values) {
  record(user, call, 4);
  uint8_t *byte = writ_memory(call, uint32_t(values[0]) & 0x1ffff, 1);
  if (!byte)
    return WRIT_MEMORY_OUT_OF_BOUNDS;
  uint8_t old = *byte;
  *byte = uint8_t(values[1]);
  values[0] = old;
  return WRIT_SUCCESS;
}

static writ_status callBack(void *user, writ_call *call, uint64_t *values) {
  record(user, call, 5);
  writ_funcref function = call->services->find_export(call, "callback", 8);
  if (!function || values[0] % 4 == 3)
    return WRIT_SUCCESS;
  writ_status status = call->services->invoke(call, function, values);
  record(user, call, uint64_t(status));
  return status;
}

/// Gives a reference back as it came.
static writ_status pass(void *user, writ_call *call, uint64_t *values) {
  record(user, call, values[0] != 0);
  return WRIT_SUCCESS;
}

std::span<const TestHostFunction> testHostFunctions() {
  using enum ValueType;
  static const TestHostFunction functions[] = {
      {"log", {{I64}, {}}, log},
      {"gas_left", {{}, {I64}}, gasLeft},
      {"mix", {{I32, I64, F64}, {I64, F64}}, mix},
      {"trap_if", {{I32}, {}}, trapIf},
      {"burn", {{I32}, {}}, burn},
      {"poke", {{I32, I32}, {I32}}, poke},
      {"call_back", {{I32}, {I32}}, callBack},
      {"pass", {{FuncRef}, {FuncRef}}, pass},
      {"pass_extern", {{ExternRef}, {ExternRef}}, pass},
  };
  return functions;
}

void defineTestHost(Linker &linker, HostTrace &trace) {
  for (const TestHostFunction &function : testHostFunctions())
    linker.defineFunction("env", function.name,
                          {function.type, function.call, &trace, nullptr, {}, {}});
}

} // namespace writ::test
