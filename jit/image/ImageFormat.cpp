//===- ImageFormat.cpp - Native code's tables as bytes --------------------===//
#include "jit/image/ImageFormat.h"

#include "jit/image/ModuleInfoFormat.h"

#include <cstring>

using namespace writ;

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

void writ::writeFunctions(ByteWriter &writer, const NativeImage &image, size_t numCharges) {
  writer.number8(uint8_t(image.tier));
  writer.count(numCharges);
  writer.number32(image.coldFrameWords);
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
  return FunctionsSection{std::move(image), numCharges};
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

// The form in memory is that of the artifact (docs/artifact.md).
static_assert(sizeof(FaultSite) == 8 && offsetof(FaultSite, site) == 4);
static_assert(sizeof(TrapSite) == 20 && offsetof(TrapSite, kind) == 0 &&
              offsetof(TrapSite, func) == 4 && offsetof(TrapSite, offset) == 8 &&
              offsetof(TrapSite, refund) == 12 && offsetof(TrapSite, owed) == 16);

std::vector<uint8_t> writ::faultBytes(std::span<const FaultSite> faults) {
  ByteWriter writer;
  for (FaultSite fault : faults) {
    writer.number32(fault.pc);
    writer.number32(fault.site);
  }
  return std::move(writer.bytes);
}

std::vector<uint8_t> writ::siteBytes(std::span<const TrapSite> sites) {
  ByteWriter writer;
  for (const TrapSite &site : sites) {
    writer.number32(uint32_t(site.kind)); // Three zeros behind it.
    writer.number32(site.func);
    writer.number32(site.offset);
    writer.number32(site.refund);
    writer.number32(site.owed);
  }
  return std::move(writer.bytes);
}

std::span<const FaultSite> writ::faultsIn(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const FaultSite *>(bytes.data()), bytes.size() / sizeof(FaultSite)};
}

std::span<const TrapSite> writ::sitesIn(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const TrapSite *>(bytes.data()), bytes.size() / sizeof(TrapSite)};
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
