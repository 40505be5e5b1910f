//===- CpuFeatures.h - What code needs of a processor ---------------------===//
#ifndef WRIT_CACHE_CPUFEATURES_H
#define WRIT_CACHE_CPUFEATURES_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace writ::cache {

/// A bit for each row of CpuFeatures.def.
using CpuFeatures = uint64_t;

/// Of the processor that we run on.
CpuFeatures hostCpuFeatures();

/// What "x86-64-v2" and "x86-64-v3" have; none for any other name.
std::optional<CpuFeatures> cpuFeaturesOf(std::string_view target);

/// "avx2, bmi"; a bit that nobody knows is "feature 40".
std::string toString(CpuFeatures features);

} // namespace writ::cache

#endif
