//===- CpuFeatures.cpp - What code needs of a processor -------------------===//
#include "cache/CpuFeatures.h"

#include <fmt/format.h>
#include <utility>

using namespace writ::cache;

CpuFeatures writ::cache::hostCpuFeatures() {
  static const CpuFeatures features = [] {
    __builtin_cpu_init();
    CpuFeatures found = 0;
#define WRIT_CPU_FEATURE(Bit, Name, Level)                                                         \
  found |= CpuFeatures(__builtin_cpu_supports(Name) != 0) << Bit;
#include "cache/CpuFeatures.def"
    return found;
  }();
  return features;
}

std::optional<CpuFeatures> writ::cache::cpuFeaturesOf(std::string_view target) {
  unsigned level = target == "x86-64-v2" ? 2 : target == "x86-64-v3" ? 3 : 0;
  if (level == 0)
    return std::nullopt;
  CpuFeatures features = 0;
#define WRIT_CPU_FEATURE(Bit, Name, Level) features |= CpuFeatures(Level <= level) << Bit;
#include "cache/CpuFeatures.def"
  return features;
}

std::string writ::cache::toString(CpuFeatures features) {
  std::string text;
  auto add = [&](std::string_view name) {
    text += text.empty() ? "" : ", ";
    text += name;
  };
#define WRIT_CPU_FEATURE(Bit, Name, Level)                                                         \
  if (features >> Bit & 1)                                                                         \
    add(Name);                                                                                     \
  features &= ~(CpuFeatures(1) << Bit);
#include "cache/CpuFeatures.def"
  for (unsigned bit = 0; bit < 64; ++bit)
    if (features >> bit & 1)
      add(fmt::format("feature {}", bit));
  return text;
}
