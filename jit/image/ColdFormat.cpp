//===- ColdFormat.cpp - Regions that cannot be paid, as bytes -------------===//
#include "jit/image/ColdFormat.h"

#include "jit/interp/RegionFormat.h"
#include "jit/runtime/Entry.h"

#include <algorithm>
#include <map>
#include <mutex>

using namespace writ;
using namespace writ::cache;

//===----------------------------------------------------------------------===//
// One function
//===----------------------------------------------------------------------===//

static constexpr uint8_t placeMask = 3, narrowBit = 4, exactBit = 8;
static constexpr unsigned registerShift = 4;

static void writeWord(ByteWriter &writer, const ColdWord &word) {
  bool isInRegister =
      word.place == ColdWord::Place::General || word.place == ColdWord::Place::Vector;
  writer.number8(uint8_t(uint8_t(word.place) | (word.isNarrow ? narrowBit : 0) |
                         (word.isExact ? exactBit : 0) |
                         (isInRegister ? word.value << registerShift : 0)));
  writer.varint(word.frameIndex);
  if (word.place == ColdWord::Place::Constant)
    writer.signedVarint(int64_t(word.value));
  else if (!isInRegister)
    writer.varint(word.value / 8);
}

static ColdWord readWord(ByteReader &reader) {
  uint8_t head = reader.number8();
  ColdWord word;
  word.place = ColdWord::Place(head & placeMask);
  word.isNarrow = head & narrowBit;
  word.isExact = head & exactBit;
  word.frameIndex = reader.varint32();
  uint8_t number = head >> registerShift;
  bool isInRegister =
      word.place == ColdWord::Place::General || word.place == ColdWord::Place::Vector;
  if (isInRegister)
    word.value = number;
  else if (word.place == ColdWord::Place::Constant)
    word.value = uint64_t(reader.signedVarint());
  else
    word.value = 8 * reader.varint(maxMachineFrameBytes / 8 - 1);
  if (!isInRegister && number != 0)
    reader.fail();
  return word;
}

/// Only words that the interpreter reads.
static void writeWords(ByteWriter &writer, const ColdRegion &region,
                       const interp::RegionSlice &slice) {
  std::vector<const ColdWord *> needed;
  for (const ColdWord &word : region.words)
    if (std::ranges::binary_search(slice.reads, word.frameIndex))
      needed.push_back(&word);
  writer.varint(2 * needed.size() + region.takesStack);
  for (const ColdWord *word : needed)
    writeWord(writer, *word);
}

void writ::writeColdFunction(ByteWriter &writer, const interp::Code &code,
                             const interp::Function &function, std::span<const ColdRegion> regions,
                             NativeTier tier) {
  if (regions.empty())
    return;
  interp::RegionSlicer slicer(code);
  std::vector<interp::RegionSlice> slices;
  writer.varint(regions.size());
  uint32_t next = 0;
  for (const ColdRegion &region : regions) {
    slices.push_back(slicer.cut(region.number));
    writer.varint(region.region - next);
    next = region.region + 1;
    if (tier == NativeTier::Singlepass)
      writeWords(writer, region, slices.back());
  }
  writeRegions(writer, code, function, slices);
}

static void readColdRegions(ByteReader &reader, std::vector<ColdRegion> &regions, NativeTier tier) {
  uint64_t next = 0;
  for (ColdRegion &region : regions) {
    uint64_t number = next + reader.varint32();
    region.region = uint32_t(number);
    region.number = uint32_t(&region - regions.data());
    next = number + 1;
    if (next > UINT32_MAX)
      reader.fail();
    if (tier != NativeTier::Singlepass)
      continue;
    uint32_t words = reader.varint32();
    region.takesStack = words & 1;
    if (words / 2 > reader.left())
      return reader.fail();
    region.words.resize(words / 2);
    for (ColdWord &word : region.words)
      word = readWord(reader);
  }
}

Result<ColdFunction> writ::readColdFunction(std::span<const uint8_t> bytes, uint32_t func,
                                            const ColdSurroundings &surroundings) {
  ColdFunction function;
  if (bytes.empty())
    return function;
  ByteReader reader(bytes);
  function.regions.resize(reader.varcount(3));
  readColdRegions(reader, function.regions, surroundings.tier);
  if (reader.failed())
    return badInput("artifact: what a function's regions need is damaged");
  auto code = interp::readRegions(reader, func, function.regions.size(), surroundings.code);
  if (!code)
    return code.error();
  auto fits = [&](const interp::Region &region) {
    return surroundings.tier == NativeTier::Singlepass ||
           region.liveWords <= surroundings.frameWords;
  };
  if (!reader.isDone() || !std::ranges::all_of((*code)->regions, fits))
    return badInput("artifact: a function's regions are not those of its code");
  function.code = std::move(*code);
  return function;
}

