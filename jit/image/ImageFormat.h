//===- ImageFormat.h - Native code's tables as bytes ----------------------===//
//
// Functions are read when code is loaded; faults and trap sites are used where they lie, and only
// when something traps.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_IMAGE_IMAGEFORMAT_H
#define WRIT_JIT_IMAGE_IMAGEFORMAT_H

#include "hostabi/Bytes.h"
#include "hostabi/Result.h"
#include "jit/image/NativeImage.h"

namespace writ {

/// All of `image` but code, constants, faults and sites, and how many charges there are.
void writeFunctions(ByteWriter &writer, const NativeImage &image, size_t numCharges);
/// Reads that, for code of `codeBytes` that belongs to `info`: every function and thunk lies in
/// it, one behind the other. Errors are BadInput.
struct FunctionsSection {
  NativeImage image;
  uint32_t numCharges = 0;
};
Result<FunctionsSection> readFunctions(ByteReader &reader, const ModuleInfo &info,
                                       size_t codeBytes);

/// In the form that they have in memory.
std::vector<uint8_t> faultBytes(std::span<const FaultSite> faults);
std::vector<uint8_t> siteBytes(std::span<const TrapSite> sites);
/// `bytes` is aligned to 4. What is left of an entry is not given.
std::span<const FaultSite> faultsIn(std::span<const uint8_t> bytes);
std::span<const TrapSite> sitesIn(std::span<const uint8_t> bytes);

/// How many of each there are: what tables may name.
struct TableLimits {
  size_t codeBytes = 0, functions = 0, charges = 0;
};

/// Faults are in order and in the code, and name sites; sites name functions, charges and traps
/// that exist. Null, or what is not so. Async-signal-safe.
const char *findWrong(const CodeTables &tables, const TableLimits &limits);

} // namespace writ

#endif
