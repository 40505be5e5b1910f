//===- Artifact.cpp - Compiled contracts as bytes that are checked --------===//
#include "cache/Artifact.h"

#include "cache/ArtifactLayout.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

using namespace writ;
using namespace writ::cache;

std::string_view writ::cache::thisCompiler() { return "writ " WRIT_VERSION; }

std::string_view writ::cache::sectionName(SectionId id) {
  switch (id) {
#define WRIT_SECTION(Number, Name, Mnemonic, ChunkBytes)                                           \
  case SectionId::Name:                                                                            \
    return Mnemonic;
#include "cache/Sections.def"
  }
  return "?";
}

uint64_t writ::cache::chunkBytesOf(SectionId id) {
  switch (id) {
#define WRIT_SECTION(Number, Name, Mnemonic, ChunkBytes)                                           \
  case SectionId::Name:                                                                            \
    return ChunkBytes;
#include "cache/Sections.def"
  }
  return 1;
}

Error writ::cache::chunkError(SectionId section, uint64_t chunk, ChunkStatus status) {
  return badInput(fmt::format("artifact: chunk {} of section '{}' {}", chunk, sectionName(section),
                              status == ChunkStatus::Damaged ? "is damaged: its hash is another one"
                                                             : "cannot be read"));
}

//===----------------------------------------------------------------------===//
// Contents
//===----------------------------------------------------------------------===//

const Artifact::Section *Artifact::find(SectionId id) const {
  auto found = std::ranges::find(theSections, id, &Section::id);
  return found == theSections.end() ? nullptr : &*found;
}

static size_t sizeOfChunk(const Artifact::Section &section, uint64_t chunk) {
  return size_t(std::min(section.chunkBytes(), section.size - chunk * section.chunkBytes()));
}

ChunkStatus Artifact::readChunk(const Section &section, uint64_t chunk,
                                uint8_t *to) const noexcept {
  std::span<uint8_t> bytes(to, sizeOfChunk(section, chunk));
  if (!source->read(section.offset + chunk * section.chunkBytes(), bytes))
    return ChunkStatus::Unreadable;
  bool isFine = digestOf(bytes) == leaves[section.firstChunk + chunk];
  return isFine ? ChunkStatus::Fine : ChunkStatus::Damaged;
}

Result<std::vector<uint8_t>> Artifact::read(SectionId id) const {
  const Section *section = find(id);
  return section ? read(*section, 0, section->size) : std::vector<uint8_t>();
}

Result<std::vector<uint8_t>> Artifact::read(const Section &section, uint64_t offset,
                                            uint64_t bytes) const {
  if (offset > section.size || bytes > section.size - offset)
    return badInput(fmt::format("artifact: section '{}' ends before byte {}",
                                sectionName(section.id), offset + bytes));
  uint64_t chunkBytes = section.chunkBytes();
  uint64_t first = offset / chunkBytes, end = (offset + bytes + chunkBytes - 1) / chunkBytes;
  uint64_t last = std::min(end * chunkBytes, section.size);
  std::vector<uint8_t> chunks(last - std::min(first * chunkBytes, last));
  for (uint64_t chunk = first; chunk < end; ++chunk) {
    ChunkStatus status = readChunk(section, chunk, chunks.data() + (chunk - first) * chunkBytes);
    if (status != ChunkStatus::Fine)
      return chunkError(section.id, chunk, status);
  }
  size_t skipped = size_t(offset - first * chunkBytes);
  if (skipped == 0 && chunks.size() == bytes)
    return chunks;
  return std::vector<uint8_t>(chunks.begin() + long(skipped),
                              chunks.begin() + long(skipped + bytes));
}

Result<void> Artifact::verifyAll() const {
  std::vector<uint8_t> bytes;
  for (const Section &section : theSections) {
    bytes.resize(section.chunkBytes());
    for (uint64_t chunk = 0; chunk < section.numChunks(); ++chunk) {
      ChunkStatus status = readChunk(section, chunk, bytes.data());
      if (status != ChunkStatus::Fine)
        return chunkError(section.id, chunk, status);
    }
  }
  return {};
}
