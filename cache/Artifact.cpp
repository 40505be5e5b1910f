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

static uint64_t bytesOf(const Artifact::Piece &piece) {
  uint64_t begin = piece.firstChunk * piece.section->chunkBytes();
  return std::min(piece.count * piece.section->chunkBytes(), piece.section->size - begin);
}

namespace {

/// Chunks whose hashes are still to be compared. No memory but its own: async-signal-safe.
class ChunkChecker {
public:
  explicit ChunkChecker(std::span<const Digest> leaves) : leaves(leaves) {}

  void add(const Artifact::Section &section, uint64_t chunk, std::span<const uint8_t> bytes) {
    if (count == most)
      check();
    chunks[count] = {&section, chunk};
    messages[count++] = bytes;
  }

  /// What is wrong so far.
  const Artifact::ChunkAnswer &check() {
    digestsOf(std::span(messages).first(count), digests);
    for (size_t i = 0; i < count && answer.isFine(); ++i)
      if (digests[i] != leaves[chunks[i].section->firstChunk + chunks[i].chunk])
        answer = {ChunkStatus::Damaged, chunks[i].section, chunks[i].chunk};
    count = 0;
    return answer;
  }

private:
  struct Chunk {
    const Artifact::Section *section;
    uint64_t chunk;
  };
  static constexpr size_t most = 32;

  std::span<const Digest> leaves;
  Chunk chunks[most];
  std::span<const uint8_t> messages[most];
  Digest digests[most];
  size_t count = 0;
  Artifact::ChunkAnswer answer;
};

} // namespace

Artifact::ChunkAnswer Artifact::readPieces(std::span<const Piece> pieces) const noexcept {
  ChunkChecker checker(leaves);
  for (const Piece &piece : pieces) {
    if (piece.count == 0)
      continue;
    std::span<const uint8_t> copied(piece.to, bytesOf(piece));
    uint64_t offset = piece.section->offset + piece.firstChunk * piece.section->chunkBytes();
    if (!source->read(offset, {piece.to, copied.size()}))
      return {ChunkStatus::Unreadable, piece.section, piece.firstChunk};
    for (uint64_t chunk = piece.firstChunk; !copied.empty(); ++chunk) {
      size_t size = sizeOfChunk(*piece.section, chunk);
      checker.add(*piece.section, chunk, copied.first(size));
      copied = copied.subspan(size);
    }
  }
  return checker.check();
}

static Error chunkError(const Artifact::ChunkAnswer &answer) {
  return badInput(fmt::format(
      "artifact: chunk {} of section '{}' {}", answer.chunk, sectionName(answer.section->id),
      answer.status == ChunkStatus::Damaged ? "is damaged: its hash is another one"
                                            : "cannot be read"));
}

Result<void> Artifact::readTo(std::span<const SectionId> ids,
                              std::span<std::vector<uint8_t>> contents) const {
  std::vector<Piece> pieces;
  for (size_t i = 0; i < ids.size(); ++i) {
    const Section *section = find(ids[i]);
    if (!section)
      continue;
    contents[i].resize(section->size);
    pieces.push_back({section, 0, section->numChunks(), contents[i].data()});
  }
  ChunkAnswer answer = readPieces(pieces);
  return answer.isFine() ? Result<void>() : Result<void>(chunkError(answer));
}

Result<std::vector<uint8_t>> Artifact::read(SectionId id) const {
  std::vector<uint8_t> contents;
  if (Result<void> done = readTo({&id, 1}, {&contents, 1}); !done)
    return done.error();
  return contents;
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
  Piece piece{&section, first, end - first, chunks.data()};
  if (ChunkAnswer answer = readPieces({&piece, 1}); !answer.isFine())
    return chunkError(answer);
  size_t skipped = size_t(offset - first * chunkBytes);
  if (skipped == 0 && chunks.size() == bytes)
    return chunks;
  return std::vector<uint8_t>(chunks.begin() + long(skipped),
                              chunks.begin() + long(skipped + bytes));
}

Result<void> Artifact::verifyAll() const {
  constexpr uint64_t atATime = 32;
  std::vector<uint8_t> bytes;
  for (const Section &section : theSections) {
    bytes.resize(atATime * section.chunkBytes());
    for (uint64_t chunk = 0; chunk < section.numChunks(); chunk += atATime) {
      uint64_t count = std::min(atATime, section.numChunks() - chunk);
      Piece piece{&section, chunk, count, bytes.data()};
      if (ChunkAnswer answer = readPieces({&piece, 1}); !answer.isFine())
        return chunkError(answer);
    }
  }
  return {};
}
