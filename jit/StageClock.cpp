//===- StageClock.cpp - Which stage of a compile takes how long -----------===//

#include "jit/StageClock.h"

#include <algorithm>
#include <ctime>

using namespace writ;

static double secondsOf(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

static StageTime &sumOf(std::vector<StageTime> &sums, std::string_view stage) {
  for (StageTime &sum : sums)
    if (sum.stage == stage)
      return sum;
  return sums.emplace_back(StageTime{stage, 0, 0});
}

StageClock::StageClock(std::vector<StageTime> *times) : times(times) {}

StageClock::~StageClock() {
  enter({});
  if (times)
    times->insert(times->end(), sums.begin(), sums.end());
}

void StageClock::change(std::string_view stage) {
  double wall = secondsOf(CLOCK_MONOTONIC), cpu = secondsOf(CLOCK_THREAD_CPUTIME_ID);
  if (!current.empty()) {
    StageTime &sum = sumOf(sums, current);
    sum.seconds += wall - wallStart;
    sum.cpuSeconds += cpu - cpuStart;
  }
  current = stage;
  wallStart = wall;
  cpuStart = cpu;
}

void writ::mergeStages(std::vector<StageTime> &to, const std::vector<StageTime> &from) {
  for (const StageTime &time : from) {
    StageTime &sum = sumOf(to, time.stage);
    sum.seconds = std::max(sum.seconds, time.seconds);
    sum.cpuSeconds += time.cpuSeconds;
  }
}