//===----------------------------------------------------------------------===//
// All functions
//===----------------------------------------------------------------------===//

// The index has the version of the list of ops, and where the part of each own function ends.
static constexpr uint64_t versionBytes = 8;

Result<std::vector<SectionBytes>>
writ::makeColdSections(std::span<const std::vector<uint8_t>> functions) {
  ByteWriter index;
  std::vector<uint8_t> all;
  index.number64(interp::bytecodeVersion());
  for (const std::vector<uint8_t> &function : functions) {
    all.insert(all.end(), function.begin(), function.end());
    if (all.size() > UINT32_MAX)
      return Error{ErrorKind::Limit, "artifact: the interpreter's code is too large"};
    index.number32(uint32_t(all.size()));
  }
  std::vector<SectionBytes> sections;
  sections.push_back({SectionId::ColdIndex, std::move(index.bytes)});
  sections.push_back({SectionId::Cold, std::move(all)});
  return sections;
}

static Error wrongOrder() { return badInput("artifact: its list of regions is not in order"); }

namespace {

class ArtifactCold final : public ColdSource {
public:
  ArtifactCold(std::shared_ptr<const Artifact> artifact, const NativeImage &image)
      : artifact(std::move(artifact)), firstFunction(image.firstFunction), tier(image.tier),
        frameWords(image.coldFrameWords) {}

  Result<const ColdFunction *> function(uint32_t func) const override {
    std::lock_guard lock(mutex);
    auto found = functions.find(func);
    if (found == functions.end()) {
      auto made = read(func - firstFunction);
      if (!made)
        return made.error();
      found = functions.emplace(func, std::move(*made)).first;
    }
    return &found->second;
  }

  void attach(const CompiledModule *to) const override { module = to; }

private:
  Result<ColdFunction> read(uint32_t own) const {
    const Artifact::Section *index = artifact->find(SectionId::ColdIndex);
    uint64_t at = versionBytes + uint64_t(4) * own;
    auto ends = own == 0 ? artifact->read(*index, at, 4) : artifact->read(*index, at - 4, 8);
    auto version = artifact->read(*index, 0, versionBytes);
    if (!ends || !version)
      return ends ? version.error() : ends.error();
    if (ByteReader(*version).number64() != interp::bytecodeVersion())
      return badInput("artifact: its regions are for another list of ops");
    ByteReader reader(*ends);
    uint32_t begin = own == 0 ? 0 : reader.number32(), end = reader.number32();
    const Artifact::Section *cold = artifact->find(SectionId::Cold);
    if (begin > end)
      return wrongOrder();
    if (begin == end)
      return ColdFunction();
    if (!cold)
      return wrongOrder();
    auto bytes = artifact->read(*cold, begin, end - begin);
    if (!bytes)
      return bytes.error();
    return readColdFunction(*bytes, firstFunction + own,
                            {{module->info(), module->numCharges()}, tier, frameWords});
  }

  std::shared_ptr<const Artifact> artifact;
  uint32_t firstFunction;
  NativeTier tier;
  uint32_t frameWords;
  mutable const CompiledModule *module = nullptr;
  mutable std::mutex mutex;
  mutable std::map<uint32_t, ColdFunction> functions;
};

} // namespace

Result<std::unique_ptr<ColdSource>> writ::makeColdSource(std::shared_ptr<const Artifact> artifact,
                                                         const NativeImage &image) {
  const Artifact::Section *index = artifact->find(SectionId::ColdIndex);
  if ((index ? index->size : 0) != versionBytes + uint64_t(4) * image.functions.size())
    return badInput("artifact: its list of regions is not one of its functions");
  return std::unique_ptr<ColdSource>(new ArtifactCold(std::move(artifact), image));
}

Result<void> writ::checkCold(const Artifact &artifact, const NativeImage &image,
                             const interp::CodeSurroundings &surroundings) {
  auto index = artifact.read(SectionId::ColdIndex), cold = artifact.read(SectionId::Cold);
  if (!index || !cold)
    return index ? cold.error() : index.error();
  ByteReader ends(*index);
  if (ends.number64() != interp::bytecodeVersion())
    return badInput("artifact: its regions are for another list of ops");
  uint32_t begin = 0;
  for (size_t i = 0; i < image.functions.size(); ++i) {
    uint32_t end = ends.number32();
    if (ends.failed() || end < begin || end > cold->size())
      return wrongOrder();
    auto function = readColdFunction(std::span(*cold).subspan(begin, end - begin),
                                     image.firstFunction + uint32_t(i),
                                     {surroundings, image.tier, image.coldFrameWords});
    if (!function)
      return function.error();
    begin = end;
  }
  if (!ends.isDone() || begin != cold->size())
    return badInput("artifact: it has regions of no function");
  return {};
}
