//===- CompileQueue.h - Threads that compile in the background ------------===//
#ifndef WRIT_JIT_TIERUP_COMPILEQUEUE_H
#define WRIT_JIT_TIERUP_COMPILEQUEUE_H

#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace writ {

/// Runs jobs on threads of its own, first come, first served. Thread-safe. One queue serves any
/// number of modules.
class CompileQueue {
public:
  /// `workers` is at least 1.
  explicit CompileQueue(unsigned workers);
  /// Waits for the jobs that run, and forgets those that do not yet.
  ~CompileQueue();
  CompileQueue(const CompileQueue &) = delete;
  CompileQueue &operator=(const CompileQueue &) = delete;

  void push(std::function<void()> job);
  /// Waits until there is nothing to do.
  void wait();

private:
  struct State;
  std::unique_ptr<State> state;
  std::vector<std::thread> threads;
};

} // namespace writ

#endif
