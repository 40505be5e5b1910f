//===- CompileQueue.cpp - Threads that compile in the background ----------===//

#include "jit/tierup/CompileQueue.h"

#include <condition_variable>
#include <deque>
#include <mutex>

using namespace writ;

struct CompileQueue::State {
  std::mutex mutex;
  std::condition_variable hasWork, isIdle;
  std::deque<std::function<void()>> jobs;
  unsigned running = 0;
  bool isOver = false;

  void work() {
    std::unique_lock lock(mutex);
    for (;;) {
      hasWork.wait(lock, [&] { return isOver || !jobs.empty(); });
      if (isOver)
        return;
      std::function<void()> job = std::move(jobs.front());
      jobs.pop_front();
      ++running;
      lock.unlock();
      job();
      job = nullptr; // What it holds may end here.
      lock.lock();
      if (--running == 0 && jobs.empty())
        isIdle.notify_all();
    }
  }
};

CompileQueue::CompileQueue(unsigned workers) : state(std::make_unique<State>()) {
  for (unsigned i = 0; i < workers; ++i)
    threads.emplace_back([this] { state->work(); });
}

CompileQueue::~CompileQueue() {
  std::deque<std::function<void()>> forgotten;
  {
    std::lock_guard lock(state->mutex);
    state->isOver = true;
    forgotten.swap(state->jobs);
  }
  state->hasWork.notify_all();
  for (std::thread &thread : threads)
    thread.join();
}

void CompileQueue::push(std::function<void()> job) {
  {
    std::lock_guard lock(state->mutex);
    state->jobs.push_back(std::move(job));
  }
  state->hasWork.notify_one();
}

void CompileQueue::wait() {
  std::unique_lock lock(state->mutex);
  state->isIdle.wait(lock, [&] { return state->running == 0 && state->jobs.empty(); });
}
