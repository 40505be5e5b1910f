//===- SeededHash.h - Hashes that contracts cannot aim at -----------------===//
#ifndef WRIT_JIT_SINGLEPASS_SEEDEDHASH_H
#define WRIT_JIT_SINGLEPASS_SEEDEDHASH_H

#include <cstddef>
#include <cstdint>

namespace writ::singlepass {

/// Contracts choose their constants and costs. This hash differs from process to process, so that
/// no module can be made of keys that all have the same one.
class SeededHash {
public:
  /// One step of splitmix64.
  void add(uint64_t word) {
    uint64_t mixed = (state ^ word) + 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    state = mixed ^ (mixed >> 31);
  }
  size_t get() const { return state; }

private:
  /// Where the program was loaded is random (ASLR).
  static uint64_t seed() {
    static const char anywhere = 0;
    return reinterpret_cast<uintptr_t>(&anywhere) * 0x9e3779b97f4a7c15u;
  }
  uint64_t state = seed();
};

} // namespace writ::singlepass

#endif
