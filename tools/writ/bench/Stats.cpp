//===- Stats.cpp - What a handful of samples says -------------------------===//
#include "tools/writ/bench/Stats.h"

#include <algorithm>
#include <cmath>

namespace writ::bench {

/// `part` of the way through `sorted`, which is not empty.
static double quantile(const std::vector<double> &sorted, double part) {
  double place = part * double(sorted.size() - 1);
  size_t below = size_t(place);
  size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - double(below));
}

Stats statsOf(std::vector<double> samples) {
  if (samples.empty())
    return {};
  std::ranges::sort(samples);
  return {samples.size(),         samples.front(),         quantile(samples, 0.25),
          quantile(samples, 0.5), quantile(samples, 0.75), samples.back()};
}

double geometricMean(const std::vector<double> &values) {
  double sum = 0;
  size_t count = 0;
  for (double value : values)
    if (value > 0) {
      sum += std::log(value);
      ++count;
    }
  return count ? std::exp(sum / double(count)) : 0;
}

} // namespace writ::bench
