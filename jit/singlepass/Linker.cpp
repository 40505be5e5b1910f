//===- Linker.cpp - From chunks of code to a module's ---------------------===//

#include "jit/singlepass/Linker.h"

#include "jit/singlepass/SeededHash.h"
#include "jit/singlepass/Stubs.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

using namespace writ;
using namespace writ::singlepass;

/// Of an entry jump, whose distance comes last.
static constexpr uint32_t entryJumpBytes = 6;

static uint32_t alignTo16(uint32_t size) { return (size + 15) & ~15u; }

namespace {

struct KeyHash {
  size_t operator()(uint64_t bits) const {
    SeededHash hash;
    hash.add(bits);
    return hash.get();
  }
  size_t operator()(const FuncType &type) const {
    SeededHash hash;
    for (ValueType param : type.params)
      hash.add(uint64_t(param));
    hash.add(~uint64_t(0));
    for (ValueType result : type.results)
      hash.add(uint64_t(result));
    return hash.get();
  }
};

/// Gives equal things one number, in the order in which they come.
template <typename Key, typename Hash>
class Numbers {
public:
  uint32_t of(const Key &key) {
    auto [it, isNew] = numbers.try_emplace(key, uint32_t(numbers.size()));
    if (isNew)
      keys.push_back(key);
    return it->second;
  }
  std::vector<Key> keys;

private:
  std::unordered_map<Key, uint32_t, Hash> numbers;
};

/// From the numbers of one chunk to those of the module.
struct ChunkMaps {
  uint32_t base = 0; ///< Where the code begins.
  uint32_t firstSite = 0, firstRegion = 0, firstTick = 0;
  std::vector<uint32_t> charges, callTypes, slowTypes, constants;
  std::vector<uint32_t> tables; ///< Where they begin.
};

class Linker {
public:
  Linker(const std::vector<EmittedChunk> &chunks, const ModuleInfo &info,
         const LinkOptions &options)
      : chunks(chunks), info(info), options(options), stubs(options.isCounting) {}

  Result<LinkedModule> run();

private:
  void number();
  void emitStubs();
  void emitThunks();
  void place(const EmittedChunk &chunk, const ChunkMaps &map);
  void list(const EmittedChunk &chunk, const ChunkMaps &map);
  void listTicks(const TickTable &ticks);
  void placeConstants();
  void placeTables();

  void write(uint32_t position, uint32_t value) {
    std::memcpy(image.code.data() + position, &value, 4);
  }
  void add(uint32_t position, uint32_t value) {
    uint32_t old;
    std::memcpy(&old, image.code.data() + position, 4);
    write(position, old + value);
  }
  /// Offset of an own function's word in the table of entries.
  uint32_t entryWord(uint32_t own) const { return uint32_t(image.entriesOffset()) + 8 * own; }
  void writeDistance(uint32_t position, uint32_t target) {
    write(position, target - (position + 4));
  }

  const std::vector<EmittedChunk> &chunks;
  const ModuleInfo &info;
  const LinkOptions &options;
  std::vector<ChunkMaps> maps;
  AmountNumbers charges;
  Numbers<FuncType, KeyHash> callTypes, slowTypes;
  Numbers<uint64_t, KeyHash> constants;
  Stubs stubs;
  std::vector<uint32_t> slowPositions;
  uint32_t stubsBase = 0;
  size_t ownGlobals = 0, counters = 0;
  NativeImage image;
};

} // namespace

void Linker::number() {
  uint32_t base = 0, sites = 0, regions = 0, ticks = 0;
  size_t faults = 0;
  for (const CostCounts &counts : options.charges)
    charges.of(counts, costHash(counts));
  for (const EmittedChunk &chunk : chunks) {
    ChunkMaps &map = maps.emplace_back();
    map.base = base;
    map.firstSite = sites;
    map.firstRegion = regions;
    map.firstTick = ticks;
    base = alignTo16(base + uint32_t(chunk.code.size()));
    sites += uint32_t(chunk.sites.size());
    regions += chunk.numRegions;
    ticks += uint32_t(chunk.ticks.sites.size());
    faults += chunk.faults.size();
    map.charges.reserve(chunk.charges.size());
    for (size_t i = 0; i < chunk.charges.size(); ++i)
      map.charges.push_back(charges.of(chunk.charges[i], chunk.charges.hash(i)));
    for (const FuncType &type : chunk.callTypes)
      map.callTypes.push_back(callTypes.of(type));
    for (const FuncType &type : chunk.slowTypes)
      map.slowTypes.push_back(slowTypes.of(type));
    for (uint64_t bits : chunk.constants)
      map.constants.push_back(constants.of(bits));
  }
  stubsBase = base;
  stubs.unpaidSite = sites;
  image.sites.reserve(sites + 1);
  image.faults.reserve(faults);
}

void Linker::emitStubs() {
  stubs.emitCommon();
  for (const FuncType &type : slowTypes.keys)
    slowPositions.push_back(stubsBase + stubs.emitSlowCall(Signature(type, options.calleesPop)));
  emitThunks();
}

void Linker::emitThunks() {
  std::unordered_map<FuncType, uint32_t, KeyHash> thunks;
  for (const FuncDecl &func : info.funcs) {
    if (func.import)
      continue;
    auto [it, isNew] = thunks.try_emplace(func.type, 0);
    if (isNew)
      it->second = stubsBase + stubs.emitThunk(Signature(func.type, options.calleesPop));
    image.functions.emplace_back().thunk = it->second;
  }
  if (options.isCounting)
    for (size_t i = 0; i < image.functions.size(); ++i)
      image.jumps.push_back(stubsBase + stubs.emitEntryJump());
}

