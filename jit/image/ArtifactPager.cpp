//===- ArtifactPager.cpp - Code from an artifact, when it first runs ------===//
#include "jit/image/ArtifactPager.h"

#include <fmt/format.h>
#include <sched.h>

using namespace writ;
using namespace writ::cache;

static const uint64_t codeChunkBytes = chunkBytesOf(SectionId::Code);

static size_t sizeOf(const Artifact::Section *section) { return section ? section->size : 0; }

Result<std::unique_ptr<ArtifactPager>>
ArtifactPager::create(std::shared_ptr<const Artifact> artifact, const TableLimits &limits,
                      size_t thunks) {
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
  if (Result<void> loaded = made->loadFirst(thunks); !loaded)
    return loaded.error();
  return made;
}

/// The number of chunks at the end of `code` from that offset on, or none if it is too much.
static size_t thunkChunks(const Artifact::Section *code, size_t thunks) {
  constexpr size_t most = 4;
  size_t first = thunks / codeChunkBytes, end = code ? code->numChunks() : 0;
  return first < end && end - first <= most ? end - first : 0;
}

/// Nobody runs code yet.
Result<void> ArtifactPager::loadFirst(size_t thunks) {
  const Artifact::Section *constants = artifact->find(SectionId::Constants);
  size_t end = code ? code->numChunks() : 0, count = thunkChunks(code, thunks);
  size_t begin = (end - count) * codeChunkBytes, offset = pages.constantsOffset();
  Artifact::Piece pieces[2] = {
      {code, end - count, count, pages.at(begin)},
      {constants, 0, constants ? constants->numChunks() : 0, pages.at(offset)}};
  if (!readPieces(pieces) ||
      !seal(begin, count == 0 ? 0 : sizeOf(code) - begin,
            "artifact: its code cannot be made executable") ||
      !seal(offset, sizeOf(constants), "artifact: its constants cannot be protected"))
    return badInput(reason);
  for (size_t chunk = end - count; chunk < end; ++chunk)
    chunks[chunk].store(Present, std::memory_order_release);
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

void ArtifactPager::explain(const Artifact::ChunkAnswer &answer) {
  char text[sizeof(reason)];
  const char *what = answer.status == ChunkStatus::Damaged ? "is damaged: its hash is another one"
                                                           : "cannot be read";
  *fmt::format_to_n(text, sizeof(text) - 1, "artifact: chunk {} of section '{}' {}", answer.chunk,
                    sectionName(answer.section->id), what)
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
bool ArtifactPager::bringChunk(size_t chunk) {
  size_t offset = chunk * codeChunkBytes;
  Artifact::Piece piece{code, chunk, 1, pages.at(offset)};
  return readPieces({&piece, 1}) && seal(offset, std::min(codeChunkBytes, code->size - offset),
                                         "artifact: its code cannot be made executable");
}

bool ArtifactPager::seal(size_t offset, size_t bytes, const char *otherwise) {
  if (pages.seal(offset, bytes))
    return true;
  explain(otherwise);
  return false;
}

bool ArtifactPager::readPieces(std::span<const Artifact::Piece> pieces) {
  Artifact::ChunkAnswer answer = artifact->readPieces(pieces);
  if (!answer.isFine())
    explain(answer);
  return answer.isFine();
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
  Artifact::Piece pieces[2] = {
      {faults, 0, faults ? faults->numChunks() : 0, encoded},
      {sites, 0, sites ? sites->numChunks() : 0, encoded + sizeOf(faults)}};
  if (!readPieces(pieces) || !decodeTables(encoded))
    return false;
  pages.forget(encoded, sizeOf(faults) + sizeOf(sites));
  return seal(begin, bytes, "artifact: its tables cannot be protected");
}

const char *ArtifactPager::fetch(size_t offset) {
  size_t chunk = offset / codeChunkBytes;
  return once(chunks[chunk], [&] { return bringChunk(chunk); });
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
