//===- Profiler.h - Gas, calls and time of each function ------------------===//
#ifndef WRIT_JIT_RUNTIME_PROFILER_H
#define WRIT_JIT_RUNTIME_PROFILER_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace writ {

class Instance;
struct HostFunction;

/// Takes in all calls of the instances that it is given to (`InstanceOptions::profiler`), and
/// counts. Gas is exact: what all functions took themselves adds up to what the calls used.
///
/// What calling a function costs (the call and taking its frame) counts for who calls. What is
/// left when gas runs out counts for where it ran out. Time has in it what the profiler itself
/// takes, some 50 ns a call.
///
/// One thread at a time.
class Profiler {
public:
  struct Function {
    const Instance *instance = nullptr; ///< Null for what is not a contract's.
    uint32_t index = 0;                 ///< In the function index space of its module.
    std::string name;                   ///< "env.read", of host functions.
    uint64_t calls = 0;
    uint64_t selfGas = 0, selfNanoseconds = 0;
    /// With all that it called; calls of itself within are counted once.
    uint64_t totalGas = 0, totalNanoseconds = 0;
    uint32_t active = 0; ///< How often it is on the stack now.
  };

  /// A way of calls that led to a function. Parents come first.
  struct Node {
    uint32_t function = 0; ///< In `functions()`.
    uint32_t parent = 0;   ///< In `nodes()`. The first node is its own.
    uint64_t gas = 0, nanoseconds = 0, calls = 0;
  };

  Profiler();

  void enter(const Instance &instance, uint32_t func, uint64_t gasLeft);
  void enterHost(const HostFunction &function, uint64_t gasLeft);
  void leave(uint64_t gasLeft);

  /// The first one is none: it has what the outermost calls cost.
  std::span<const Function> functions() const { return all; }

  /// Ways beyond the first `maxNodes` count for their longest part that is among those.
  std::span<const Node> nodes() const { return tree; }
  static constexpr size_t maxNodes = 1 << 20;

private:
  friend class ProfilerScope;

  struct Frame {
    uint32_t function, node;
    uint64_t gasBefore, timeBefore; ///< Of `spentGas` and `now` when it was entered.
  };

  void push(uint32_t function, uint64_t gasLeft);
  void pop();
  /// What was spent since the last event counts for who is on top.
  void settle(uint64_t gasLeft);
  uint32_t childOf(uint32_t node, uint32_t function);

  std::vector<Function> all;
  std::map<std::pair<const void *, uint32_t>, uint32_t> numbers; ///< By instance or host function.
  std::vector<Node> tree;
  std::unordered_map<uint64_t, uint32_t> children; ///< By node and function.
  std::vector<Frame> stack;
  uint64_t lastGas = 0, spentGas = 0, now = 0;
};

/// Around a call from outside, which may come within another one and has a gas limit of its
/// own. Does nothing without a profiler.
class ProfilerScope {
public:
  ProfilerScope(Profiler *profiler, uint64_t gasLeft);
  ProfilerScope(const ProfilerScope &) = delete;
  ProfilerScope &operator=(const ProfilerScope &) = delete;

  /// The call is over. After a trap, functions are on the stack still: they end here.
  void end(uint64_t gasLeft);

private:
  Profiler *profiler;
  size_t depth = 0;
  uint64_t outerGas = 0;
};

} // namespace writ

#endif
