//===- Profiler.cpp - Gas, calls and time of each function ----------------===//
#include "jit/runtime/Profiler.h"

#include "jit/runtime/Store.h"

#include <ctime>

using namespace writ;

static uint64_t nanoseconds() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return uint64_t(time.tv_sec) * 1000000000 + uint64_t(time.tv_nsec);
}

Profiler::Profiler() : all(1), tree(1), stack(1) {
  all[0].name = "(call)";
  stack[0] = {};
}

void Profiler::settle(uint64_t gasLeft) {
  uint64_t gas = lastGas - gasLeft, time = nanoseconds();
  uint64_t spent = now == 0 ? 0 : time - now;
  Function &function = all[stack.back().function];
  Node &node = tree[stack.back().node];
  function.selfGas += gas;
  function.selfNanoseconds += spent;
  node.gas += gas;
  node.nanoseconds += spent;
  spentGas += gas;
  lastGas = gasLeft;
  now = time;
}

uint32_t Profiler::childOf(uint32_t node, uint32_t function) {
  uint64_t key = uint64_t(node) << 32 | function;
  auto found = children.find(key);
  if (found != children.end())
    return found->second;
  if (tree.size() >= maxNodes)
    return node;
  children[key] = uint32_t(tree.size());
  tree.push_back({function, node});
  return uint32_t(tree.size() - 1);
}

void Profiler::push(uint32_t function, uint64_t gasLeft) {
  settle(gasLeft);
  uint32_t node = childOf(stack.back().node, function);
  ++all[function].calls;
  ++all[function].active;
  ++tree[node].calls;
  stack.push_back({function, node, spentGas, now});
}

void Profiler::pop() {
  Frame frame = stack.back();
  stack.pop_back();
  Function &function = all[frame.function];
  if (--function.active != 0)
    return;
  function.totalGas += spentGas - frame.gasBefore;
  function.totalNanoseconds += now - frame.timeBefore;
}

void Profiler::enter(const Instance &instance, uint32_t func, uint64_t gasLeft) {
  auto [place, isNew] = numbers.try_emplace({&instance, func}, uint32_t(all.size()));
  if (isNew) {
    all.emplace_back();
    all.back().instance = &instance;
    all.back().index = func;
  }
  push(place->second, gasLeft);
}

void Profiler::enterHost(const HostFunction &function, uint64_t gasLeft) {
  auto [place, isNew] = numbers.try_emplace({&function, 0}, uint32_t(all.size()));
  if (isNew) {
    all.emplace_back();
    all.back().name = function.module + "." + function.name;
  }
  push(place->second, gasLeft);
}

void Profiler::leave(uint64_t gasLeft) {
  settle(gasLeft);
  if (stack.size() > 1)
    pop();
}

ProfilerScope::ProfilerScope(Profiler *profiler, uint64_t gasLeft) : profiler(profiler) {
  if (!profiler)
    return;
  profiler->settle(profiler->lastGas); // The time until now is the outer call's.
  depth = profiler->stack.size();
  outerGas = std::exchange(profiler->lastGas, gasLeft);
}

void ProfilerScope::end(uint64_t gasLeft) {
  if (!profiler)
    return;
  profiler->settle(gasLeft);
  while (profiler->stack.size() > depth)
    profiler->pop();
  profiler->lastGas = outerGas;
  if (depth == 1)
    profiler->now = 0; // Nobody's time goes by between calls.
}
