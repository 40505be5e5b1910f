//===- World.cpp - One variant's side of a script -------------------------===//
#include "tests/spec/World.h"

#include "llvm/Support/xxhash.h"

namespace writ::test {

World::World(const Variant &variant, const Schedule &schedule, uint64_t stackBytes)
    : theVariant(variant), schedule(schedule), stackBytes(stackBytes), linker(store) {
  defineSpectest();
}

static writ_status doNothing(void *, writ_call *, uint64_t *) { return WRIT_SUCCESS; }

/// The host module that the suite's interpreter has. What it prints is of no interest.
void World::defineSpectest() {
  using enum ValueType;
  const std::pair<const char *, std::vector<ValueType>> prints[] = {
      {"print", {}},
      {"print_i32", {I32}},
      {"print_i64", {I64}},
      {"print_f32", {F32}},
      {"print_f64", {F64}},
      {"print_i32_f32", {I32, F32}},
      {"print_f64_f64", {F64, F64}},
  };
  for (const auto &[name, params] : prints)
    linker.defineFunction("spectest", name, {{params, {}}, doNothing, nullptr, nullptr, {}, {}});
  linker.define("spectest", "global_i32", store.createGlobal(I32, false, 666));
  linker.define("spectest", "global_i64", store.createGlobal(I64, false, 666));
  linker.define("spectest", "global_f32", store.createGlobal(F32, false, 0x4426a666));
  linker.define("spectest", "global_f64", store.createGlobal(F64, false, 0x4084d4cccccccccd));
  if (auto table = store.createTable(FuncRef, {10, 20}))
    linker.define("spectest", "table", *table);
  if (auto memory = store.createMemory({1, 2})) {
    hostMemory = *memory;
    linker.define("spectest", "memory", hostMemory);
  }
}

Instance *World::find(const std::string &name) const {
  if (name.empty())
    return last;
  auto it = named.find(name);
  return it == named.end() ? nullptr : it->second;
}

Reply World::instantiate(const VariantModule &module, const Command &command) {
  Reply reply;
  InstanceOptions options;
  options.tier = module.tier;
  options.schedule = &schedule;
  options.limits.stackBytes = stackBytes;
  Result<Instantiation> made = linker.instantiate(module.module, options);
  if (!made) {
    reply.error = made.error();
    return reply;
  }
  reply.instance = made->instance;
  reply.outcome = made->start;
  if (command.kind == CommandKind::Module) {
    last = made->instance;
    if (!command.name.empty())
      named[command.name] = last;
  }
  return reply;
}

void World::registerModule(const Command &command) {
  if (Instance *instance = find(command.name)) {
    registered[command.as] = instance;
    linker.defineInstance(command.as, *instance);
  }
}

Reply World::get(Instance &instance, const Command &command) {
  Reply reply;
  reply.instance = &instance;
  std::optional<Extern> found = instance.findExport(command.field);
  if (!found || kindOf(*found) != ExternKind::Global) {
    reply.error = badInput("no global '" + command.field + "'");
    return reply;
  }
  const Global &global = *std::get<Global *>(*found);
  reply.types = {global.type()};
  reply.outcome.values = {global.get()};
  return reply;
}

Reply World::act(const Command &command) {
  Reply reply;
  Instance *instance = find(command.module);
  if (!instance) {
    reply.error = badInput("no module '" + command.module + "'");
    return reply;
  }
  if (command.isGet)
    return get(*instance, command);
  std::vector<uint64_t> args;
  for (const ScriptValue &value : command.args)
    args.push_back(value.bits);
  reply.instance = instance;
  Result<CallOutcome> outcome = instance->call(command.field, args);
  if (!outcome) {
    reply.error = outcome.error();
    return reply;
  }
  reply.outcome = std::move(*outcome);
  const ExportDecl *decl = instance->module().findExport(command.field);
  reply.types = instance->module().info().funcs[decl->index].type.results;
  return reply;
}

void World::observe(Observation &observation, const Instance *instance) const {
  observation.add("spectest memory hash",
                  llvm::xxh3_64bits({hostMemory->base(), size_t(hostMemory->bytes())}));
  if (instance)
    observation.addState(*instance);
  for (const auto &[name, other] : registered)
    if (other != instance)
      observation.addState(*other);
}

} // namespace writ::test
