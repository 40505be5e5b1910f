//===- Crew.h - Threads that help with work -------------------------------===//
#ifndef WRIT_HOSTABI_CREW_H
#define WRIT_HOSTABI_CREW_H

#include <cstddef>
#include <functional>
#include <pthread.h>
#include <utility>
#include <vector>

namespace writ {

/// Up to `count` threads, fewer if the system has no more, which call `work` once each. Whoever
/// has made them does the same work, and must not depend on their help.
class Crew {
public:
  Crew(size_t count, std::function<void()> work) : work(std::move(work)) {
    threads.reserve(count);
    for (pthread_t thread; threads.size() < count; threads.push_back(thread))
      if (pthread_create(&thread, nullptr, start, &this->work) != 0)
        break;
  }
  ~Crew() { join(); }
  Crew(const Crew &) = delete;
  Crew &operator=(const Crew &) = delete;

  /// Waits until all have returned.
  void join() {
    for (pthread_t thread : std::exchange(threads, {}))
      pthread_join(thread, nullptr);
  }

private:
  static void *start(void *work) {
    (*static_cast<std::function<void()> *>(work))();
    return nullptr;
  }

  std::function<void()> work;
  std::vector<pthread_t> threads;
};

} // namespace writ

#endif
