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

inline constexpr uint32_t artifactFormat = 2;

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
  /// From `offset` on; all of it must be in the section.
  Result<std::vector<uint8_t>> read(const Section &section, uint64_t offset, uint64_t bytes) const;

  /// Copies one chunk of `section` to `to`, where there must be room for it, and checks it there.
  /// Async-signal-safe.
  ChunkStatus readChunk(const Section &section, uint64_t chunk, uint8_t *to) const noexcept;

  /// Checks all contents now. Errors: BadInput.
  Result<void> verifyAll() const;

private:
  friend class ArtifactOpener;

  std::shared_ptr<const ByteSource> source;
  ArtifactHead theHead;
  std::vector<Section> theSections;
  std::vector<Digest> leaves;
  Digest theRoot;
};

/// The text for a chunk that cannot be had. Errors are BadInput.
Error chunkError(SectionId section, uint64_t chunk, ChunkStatus status);

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
