//===- ArtifactPager.cpp - Code from an artifact, when it first runs ------===//
#include "jit/image/ArtifactPager.h"

#include <fmt/format.h>
#include <sched.h>

using namespace writ;
using namespace writ::cache;

static const uint64_t codeChunkBytes = chunkBytesOf(SectionId::Code);

static size_t sizeOf(const Artifact::Section *section) { return section ? section->size : 0; }

Result<std::unique_ptr<ArtifactPager>>
ArtifactPager::create(std::shared_ptr<const Artifact> artifact, const TableLimits &limits) {
  std::unique_ptr<ArtifactPager> made(new ArtifactPager(std::move(artifact), limits));
  const Artifact &from = *made->artifact;
  made->code = from.find(SectionId::Code);
  made->faults = from.find(SectionId::Faults);
  made->sites = from.find(SectionId::Sites);
  size_t tableBytes = limits.sites * sizeof(TrapSite) + limits.faults * sizeof(FaultSite);
  size_t encodedBytes = sizeOf(made->faults) + sizeOf(made->sites);
  const Artifact::Section *constants = from.find(SectionId::Constants);
  auto pages = ImagePages::reserve({sizeOf(made->code), sizeOf(constants),
                                    (NativeImage::pagesFor(tableBytes) + encodedBytes + 7) / 8});
  if (!pages)
    return pages.error();
  made->pages = std::move(*pages);
  auto *tables = reinterpret_cast<uint8_t *>(made->pages.words());
  made->siteTable = {reinterpret_cast<TrapSite *>(tables), limits.sites};
  made->faultTable = {reinterpret_cast<FaultSite *>(tables + made->siteTable.size_bytes()),
                      limits.faults};
  made->chunks.reset(new std::atomic<uint8_t>[made->code ? made->code->numChunks() : 0]());
  if (Result<void> loaded = made->loadConstants(); !loaded)
    return loaded.error();
  return made;
}

Result<void> ArtifactPager::loadConstants() {
  const Artifact::Section *constants = artifact->find(SectionId::Constants);
  size_t offset = pages.constantsOffset();
  if (readSection(constants, pages.at(offset)) &&
      seal(offset, sizeOf(constants), "artifact: its constants cannot be protected"))
    return {};
  return badInput(reason);
}

/// Nobody runs code yet.
Result<void> ArtifactPager::loadThunks(size_t offset) {
  constexpr size_t most = 4;
  size_t first = offset / codeChunkBytes, end = code ? code->numChunks() : 0;
  if (first >= end || end - first > most)
    return {};
  if (!bringChunks(first, end - first))
    return badInput(reason);
  for (; first < end; ++first)
    chunks[first].store(Present, std::memory_order_release);
  return {};
}

//===----------------------------------------------------------------------===//
// What went wrong, without memory or locks
//===----------------------------------------------------------------------===//

void ArtifactPager::explain(const char *why) {
  if (isExplained.exchange(true))
    return;
  *fmt::format_to_n(reason, sizeof(reason) - 1, "{}", why).out = '\0';
  hasReason.store(true, std::memory_order_release);
}

void ArtifactPager::explain(const Artifact::Section &section, uint64_t chunk, ChunkStatus status) {
  char text[sizeof(reason)];
  const char *what =
      status == ChunkStatus::Damaged ? "is damaged: its hash is another one" : "cannot be read";
  *fmt::format_to_n(text, sizeof(text) - 1, "artifact: chunk {} of section '{}' {}", chunk,
                    sectionName(section.id), what)
       .out = '\0';
  explain(text);
}

//===----------------------------------------------------------------------===//
// Bringing
//===----------------------------------------------------------------------===//

/// One of all threads brings; the others wait for it. None of them can be held up in between: a
/// thread that brings runs nothing else.
template <typename Bring>
const char *ArtifactPager::once(std::atomic<uint8_t> &state, Bring bring) {
  for (;;) {
    uint8_t now = state.load(std::memory_order_acquire);
    if (now == Present)
      return nullptr;
    if (now == Failed)
      return hasReason.load(std::memory_order_acquire) ? reason : "artifact: it is damaged";
    if (now == Absent && state.compare_exchange_strong(now, Busy, std::memory_order_acquire))
      state.store(bring() ? Present : Failed, std::memory_order_release);
    else
      sched_yield();
  }
}

/// Until it is sealed it cannot be executed, and nothing reads code; so nobody sees half of it.
bool ArtifactPager::bringChunks(size_t chunk, size_t count) {
  size_t offset = chunk * codeChunkBytes;
  size_t bytes = std::min<size_t>(count * codeChunkBytes, code->size - offset);
  for (size_t end = chunk + count; chunk < end; ++chunk) {
    ChunkStatus status = artifact->readChunk(*code, chunk, pages.at(chunk * codeChunkBytes));
    if (status == ChunkStatus::Fine)
      continue;
    explain(*code, chunk, status);
    return false;
  }
  return seal(offset, bytes, "artifact: its code cannot be made executable");
}

bool ArtifactPager::seal(size_t offset, size_t bytes, const char *otherwise) {
  if (pages.seal(offset, bytes))
    return true;
  explain(otherwise);
  return false;
}

bool ArtifactPager::readSection(const Artifact::Section *section, uint8_t *to) {
  if (!section)
    return true;
  for (uint64_t chunk = 0; chunk < section->numChunks(); ++chunk) {
    ChunkStatus status = artifact->readChunk(*section, chunk, to + chunk * section->chunkBytes());
    if (status == ChunkStatus::Fine)
      continue;
    explain(*section, chunk, status);
    return false;
  }
  return true;
}

/// `from` has faults, then sites, as they are in the artifact.
bool ArtifactPager::decodeTables(const uint8_t *from) {
  const char *wrong = damagedTables;
  if (readFaults({from, sizeOf(faults)}, faultTable) &&
      readSites({from + sizeOf(faults), sizeOf(sites)}, siteTable))
    wrong = findWrong({faultTable, siteTable}, limits);
  if (wrong)
    explain(wrong);
  return !wrong;
}

bool ArtifactPager::bringTables() {
  auto begin = size_t(reinterpret_cast<uint8_t *>(pages.words()) - pages.at(0));
  size_t bytes = siteTable.size_bytes() + faultTable.size_bytes();
  uint8_t *encoded = pages.at(begin + NativeImage::pagesFor(bytes));
  if (!readSection(faults, encoded) || !readSection(sites, encoded + sizeOf(faults)) ||
      !decodeTables(encoded))
    return false;
  pages.forget(encoded, sizeOf(faults) + sizeOf(sites));
  return seal(begin, bytes, "artifact: its tables cannot be protected");
}

const char *ArtifactPager::fetch(size_t offset) {
  size_t chunk = offset / codeChunkBytes;
  return once(chunks[chunk], [&] { return bringChunks(chunk, 1); });
}

const char *ArtifactPager::fetchTables(CodeTables &given) {
  if (const char *failure = once(tables, [&] { return bringTables(); }))
    return failure;
  given = {faultTable, siteTable};
  return nullptr;
}

const char *ArtifactPager::fetchAll() {
  for (size_t offset = 0; offset < sizeOf(code); offset += codeChunkBytes)
    if (const char *failure = fetch(offset))
      return failure;
  return nullptr;
}
