//===- ImageFormat.cpp - Native code's tables as bytes --------------------===//
#include "jit/image/ImageFormat.h"

#include "jit/image/ModuleInfoFormat.h"

using namespace writ;

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

void writ::writeFunctions(ByteWriter &writer, const NativeImage &image, size_t numCharges) {
  writer.number8(uint8_t(image.tier));
  writer.count(numCharges);
  writer.number32(image.coldFrameWords);
  writer.count(image.faults.size());
  writer.count(image.sites.size());
  writer.count(image.callTypes.size());
  for (const FuncType &type : image.callTypes)
    writeFuncType(writer, type);
  writer.count(image.functions.size());
  for (const ImageFunction &function : image.functions) {
    writer.number32(function.begin);
    writer.number32(function.bytes);
    writer.number32(function.thunk);
    writer.number32(function.firstRegion);
  }
}

static uint32_t countImports(const ModuleInfo &info) {
  uint32_t count = 0;
  while (count < info.funcs.size() && info.funcs[count].import)
    ++count;
  return count;
}

/// The first has no region before it.
static bool areInOrder(const std::vector<ImageFunction> &functions, size_t codeBytes) {
  uint64_t end = 0;
  uint32_t regions = 0;
  for (const ImageFunction &function : functions) {
    if (function.begin < end || function.thunk >= codeBytes || function.firstRegion < regions)
      return false;
    end = uint64_t(function.begin) + function.bytes;
    regions = function.firstRegion;
    if (end > codeBytes || function.bytes == 0)
      return false;
  }
  return functions.empty() || functions.front().firstRegion == 0;
}

Result<FunctionsSection> writ::readFunctions(ByteReader &reader, const ModuleInfo &info,
                                             size_t codeBytes) {
  constexpr uint32_t mostColdWords = 1 << 24; // 128 MiB: more than any frame has.
  constexpr uint32_t mostCharges = 1 << 24;
  NativeImage image;
  image.tier = NativeTier(reader.number8(uint8_t(NativeTier::LLVM)));
  uint32_t numCharges = reader.number32(mostCharges);
  image.coldFrameWords = reader.number32(mostColdWords);
  uint32_t numFaults = reader.number32(), numSites = reader.number32();
  image.callTypes.resize(reader.count(8));
  for (FuncType &type : image.callTypes)
    type = readFuncType(reader);
  image.functions.resize(reader.count(16));
  for (ImageFunction &function : image.functions) {
    function.begin = reader.number32();
    function.bytes = reader.number32();
    function.thunk = reader.number32();
    function.firstRegion = reader.number32();
  }
  image.firstFunction = countImports(info);
  bool isWhole = image.firstFunction + image.functions.size() == info.funcs.size();
  if (!reader.isDone() || image.tier == NativeTier(0) || !isWhole ||
      !areInOrder(image.functions, codeBytes))
    return badInput("artifact: its list of functions does not fit its code");
  return FunctionsSection{std::move(image), numCharges, numFaults, numSites};
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

// A fault: where it is, from the last one; its site, from the one after the last fault's.

std::vector<uint8_t> writ::faultBytes(std::span<const FaultSite> faults) {
  ByteWriter writer;
  FaultSite last{0, ~0u};
  for (FaultSite fault : faults) {
    writer.varint(fault.pc - last.pc);
    writer.signedVarint(int32_t(fault.site - last.site - 1));
    last = fault;
  }
  return std::move(writer.bytes);
}

bool writ::readFaults(std::span<const uint8_t> bytes, std::span<FaultSite> faults) {
  ByteReader reader(bytes);
  FaultSite last{0, ~0u};
  for (FaultSite &fault : faults) {
    last.pc += reader.varint32();
    last.site += uint32_t(reader.signedVarint()) + 1;
    fault = last;
  }
  return reader.isDone();
}

// A site: its kind and what it has; the function if it is another one; the offset in the
// contract, from the last one; charges.
static constexpr uint8_t kindMask = 15, otherFunctionBit = 16, refundBit = 32, owedBit = 64;
#define WRIT_TRAP(Name, Mnemonic, Code, Text) static_assert((Code) <= kindMask);
#include "hostabi/Traps.def"

std::vector<uint8_t> writ::siteBytes(std::span<const TrapSite> sites) {
  ByteWriter writer;
  TrapSite last{TrapKind::None, 0, 0, ~0u, ~0u};
  for (const TrapSite &site : sites) {
    bool isOther = site.func != last.func, hasRefund = site.refund != ~0u, owes = site.owed != ~0u;
    writer.number8(uint8_t(uint8_t(site.kind) | (isOther ? otherFunctionBit : 0) |
                           (hasRefund ? refundBit : 0) | (owes ? owedBit : 0)));
    if (isOther)
      writer.signedVarint(int32_t(site.func - last.func));
    writer.signedVarint(int32_t(site.offset - last.offset));
    if (hasRefund)
      writer.varint(site.refund);
    if (owes)
      writer.varint(site.owed);
    last = site;
  }
  return std::move(writer.bytes);
}

bool writ::readSites(std::span<const uint8_t> bytes, std::span<TrapSite> sites) {
  ByteReader reader(bytes);
  uint32_t func = 0, offset = 0;
  for (TrapSite &site : sites) {
    uint8_t head = reader.number8(kindMask | otherFunctionBit | refundBit | owedBit);
    if (head & otherFunctionBit)
      func += uint32_t(reader.signedVarint());
    offset += uint32_t(reader.signedVarint());
    site = {TrapKind(head & kindMask), func, offset, ~0u, ~0u};
    if (head & refundBit)
      site.refund = reader.varint32();
    if (head & owedBit)
      site.owed = reader.varint32();
  }
  return reader.isDone();
}

static bool isTrap(TrapKind kind) {
  switch (kind) {
#define WRIT_TRAP(Name, Mnemonic, Code, Text) case TrapKind::Name:
#include "hostabi/Traps.def"
    return true;
  default:
    return false;
  }
}

static bool isIndex(uint32_t index, size_t count) { return index == ~0u || index < count; }

const char *writ::findWrong(const CodeTables &tables, const TableLimits &limits) {
  uint64_t next = 0;
  for (FaultSite fault : tables.faults) {
    if (fault.pc < next || fault.pc >= limits.codeBytes)
      return "artifact: its table of faults is not in order";
    if (fault.site >= tables.sites.size())
      return "artifact: an instruction has a trap site that is not there";
    next = uint64_t(fault.pc) + 1;
  }
  for (const TrapSite &site : tables.sites) {
    if (!isTrap(site.kind))
      return "artifact: a trap site has a kind that does not exist";
    if (!isIndex(site.func, limits.functions) || !isIndex(site.refund, limits.charges) ||
        !isIndex(site.owed, limits.charges))
      return "artifact: a trap site names a function or charge that does not exist";
  }
  return nullptr;
}
