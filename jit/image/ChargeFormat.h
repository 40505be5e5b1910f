//===- ChargeFormat.h - Charge tables in artifacts ------------------------===//
//
// What code costs is kept as counts per class, and, for the schedules that are shipped, as amounts
// too: an instance under one of these needs no sums to start, and most of the counts are never
// read.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_IMAGE_CHARGEFORMAT_H
#define WRIT_JIT_IMAGE_CHARGEFORMAT_H

#include "cache/Artifact.h"
#include "jit/runtime/CompiledModule.h"

namespace writ {

/// The sections of a charge table.
std::vector<cache::SectionBytes> makeChargeSections(const std::vector<CostCounts> &charges);

/// Reads both when they are needed. Errors of what it reads are BadInput.
std::shared_ptr<const ChargeSource>
makeChargeSource(std::shared_ptr<const cache::Artifact> artifact, size_t numCharges);

/// Are all amounts what the counts come to? Errors: BadInput.
Result<void> checkCharges(const cache::Artifact &artifact, size_t numCharges);

} // namespace writ

#endif
