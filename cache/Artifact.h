//===- Artifact.h - Compiled contracts as bytes that are checked ----------===//
//
// An artifact is a header that says what it was made from, by whom and for which machine, and
// sections of contents in chunks, each with its hash; the hashes are hashed with the header, and
// that, if there is a key, is signed (docs/artifact.md). So the head is checked when it is opened,
// and each chunk when it is first needed: nothing is used that was not checked, and nothing is
// checked that is not used.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_CACHE_ARTIFACT_H
#define WRIT_CACHE_ARTIFACT_H

#include "cache/ByteSource.h"
#include "cache/CpuFeatures.h"
#include "cache/Key.h"
#include "cache/MacKey.h"

#include <optional>
#include <string_view>

namespace writ::cache {

inline constexpr uint32_t artifactFormat = 3;

/// What makes artifacts in this build: "writ 0.1.0".
std::string_view thisCompiler();

enum class SectionId : uint32_t {
#define WRIT_SECTION(Number, Name, Mnemonic, ChunkBytes) Name = Number,
#include "cache/Sections.def"
};
std::string_view sectionName(SectionId id);
/// Of the pieces that a section is hashed in; 1 if there is no such section.
uint64_t chunkBytesOf(SectionId id);

/// What an artifact says of itself, but its contents.
struct ArtifactHead {
  Key key;
  Digest ir; ///< Of the code between, as docs/artifact.md says.
  CpuFeatures cpuFeatures = 0;
  uint64_t work = 0; ///< Units of work that the compile took.
  // Of the build that made it:
  uint32_t format = artifactFormat;
  uint32_t abi = 0;
  bool hasMac = false;
};

/// What an artifact is asked for. What is not given may be anything.
struct ArtifactDemand {
  std::optional<Digest> code;
  std::optional<std::string> tier, target, options;
  /// If given, the artifact must be signed with it; else a signature is not looked at.
  std::optional<MacKey> macKey;
};

/// Why a chunk cannot be had.
enum class ChunkStatus : uint8_t { Fine, Unreadable, Damaged };

/// An artifact whose head has been checked. Immutable, thread-safe.
class Artifact {
public:
  struct Section {
    SectionId id;
    uint64_t offset = 0, size = 0;
    uint32_t firstChunk = 0;

    uint64_t chunkBytes() const { return chunkBytesOf(id); }
    uint64_t numChunks() const { return (size + chunkBytes() - 1) / chunkBytes(); }
  };

  /// Checks all but the contents, and these too if they are small; that it was made by this
  /// compiler for this machine; and that it is what `demand` asks for. Errors are BadInput and say
  /// which check failed.
  static Result<Artifact> open(std::shared_ptr<const ByteSource> source,
                               const ArtifactDemand &demand = {});

  /// The same for one that is not to be run: any compiler's, for any machine.
  static Result<Artifact> inspect(std::shared_ptr<const ByteSource> source,
                                  const ArtifactDemand &demand = {});

  const ArtifactHead &head() const { return theHead; }
  std::span<const Section> sections() const { return theSections; }
  /// Null if there is none of them.
  const Section *find(SectionId id) const;
  const Digest &root() const { return theRoot; }
  uint64_t size() const { return source->size(); }

  /// Contents of a section, checked. A section that is not there is empty. Errors: BadInput.
  Result<std::vector<uint8_t>> read(SectionId id) const;
  /// Of several sections, in less time than one after the other.
  template <size_t Count>
  Result<std::array<std::vector<uint8_t>, Count>> read(const SectionId (&ids)[Count]) const {
    std::array<std::vector<uint8_t>, Count> contents;
    if (Result<void> done = readTo(ids, contents); !done)
      return done.error();
    return contents;
  }
  /// From `offset` on; all of it must be in the section.
  Result<std::vector<uint8_t>> read(const Section &section, uint64_t offset, uint64_t bytes) const;

  /// Chunks of a section, and where they are to be: there must be room for them.
  struct Piece {
    const Section *section;
    uint64_t firstChunk, count;
    uint8_t *to;
  };
  /// Copies the pieces to their places and checks them there, all of them in one go. The first
  /// chunk that is not fine, if one is not; then nothing that was copied is of use.
  /// Async-signal-safe.
  struct ChunkAnswer {
    ChunkStatus status = ChunkStatus::Fine;
    const Section *section = nullptr;
    uint64_t chunk = 0;

    bool isFine() const { return status == ChunkStatus::Fine; }
  };
  ChunkAnswer readPieces(std::span<const Piece> pieces) const noexcept;

  /// Checks all contents now. Errors: BadInput.
  Result<void> verifyAll() const;

private:
  friend class ArtifactOpener;

  Result<void> readTo(std::span<const SectionId> ids,
                      std::span<std::vector<uint8_t>> contents) const;

  std::shared_ptr<const ByteSource> source;
  ArtifactHead theHead;
  std::vector<Section> theSections;
  std::vector<Digest> leaves;
  Digest theRoot;
};

/// Contents of a section that is to be written.
struct SectionBytes {
  SectionId id;
  std::vector<uint8_t> bytes;
};

/// The artifact with that head, whose `format`, `abi` and `hasMac` are filled in here. `sections`
/// are sorted by number; those that are empty are left out. Errors: Limit for texts or contents
/// that do not fit.
Result<std::vector<uint8_t>> writeArtifact(const ArtifactHead &head,
                                           std::span<const SectionBytes> sections,
                                           const MacKey *macKey = nullptr);

} // namespace writ::cache

#endif
