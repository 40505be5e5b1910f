//===- Instance.cpp - Calls from outside, exports, prices -----------------===//
#include "jit/runtime/Instance.h"

#include "jit/runtime/Entry.h"
#include "jit/runtime/HostCall.h"
#include "jit/runtime/Profiler.h"
#include "jit/runtime/Signatures.h"

#include <algorithm>
#include <fmt/format.h>
#include <new>

using namespace writ;

static size_t countOwnGlobals(const ModuleInfo &info) {
  size_t count = 0;
  for (const GlobalDecl &global : info.globals)
    count += !global.import;
  return count;
}

Instance::Instance(std::shared_ptr<const CompiledModule> module, const TierCode *tier,
                   InstanceLimits limits)
    : compiled(std::move(module)), code(tier), stated(limits),
      extraResults(compiled->extraResultWords()), coldFrame(tier->coldFrameWords()) {
  static_assert(sizeof(InstanceContext) % sizeof(uint64_t) == 0);
  size_t ownGlobals = countOwnGlobals(compiled->info());
  size_t bytes = nearPriceOffset(ownGlobals, tier->numCounters(), compiled->nearPrices());
  contextWords = std::make_unique<uint64_t[]>(bytes / sizeof(uint64_t));
  fixed = new (contextWords.get()) InstanceContext();
  fixed->instance = this;
  counters = {tickCounters(fixed, ownGlobals), tier->numCounters()};
  tier->startCounters(counters);
}

Instance::~Instance() { code->endCounters(counters); }

std::optional<Extern> Instance::findExport(std::string_view name) const {
  const ExportDecl *found = compiled->findExport(name);
  if (!found)
    return std::nullopt;
  switch (found->kind) {
  case ExternKind::Func:
    return funcs[found->index];
  case ExternKind::Table:
    return tables[found->index];
  case ExternKind::Memory:
    return theMemory;
  case ExternKind::Global:
    break;
  }
  return globals[found->index];
}

Result<void> Instance::setSchedule(const Schedule &schedule) {
  auto amounts = compiled->amounts(schedule.classPrices);
  if (!amounts)
    return amounts.error();
  prices = std::move(*amounts);
  fixed->prices = prices->data();
  size_t ownGlobals = countOwnGlobals(compiled->info());
  size_t near = nearPriceOffset(ownGlobals, counters.size(), 0) / sizeof(uint64_t);
  std::copy_n(prices->begin(), compiled->nearPrices(), contextWords.get() + near);
  for (const std::unique_ptr<HostImport> &import : hostImports)
    import->price = schedule.hostPrice(import->function->module, import->function->name);
  return {};
}

Result<CallOutcome> Instance::call(std::string_view exportName, std::span<const uint64_t> args,
                                   const CallLimits &limits) {
  const ExportDecl *found = compiled->findExport(exportName);
  if (!found || found->kind != ExternKind::Func)
    return badInput(fmt::format("no exported function '{}'", exportName));
  return call(found->index, args, limits);
}

/// The words of an array call: arguments, and room for the results.
static std::vector<uint64_t> arrayOf(const FuncType &type, std::span<const uint64_t> args) {
  std::vector<uint64_t> values(arrayCallWords(type));
  for (size_t i = 0; i < args.size(); ++i)
    values[i] = frameBytes(type.params[i]) == 4 ? uint32_t(args[i]) : args[i];
  return values;
}

static Result<void> checkCall(const FuncType &type, size_t args, uint64_t gas,
                              uint64_t stackBytes) {
  if (args != type.params.size())
    return badInput(fmt::format("{} arguments given; expected {}", args, type.params.size()));
  if (gas >= maxGas)
    return badInput(fmt::format("gas limit {} is not below 2^62", gas));
  if (stackBytes > maxStackBytes)
    return badInput(fmt::format("stack limit {} bytes exceeds {}", stackBytes, maxStackBytes));
  return {};
}

Result<CallOutcome> Instance::call(uint32_t func, std::span<const uint64_t> args,
                                   const CallLimits &limits) {
  if (func >= funcs.size())
    return badInput(fmt::format("no function {}; the module has {}", func, funcs.size()));
  const FuncType &type = compiled->info().funcs[func].type;
  uint64_t gas = limits.gas.value_or(stated.gas);
  uint64_t stackBytes = limits.stackBytes.value_or(stated.stackBytes);
  if (Result<void> checked = checkCall(type, args.size(), gas, stackBytes); !checked)
    return checked.error();

  Activation activation;
  activation.gas = gas;
  activation.stackLeft = stackBytes;
  activation.context = fixed; // The caller, if `func` is a host function.
  InterpStackScope interpStack(&activation, stackBytes);
  if (!interpStack.ok())
    return internalError("no memory for the interpreter's stack, or calls nested too deep");
  activation.profiler = profiler;
  if (funcs[func]->context == fixed)
    code->expectCall(func);
  ProfilerScope profiled(profiler, activation.gas);
  CallOutcome outcome;
  outcome.values = arrayOf(type, args);
  uint32_t kind = callOnNativeStack(funcs[func], &activation, outcome.values.data());
  profiled.end(activation.gas);
  std::string message = activation.hostMessage ? activation.hostMessage : "";
  if (kind == uint32_t(TrapKind::Internal))
    return internalError(message.empty() ? "internal failure in a call" : message);
  outcome.gasUsed = gas - activation.gas;
  outcome.values.resize(kind == 0 ? type.results.size() : 0);
  if (kind != 0) {
    outcome.trap = activation.trap;
    outcome.hostMessage = outcome.trap.kind == TrapKind::Host ? std::move(message) : "";
  }
  return outcome;
}
