//===- ColdFormat.cpp - Regions that cannot be paid, as bytes -------------===//
#include "jit/image/ColdFormat.h"

#include "jit/runtime/Entry.h"

#include <map>
#include <mutex>

using namespace writ;
using namespace writ::cache;

//===----------------------------------------------------------------------===//
// One function
//===----------------------------------------------------------------------===//

static constexpr uint8_t placeMask = 3, narrowBit = 4, exactBit = 8;

static void writeWord(ByteWriter &writer, const ColdWord &word) {
  writer.number8(uint8_t(uint8_t(word.place) | (word.isNarrow ? narrowBit : 0) |
                         (word.isExact ? exactBit : 0)));
  writer.number32(word.frameIndex);
  if (word.place == ColdWord::Place::Constant)
    writer.number64(word.value);
  else if (word.place == ColdWord::Place::Stack)
    writer.number32(uint32_t(word.value));
  else
    writer.number8(uint8_t(word.value));
}

static ColdWord readWord(ByteReader &reader) {
  uint8_t flags = reader.number8(placeMask | narrowBit | exactBit);
  ColdWord word;
  word.place = ColdWord::Place(flags & placeMask);
  word.isNarrow = flags & narrowBit;
  word.isExact = flags & exactBit;
  word.frameIndex = reader.number32();
  if (word.place == ColdWord::Place::Constant)
    word.value = reader.number64();
  else if (word.place == ColdWord::Place::Stack)
    word.value = reader.number32(uint32_t(maxMachineFrameBytes - 8));
  else
    word.value = reader.number8(15);
  return word;
}

void writ::writeColdFunction(ByteWriter &writer, const ColdFunction &function) {
  writer.count(function.regions.size());
  for (const ColdRegion &region : function.regions) {
    writer.number32(region.region);
    writer.number8(region.takesStack);
    writer.count(region.words.size());
    for (const ColdWord &word : region.words)
      writeWord(writer, word);
  }
  writeCode(writer, *function.code);
}

Result<ColdFunction> writ::readColdFunction(ByteReader &reader,
                                            const interp::CodeSurroundings &surroundings) {
  ColdFunction function;
  function.regions.resize(reader.count(9));
  uint64_t next = 0;
  for (ColdRegion &region : function.regions) {
    region.region = reader.number32();
    region.takesStack = reader.number8(1);
    region.words.resize(reader.count(6));
    for (ColdWord &word : region.words)
      word = readWord(reader);
    if (region.region < next)
      reader.fail();
    next = uint64_t(region.region) + 1;
  }
  if (reader.failed())
    return badInput("artifact: what a function's regions need is damaged");
  auto code = interp::readCode(reader, surroundings);
  if (!code)
    return code.error();
  if (!reader.isDone() || next > (*code)->regions.size())
    return badInput("artifact: a function's regions are not those of its code");
  function.code = std::move(*code);
  return function;
}

//===----------------------------------------------------------------------===//
// All functions
//===----------------------------------------------------------------------===//

Result<std::vector<SectionBytes>>
writ::makeColdSections(std::span<const std::vector<uint8_t>> functions) {
  ByteWriter index;
  std::vector<uint8_t> all;
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

namespace {

class ArtifactCold final : public ColdSource {
public:
  ArtifactCold(std::shared_ptr<const Artifact> artifact, uint32_t firstFunction)
      : artifact(std::move(artifact)), firstFunction(firstFunction) {}

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
  /// Where the part of an own function ends.
  Result<uint32_t> endOf(uint32_t own) const {
    auto bytes = artifact->read(*artifact->find(SectionId::ColdIndex), uint64_t(4) * own, 4);
    if (!bytes)
      return bytes.error();
    return ByteReader(*bytes).number32();
  }

  Result<ColdFunction> read(uint32_t own) const {
    Result<uint32_t> begin = own == 0 ? Result<uint32_t>(0u) : endOf(own - 1);
    Result<uint32_t> end = endOf(own);
    if (!begin || !end)
      return begin ? end.error() : begin.error();
    const Artifact::Section *cold = artifact->find(SectionId::Cold);
    if (!cold || *begin > *end)
      return badInput("artifact: its list of regions is not in order");
    auto bytes = artifact->read(*cold, *begin, *end - *begin);
    if (!bytes)
      return bytes.error();
    ByteReader reader(*bytes);
    return readColdFunction(reader, {module->info(), module->numCharges(), false});
  }

  std::shared_ptr<const Artifact> artifact;
  uint32_t firstFunction;
  mutable const CompiledModule *module = nullptr;
  mutable std::mutex mutex;
  mutable std::map<uint32_t, ColdFunction> functions;
};

} // namespace

Result<std::unique_ptr<ColdSource>> writ::makeColdSource(std::shared_ptr<const Artifact> artifact,
                                                         uint32_t firstFunction,
                                                         uint32_t numFunctions) {
  const Artifact::Section *index = artifact->find(SectionId::ColdIndex);
  if ((index ? index->size : 0) != uint64_t(4) * numFunctions)
    return badInput("artifact: its list of regions is not one of its functions");
  return std::unique_ptr<ColdSource>(new ArtifactCold(std::move(artifact), firstFunction));
}
