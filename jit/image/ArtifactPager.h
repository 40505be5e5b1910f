//===- ArtifactPager.h - Code from an artifact, when it first runs --------===//
#ifndef WRIT_JIT_IMAGE_ARTIFACTPAGER_H
#define WRIT_JIT_IMAGE_ARTIFACTPAGER_H

#include "cache/Artifact.h"
#include "jit/image/ImageFormat.h"
#include "jit/image/ImagePages.h"

#include <atomic>
#include <memory>

namespace writ {

/// Copies chunks of code to their place, checks them there and makes them executable, each when
/// it is first executed; the tables of traps when something first traps. A chunk that is not what
/// was written is never executed.
class ArtifactPager final : public CodePager {
public:
  /// Constants are brought at once: code reads them whenever it likes, and must not see them half
  /// there. So is the code from `thunks` to its end, if that is little: every call from outside
  /// begins in a thunk there. Errors: BadInput for what is damaged; Internal.
  static Result<std::unique_ptr<ArtifactPager>>
  create(std::shared_ptr<const cache::Artifact> artifact, const TableLimits &limits, size_t thunks);

  const char *fetch(size_t offset) override;
  const char *fetchTables(CodeTables &tables) override;
  /// All of the code.
  const char *fetchAll();

  const ImagePages &memory() const { return pages; }

private:
  ArtifactPager(std::shared_ptr<const cache::Artifact> artifact, const TableLimits &limits)
      : artifact(std::move(artifact)), limits(limits) {}

  enum State : uint8_t { Absent, Busy, Present, Failed };

  template <typename Bring>
  const char *once(std::atomic<uint8_t> &state, Bring bring);
  Result<void> loadFirst(size_t thunks);
  bool bringChunk(size_t chunk);
  bool bringTables();
  bool readPieces(std::span<const cache::Artifact::Piece> pieces);
  bool decodeTables(const uint8_t *from);
  bool seal(size_t offset, size_t bytes, const char *otherwise);
  void explain(const char *reason);
  void explain(const cache::Artifact::ChunkAnswer &answer);

  std::shared_ptr<const cache::Artifact> artifact;
  TableLimits limits;
  /// Behind the constants: sites, faults, and then both as they are in the artifact.
  ImagePages pages;
  const cache::Artifact::Section *code = nullptr, *faults = nullptr, *sites = nullptr;
  std::span<FaultSite> faultTable;
  std::span<TrapSite> siteTable;
  std::unique_ptr<std::atomic<uint8_t>[]> chunks;
  std::atomic<uint8_t> tables{Absent};
  std::atomic<bool> isExplained{false}, hasReason{false};
  char reason[160] = {};
};

} // namespace writ

#endif
