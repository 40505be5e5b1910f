//===- ImageFormat.h - Native code's tables as bytes ----------------------===//
//
// Functions are read when code is loaded; faults and trap sites only when something traps.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_IMAGE_IMAGEFORMAT_H
#define WRIT_JIT_IMAGE_IMAGEFORMAT_H

#include "hostabi/Bytes.h"
#include "hostabi/Result.h"
#include "jit/image/NativeImage.h"

namespace writ {

/// All of `image` but code, constants, faults and sites, of which it says how many there are, as of
/// charges.
void writeFunctions(ByteWriter &writer, const NativeImage &image, size_t numCharges);
/// Reads that, for code of `codeBytes` that belongs to `info`: every function and thunk lies in
/// it, one behind the other. Errors are BadInput.
struct FunctionsSection {
  NativeImage image;
  uint32_t numCharges = 0, numFaults = 0, numSites = 0;
};
Result<FunctionsSection> readFunctions(ByteReader &reader, const ModuleInfo &info,
                                       size_t codeBytes);

/// Each a few bytes.
std::vector<uint8_t> faultBytes(std::span<const FaultSite> faults);
std::vector<uint8_t> siteBytes(std::span<const TrapSite> sites);
/// What an entry takes at least.
inline constexpr size_t leastEntryBytes = 2;
/// False if `bytes` are not just so many of them. Async-signal-safe.
bool readFaults(std::span<const uint8_t> bytes, std::span<FaultSite> faults);
bool readSites(std::span<const uint8_t> bytes, std::span<TrapSite> sites);

/// Why they are refused.
inline constexpr const char *damagedTables = "artifact: its tables of traps are damaged";

/// How many of each there are: what tables have, and may name.
struct TableLimits {
  size_t codeBytes = 0, functions = 0, charges = 0, faults = 0, sites = 0;
};

/// Faults are in order and in the code, and name sites; sites name functions, charges and traps
/// that exist. Null, or what is not so. Async-signal-safe.
const char *findWrong(const CodeTables &tables, const TableLimits &limits);

} // namespace writ

#endif
