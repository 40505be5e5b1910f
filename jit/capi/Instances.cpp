//===- Instances.cpp - Instances, calls and values for C ------------------===//
#include "hostabi/Traps.h"
#include "jit/capi/Handles.h"

#include <algorithm>
#include <array>
#include <bit>
#include <fmt/format.h>

using namespace writ;
using namespace writ::capi;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

uint64_t writ::capi::toWord(writ_value_t value) {
  switch (ValueType(value.type)) {
  case ValueType::I32:
    return uint32_t(value.of.i32);
  case ValueType::F32:
    return std::bit_cast<uint32_t>(value.of.f32);
  case ValueType::F64:
    return std::bit_cast<uint64_t>(value.of.f64);
  case ValueType::FuncRef:
    return value.of.funcref;
  case ValueType::ExternRef:
    return value.of.externref;
  case ValueType::I64:
    break;
  }
  return uint64_t(value.of.i64);
}

writ_value_t writ::capi::fromWord(ValueType type, uint64_t word) {
  switch (type) {
  case ValueType::I32:
    return writ_i32(int32_t(word));
  case ValueType::F32:
    return writ_f32(std::bit_cast<float>(uint32_t(word)));
  case ValueType::F64:
    return writ_f64(std::bit_cast<double>(word));
  case ValueType::I64:
  case ValueType::FuncRef:
  case ValueType::ExternRef:
    break;
  }
  writ_value_t made = writ_i64(int64_t(word)); // All of them are the word.
  made.type = writ_type_t(type);
  return made;
}

static_assert(offsetof(writ_value_t, of.funcref) == offsetof(writ_value_t, of.i64) &&
              offsetof(writ_value_t, of.externref) == offsetof(writ_value_t, of.i64));

static writ_outcome_t outcomeOf(const CallOutcome &outcome, uint64_t gasLimit) {
  writ_outcome_t made = {};
  made.trap = int32_t(outcome.trap.kind);
  made.function = outcome.trap.func;
  made.offset = outcome.trap.offset;
  made.gas_used = outcome.gasUsed;
  made.gas_left = gasLimit - outcome.gasUsed;
  size_t size = std::min(outcome.hostMessage.size(), sizeof(made.message) - 1);
  std::copy_n(outcome.hostMessage.data(), size, made.message);
  return made;
}

//===----------------------------------------------------------------------===//
// Instances
//===----------------------------------------------------------------------===//

writ_error_t *writ_instantiate(writ_store_t *store, const writ_module_t *module,
                               writ_instance_t **instance, writ_outcome_t *outcome) {
  *instance = nullptr;
  const EngineOptions &options = store->engine->options;
  InstanceOptions instanceOptions;
  instanceOptions.schedule = &options.schedule;
  instanceOptions.limits = options.limits;
  Result<Instantiation> made = store->linker.instantiate(module->module, instanceOptions);
  if (outcome)
    *outcome = outcomeOf(made ? made->start : CallOutcome(), options.limits.gas);
  if (!made)
    return toC(made.error());
  if (!made->start.trapped())
    *instance = &store->instances.emplace_back(writ_instance_t{made->instance});
  else if (!outcome)
    return toC(badInput(
        fmt::format("instantiation ends in the trap {}", trapName(made->start.trap.kind))));
  return nullptr;
}

static Result<void> checkTypes(const FuncType &type, const writ_value_t *args, size_t numArgs,
                               size_t numResults) {
  if (numArgs != type.params.size() || numResults != type.results.size())
    return badInput(fmt::format("the function is {}; called with {} arguments for {} results",
                                toString(type), numArgs, numResults));
  for (size_t i = 0; i < numArgs; ++i)
    if (args[i].type != writ_type_t(type.params[i]))
      return badInput(fmt::format("argument {} is not of type {}, which the function takes", i + 1,
                                  valueTypeName(type.params[i])));
  return {};
}

