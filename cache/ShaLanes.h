//===- ShaLanes.h - SHA-256 of several messages at a time -----------------===//
#ifndef WRIT_CACHE_SHALANES_H
#define WRIT_CACHE_SHALANES_H

#include "cache/Digest.h"

namespace writ::cache {

/// Whether the processor has instructions for SHA-256.
bool hasShaInstructions() noexcept;

/// The digest of each message, two at a time: one alone waits at each instruction for the last
/// one's result. For processors that have the instructions. Async-signal-safe.
void digestsInLanes(std::span<const std::span<const uint8_t>> messages,
                    std::span<Digest> to) noexcept;

} // namespace writ::cache

#endif
