//===- Pool.h - Processes that compile, and that may die ------------------===//
#ifndef WRIT_TOOLS_WRIT_PRECOMPILE_POOL_H
#define WRIT_TOOLS_WRIT_PRECOMPILE_POOL_H

#include "tools/writ/precompile/Jobs.h"

#include <chrono>
#include <functional>
#include <sys/types.h>

namespace writ::cli::precompile {

struct PoolOptions {
  std::vector<std::string> command; ///< Starts a worker.
  unsigned workers = 1;
  double timeoutSeconds = 120; ///< For one module on one tier.
};

/// What a worker was doing when it died or was killed.
struct Accident {
  std::string path, code, tier;
  std::string how; ///< "killed by signal 11 (Segmentation fault)", "took more than 120 s".
};

/// Gives modules to workers, each a process of its own, one at a time. A worker that dies takes
/// only its module with it.
class Pool {
public:
  Pool(PoolOptions options, std::function<void(const Outcome &)> onOutcome,
       std::function<Outcome(const Accident &)> onAccident);
  ~Pool();
  Pool(const Pool &) = delete;
  Pool &operator=(const Pool &) = delete;

  /// Until all of `modules` are done, or `interrupted()`. False in that case. Throws `Fatal` if
  /// no worker can be started.
  bool run(const std::vector<std::string> &modules);

private:
  using Clock = std::chrono::steady_clock;

  struct Worker {
    pid_t pid = -1;
    int socket = -1;
    std::string input; ///< That is no whole line yet.
    bool isBusy = false;
    Accident doing; ///< With an empty `how`.
    Clock::time_point since;
  };

  void start(Worker &worker);
  void stop(Worker &worker);
  void give(Worker &worker, const std::string &path);
  void read(Worker &worker);
  void understand(Worker &worker, const std::string &line);
  void bury(Worker &worker, const std::string &how);
  std::string endOf(Worker &worker, bool isEnding = false);
  double secondsLeft(const Worker &worker) const;
  int nextTimeout() const;

  const PoolOptions options;
  const std::function<void(const Outcome &)> onOutcome;
  const std::function<Outcome(const Accident &)> onAccident;
  std::vector<Worker> workers;
};

} // namespace writ::cli::precompile

#endif