writ_error_t *writ_instance_call_index(writ_instance_t *instance, uint32_t function,
                                       const writ_value_t *args, size_t num_args,
                                       writ_value_t *results, size_t num_results,
                                       const writ_limits_t *limits, writ_outcome_t *outcome) {
  *outcome = {};
  Instance &callee = *instance->instance;
  const ModuleInfo &info = callee.module().info();
  if (function >= info.funcs.size())
    return toC(
        badInput(fmt::format("no function {}; the module has {}", function, info.funcs.size())));
  const FuncType &type = info.funcs[function].type;
  if (Result<void> checked = checkTypes(type, args, num_args, num_results); !checked)
    return toC(checked);
  std::vector<uint64_t> words(num_args);
  std::transform(args, args + num_args, words.begin(), toWord);
  CallLimits given;
  if (limits) {
    given.gas = limits->gas;
    if (limits->stack_bytes != 0)
      given.stackBytes = limits->stack_bytes;
  }
  Result<CallOutcome> called = callee.call(function, words, given);
  if (!called)
    return toC(called.error());
  *outcome = outcomeOf(*called, given.gas.value_or(callee.limits().gas));
  for (size_t i = 0; i < called->values.size(); ++i)
    results[i] = fromWord(type.results[i], called->values[i]);
  return nullptr;
}

writ_error_t *writ_instance_call(writ_instance_t *instance, const char *name,
                                 const writ_value_t *args, size_t num_args, writ_value_t *results,
                                 size_t num_results, const writ_limits_t *limits,
                                 writ_outcome_t *outcome) {
  *outcome = {};
  const ExportDecl *found = instance->instance->module().findExport(name);
  if (!found || found->kind != ExternKind::Func)
    return toC(badInput(fmt::format("no exported function '{}'", name)));
  return writ_instance_call_index(instance, found->index, args, num_args, results, num_results,
                                  limits, outcome);
}

writ_error_t *writ_instance_set_schedule(writ_instance_t *instance, const char *name_or_path) {
  Result<Schedule> schedule = loadSchedule(name_or_path);
  if (!schedule)
    return toC(schedule.error());
  Result<void> set = instance->instance->setSchedule(*schedule);
  return set ? nullptr : toC(set.error());
}

//===----------------------------------------------------------------------===//
// Memory and globals
//===----------------------------------------------------------------------===//

uint8_t *writ_instance_memory(const writ_instance_t *instance, uint64_t *size) {
  Memory *memory = instance->instance->memory();
  *size = memory ? memory->bytes() : 0;
  return memory ? memory->base() : nullptr;
}

/// Where the range lies, or an error.
static Result<uint8_t *> rangeOf(const writ_instance_t *instance, uint64_t address, size_t size) {
  uint64_t bytes = 0;
  uint8_t *memory = writ_instance_memory(instance, &bytes);
  if (size > bytes || address > bytes - size)
    return badInput(
        fmt::format("{} bytes at {:#x} are not all in a memory of {} bytes", size, address, bytes));
  return memory + address;
}

writ_error_t *writ_instance_read(const writ_instance_t *instance, uint64_t address, void *to,
                                 size_t size) {
  Result<uint8_t *> from = rangeOf(instance, address, size);
  if (!from)
    return toC(from.error());
  std::copy_n(*from, size, static_cast<uint8_t *>(to));
  return nullptr;
}

writ_error_t *writ_instance_write(writ_instance_t *instance, uint64_t address, const void *from,
                                  size_t size) {
  Result<uint8_t *> to = rangeOf(instance, address, size);
  if (!to)
    return toC(to.error());
  std::copy_n(static_cast<const uint8_t *>(from), size, *to);
  return nullptr;
}

static Result<Global *> findGlobal(const writ_instance_t *instance, const char *name) {
  std::optional<Extern> found = instance->instance->findExport(name);
  if (!found || kindOf(*found) != ExternKind::Global)
    return badInput(fmt::format("no exported global '{}'", name));
  return std::get<Global *>(*found);
}

writ_error_t *writ_instance_get_global(const writ_instance_t *instance, const char *name,
                                       writ_value_t *value) {
  *value = writ_i64(0);
  Result<Global *> global = findGlobal(instance, name);
  if (!global)
    return toC(global.error());
  *value = fromWord((*global)->type(), (*global)->get());
  return nullptr;
}

writ_error_t *writ_instance_set_global(writ_instance_t *instance, const char *name,
                                       writ_value_t value) {
  Result<Global *> global = findGlobal(instance, name);
  if (!global)
    return toC(global.error());
  if (!(*global)->isMutable())
    return toC(badInput(fmt::format("global '{}' is constant", name)));
  if (value.type != writ_type_t((*global)->type()))
    return toC(
        badInput(fmt::format("global '{}' is of type {}", name, valueTypeName((*global)->type()))));
  (*global)->set(toWord(value));
  return nullptr;
}
