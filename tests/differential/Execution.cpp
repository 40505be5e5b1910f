//===- Execution.cpp - One run of a program in one variant ----------------===//
#include "tests/differential/Execution.h"

#include "jit/runtime/Linker.h"
#include "tests/support/TestHost.h"

namespace writ::test {

static InstanceOptions instanceOptions(const GeneratedProgram &program, const VariantModule &module,
                                       const ExecutionOptions &options) {
  InstanceOptions result;
  result.tier = module.tier;
  result.schedule = options.schedule;
  result.limits.stackBytes = program.stackBytes;
  result.limits.gas = options.gas;
  return result;
}

/// False: go no further.
static bool instantiateAll(const GeneratedProgram &program, std::span<const VariantModule> modules,
                           const ExecutionOptions &options, Linker &linker,
                           std::vector<Instance *> &instances, Execution &run) {
  for (const VariantModule &module : modules) {
    auto made = linker.instantiate(module.module, instanceOptions(program, module, options));
    if (!made) {
      run.observation.addError(made.error());
      return false;
    }
    instances.push_back(made->instance);
    if (!options.onlyCalls)
      run.observation.addOutcome(made->start, {}, made->instance);
    if (made->start.trapped())
      return false;
    linker.defineInstance("first", *made->instance);
  }
  return true;
}

static void makeCalls(const GeneratedProgram &program, const std::vector<Instance *> &instances,
                      const ExecutionOptions &options, Execution &run) {
  for (const GeneratedCall &call : program.calls) {
    Instance *instance = instances[call.module];
    CallLimits limits;
    limits.gas = options.gas;
    Result<CallOutcome> outcome = instance->call(call.name, call.args, limits);
    if (!outcome)
      return run.observation.addError(outcome.error());
    const ExportDecl *decl = instance->module().findExport(call.name);
    run.observation.addOutcome(*outcome, instance->module().info().funcs[decl->index].type.results,
                               instance);
    run.outcomes.push_back(outcome->trap.kind);
    run.mostGas = std::max(run.mostGas, outcome->gasUsed);
  }
}

Execution execute(const GeneratedProgram &program, std::span<const VariantModule> modules,
                  const ExecutionOptions &options) {
  Execution run;
  HostTrace trace;
  Store store;
  Linker linker(store);
  defineTestHost(linker, trace);
  std::vector<Instance *> instances;
  // Of those that are compared the start functions run with different prices.
  trace.hidesGas = options.onlyCalls;
  bool started = instantiateAll(program, modules, options, linker, instances, run);
  trace.hidesGas = false;
  if (options.onlyCalls)
    trace.words.clear();
  if (started) {
    if (options.switchTo)
      for (Instance *instance : instances)
        if (Result<void> set = instance->setSchedule(*options.switchTo); !set)
          run.observation.addError(set.error());
    makeCalls(program, instances, options, run);
  }
  for (size_t i = 0; i < trace.words.size(); ++i)
    run.observation.add("host trace", trace.words[i], uint32_t(i));
  for (const Instance *instance : instances)
    run.observation.addState(*instance);
  return run;
}

} // namespace writ::test
