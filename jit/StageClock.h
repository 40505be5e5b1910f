//===- StageClock.h - Which stage of a compile takes how long -------------===//
#ifndef WRIT_JIT_STAGECLOCK_H
#define WRIT_JIT_STAGECLOCK_H

#include <string_view>
#include <vector>

namespace writ {

/// Time of one stage of a compile.
struct StageTime {
  std::string_view stage; ///< "read", "import", "meter", "verify", "interp", "singlepass",
                          ///< "finish", "drop", "llvm", "auto".
  double seconds;         ///< Of wall time.
  double cpuSeconds = 0;  ///< Of the compiling threads' time on processors.
};

/// Adds up the time of stages that take turns, on one thread. Costs nothing if nobody asks.
class StageClock {
public:
  /// The result goes to `times`, if that is given, when the clock is destroyed.
  explicit StageClock(std::vector<StageTime> *times);
  ~StageClock();
  StageClock(const StageClock &) = delete;

  /// From now on, time is that of `stage`, a literal; empty for none of interest.
  void enter(std::string_view stage) {
    if (times)
      change(stage);
  }

private:
  void change(std::string_view stage);

  std::vector<StageTime> *times;
  std::vector<StageTime> sums;
  std::string_view current;
  double wallStart = 0, cpuStart = 0;
};

/// Adds what `from` has to the stages of the same names in `to`. Of wall time the most counts:
/// they ran at the same time.
void mergeStages(std::vector<StageTime> &to, const std::vector<StageTime> &from);

} // namespace writ

#endif
