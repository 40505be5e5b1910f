//===- Stats.h - What a handful of samples says ---------------------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_STATS_H
#define WRIT_TOOLS_WRIT_BENCH_STATS_H

#include <cstddef>
#include <vector>

namespace writ::bench {

/// Of some samples; all zero if there are none.
struct Stats {
  size_t count = 0;
  double least = 0, lower = 0, median = 0, upper = 0, most = 0;

  explicit operator bool() const { return count > 0; }
  /// Half the distance of the quartiles, as a part of the median: "± 2 %".
  double spread() const { return median > 0 ? (upper - lower) / 2 / median : 0; }
};

/// Quartiles are interpolated between samples.
Stats statsOf(std::vector<double> samples);

/// Of the values above 0; 0 if there are none.
double geometricMean(const std::vector<double> &values);

} // namespace writ::bench

#endif
