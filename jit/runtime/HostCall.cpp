//===- HostCall.cpp - Host functions as array calls -----------------------===//
#include "jit/runtime/HostCall.h"

#include "jit/runtime/Entry.h"
#include "jit/runtime/Profiler.h"
#include "jit/runtime/Thread.h"

using namespace writ;

namespace {
/// What `writ_call::internal` points to.
struct Running {
  Activation *activation;
  uint32_t calleeTrap = 0; ///< With which `invoke` ended, if it did not return.
};
} // namespace

static Running &running(writ_call *call) { return *static_cast<Running *>(call->internal); }

/// Shows the host what the activation has left now.
static void refresh(writ_call *call, const Activation *activation) {
  call->gas = activation->gas;
  const InstanceContext *caller = activation->context;
  call->memory = caller ? caller->memoryBase : nullptr;
  call->memory_size = caller ? caller->memoryBytes : 0;
}

static writ_status serviceTrap(writ_call *call, const char *message, size_t length) {
  setMessage(running(call).activation, message, length);
  return WRIT_HOST_TRAP;
}

static writ_status serviceFail(writ_call *call, const char *message, size_t length) {
  setMessage(running(call).activation, message, length);
  return WRIT_HOST_FAILURE;
}

static uint32_t failRaisedGas(Activation *activation) {
  return setInternalFailure(activation, "a host function raised the gas left");
}

static writ_status serviceInvoke(writ_call *call, writ_funcref function, uint64_t *values) {
  Running &state = running(call);
  Activation *activation = state.activation;
  if (call->gas > activation->gas) {
    state.calleeTrap = failRaisedGas(activation);
    return writ_status(state.calleeTrap);
  }
  activation->gas = call->gas;
  state.calleeTrap = callOnNativeStack(reinterpret_cast<FuncRef *>(function), activation, values);
  refresh(call, activation);
  return writ_status(state.calleeTrap);
}

static writ_funcref serviceFindExport(writ_call *call, const char *name, size_t length) {
  const InstanceContext *caller = running(call).activation->context;
  if (!caller)
    return 0;
  std::optional<Extern> found = caller->instance->findExport({name, length});
  if (!found || kindOf(*found) != ExternKind::Func)
    return 0;
  return reinterpret_cast<writ_funcref>(std::get<FuncRef *>(*found));
}

static constexpr writ_services services = {serviceTrap, serviceFail, serviceInvoke,
                                           serviceFindExport};

/// The trap that a status other than success stands for.
static uint32_t endByStatus(Activation *activation, const Running &state, writ_status status) {
  if (state.calleeTrap != 0) {
    if (uint32_t(status) == state.calleeTrap)
      return state.calleeTrap; // Its record is in place.
    return setInternalFailure(activation, "a host function went on after a trap");
  }
  if (status < 0) {
    setTrap(activation, TrapKind::Internal);
    if (!activation->hostMessage)
      setInternalFailure(activation, "a host function failed");
    return uint32_t(TrapKind::Internal);
  }
  auto kind = TrapKind(status);
  if (status > 254 || !parseTrapKind(trapName(kind)))
    return setInternalFailure(activation, "a host function returned a status that does not exist");
  if (kind == TrapKind::OutOfGas)
    activation->gas = 0;
  return setTrap(activation, kind);
}

/// Clears the upper half of 32-bit results, which hosts need not.
static void narrowResults(const FuncType &type, uint64_t *values) {
  for (ValueType result : type.results) {
    if (frameBytes(result) == 4)
      *values = uint32_t(*values);
    ++values;
  }
}

static uint32_t callHost(FuncRef *callee, Activation *activation, uint64_t *values) {
  const auto *import = static_cast<const HostImport *>(callee->owner);
  if (activation->gas < import->price) {
    activation->gas = 0;
    return setTrap(activation, TrapKind::OutOfGas);
  }
  activation->gas -= import->price;
  activation->hostMessage = nullptr;

  Running state{activation};
  writ_call call;
  refresh(&call, activation);
  call.services = &services;
  call.internal = &state;
  writ_status status = import->function->call(import->function->user, &call, values);

  if (call.gas > activation->gas)
    return failRaisedGas(activation);
  activation->gas = call.gas;
  if (status != WRIT_SUCCESS || state.calleeTrap != 0)
    return endByStatus(activation, state, status);
  narrowResults(import->function->type, values);
  return 0;
}

uint32_t writ::hostArrayCall(FuncRef *callee, Activation *activation, uint64_t *values) {
  Profiler *profiler = activation->profiler;
  if (__builtin_expect(!profiler, 1))
    return callHost(callee, activation, values);
  profiler->enterHost(*static_cast<const HostImport *>(callee->owner)->function, activation->gas);
  uint32_t kind = callHost(callee, activation, values);
  if (kind == 0) // A trap unwinds all at once.
    profiler->leave(activation->gas);
  return kind;
}