/// Copies the chunk's code in and writes what it left open.
void Linker::place(const EmittedChunk &chunk, const ChunkMaps &map) {
  std::memcpy(image.code.data() + map.base, chunk.code.data(), chunk.code.size());
  for (const Patch &patch : chunk.commonJumps)
    writeDistance(map.base + patch.position, stubsBase + stubs.positionOf(Common(patch.what)));
  for (const Patch &patch : chunk.functionUses)
    writeDistance(map.base + patch.position,
                  image.functions[patch.what - image.firstFunction].begin);
  for (const Patch &patch : chunk.entryUses)
    writeDistance(map.base + patch.position, entryWord(patch.what - image.firstFunction));
  for (const Patch &patch : chunk.slowUses)
    writeDistance(map.base + patch.position, slowPositions[map.slowTypes[patch.what]]);
  for (const Patch &patch : chunk.constantUses)
    writeDistance(map.base + patch.position,
                  uint32_t(image.constantsOffset()) + 16 * map.constants[patch.what]);
  for (size_t i = 0; i < chunk.jumpTables.size(); ++i)
    writeDistance(map.base + chunk.jumpTables[i].use, map.tables[i]);
  for (const Patch &patch : chunk.chargeUses)
    write(map.base + patch.position,
          uint32_t(nearPriceOffset(ownGlobals, counters, map.charges[patch.what])));
  for (const Patch &patch : chunk.callTypeUses)
    write(map.base + patch.position, 4 * map.callTypes[patch.what]);
  for (uint32_t position : chunk.siteUses)
    add(map.base + position, map.firstSite);
  for (uint32_t position : chunk.regionUses)
    add(map.base + position, map.firstRegion);
  for (uint32_t position : chunk.tickUses)
    add(map.base + position, map.firstTick);
}

void Linker::list(const EmittedChunk &chunk, const ChunkMaps &map) {
  ImageFunction *function = &image.functions[chunk.firstFunction - image.firstFunction];
  for (size_t i = 0; i < chunk.functions.size(); ++i, ++function) {
    bool isLast = i + 1 == chunk.functions.size();
    uint32_t end = isLast ? uint32_t(chunk.code.size()) : chunk.functions[i + 1];
    function->begin = map.base + chunk.functions[i];
    function->bytes = end - chunk.functions[i];
    function->firstRegion = map.firstRegion + chunk.firstRegions[i];
  }
  for (FaultSite fault : chunk.faults)
    image.faults.push_back({map.base + fault.pc, map.firstSite + fault.site});
  for (TrapSite site : chunk.sites) {
    if (site.refund != ~0u)
      site.refund = map.charges[site.refund];
    image.sites.push_back(site);
  }
  listTicks(chunk.ticks);
}

void Linker::listTicks(const TickTable &ticks) {
  TickTable &all = image.ticks;
  auto firstPlace = uint32_t(all.places.size());
  for (TickSite site : ticks.sites) {
    site.firstPlace += firstPlace;
    all.sites.push_back(site);
  }
  all.places.insert(all.places.end(), ticks.places.begin(), ticks.places.end());
  all.frames.insert(all.frames.end(), ticks.frames.begin(), ticks.frames.end());
}

/// Each twice, as vectors have them.
void Linker::placeConstants() {
  for (size_t i = 0; i < constants.keys.size(); ++i)
    for (size_t copy = 0; copy < 2; ++copy)
      std::memcpy(image.constants.data() + 16 * i + 8 * copy, &constants.keys[i], 8);
}

/// Behind the constants.
void Linker::placeTables() {
  for (size_t i = 0; i < chunks.size(); ++i)
    for (const JumpTable &table : chunks[i].jumpTables) {
      auto begin = uint32_t(image.constantsOffset() + image.constants.size());
      maps[i].tables.push_back(begin);
      for (uint32_t target : table.targets) {
        uint32_t distance = maps[i].base + target - begin;
        const auto *bytes = reinterpret_cast<const uint8_t *>(&distance);
        image.constants.insert(image.constants.end(), bytes, bytes + 4);
      }
    }
}

Result<LinkedModule> Linker::run() {
  while (image.firstFunction < info.funcs.size() && info.funcs[image.firstFunction].import)
    ++image.firstFunction;
  ownGlobals =
      std::ranges::count_if(info.globals, [](const GlobalDecl &global) { return !global.import; });
  if (options.isCounting)
    counters = info.funcs.size() - image.firstFunction;
  number();
  emitStubs();
  if (!stubs.masm.failure().empty())
    return internalError("singlepass: the assembler says: " + stubs.masm.failure());
  image.code.resize(stubsBase + stubs.masm.here());
  image.constants.resize(16 * constants.keys.size());
  placeConstants();
  placeTables(); // Now all sizes are known: code is placed by them.
  for (size_t i = 0; i < chunks.size(); ++i)
    list(chunks[i], maps[i]);
  for (size_t i = 0; i < chunks.size(); ++i)
    place(chunks[i], maps[i]);
  if (options.isCounting)
    image.sites.push_back({TrapKind::OutOfGas, ~0u, ~0u, ~0u, ~0u});
  std::memcpy(image.code.data() + stubsBase, stubs.masm.data(), stubs.masm.here());
  for (uint32_t i = 0; i < image.jumps.size(); ++i)
    writeDistance(image.jumps[i] + entryJumpBytes - 4, entryWord(i));
  image.callTypes = std::move(callTypes.keys);
  return LinkedModule{std::move(image), charges.amounts.spelledOut()};
}

Result<LinkedModule> writ::singlepass::link(const std::vector<EmittedChunk> &chunks,
                                            const ModuleInfo &info, const LinkOptions &options) {
  return Linker(chunks, info, options).run();
}
