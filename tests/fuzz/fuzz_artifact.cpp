//===- fuzz_artifact.cpp - Any bytes into the loader of artifacts ---------===//
//
// Mutants would not get past the hashes: half of all inputs (by the last byte) get hashes that
// fit, as an attacker would compute them, and are tried as artifacts of this build. What is
// accepted is checked in full, and made an instance of, but none of its code is run.
//
//===----------------------------------------------------------------------===//
#include "cache/ArtifactLayout.h"
#include "jit/image/LoadArtifact.h"
#include "jit/runtime/Store.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace writ;
using namespace writ::cache;

static void require(bool condition, const char *what) {
  if (condition)
    return;
  std::fprintf(stderr, "fuzz_artifact: %s\n", what);
  std::abort();
}

/// Writes sizes, offsets and hashes as they must be, as far as there is room for them.
static void repair(std::vector<uint8_t> &bytes) {
  RawHeader header;
  if (bytes.size() < sizeof(header))
    return;
  std::memcpy(&header, bytes.data(), sizeof(header));
  std::memcpy(header.magic, artifactMagic, sizeof(artifactMagic));
  header.format = artifactFormat;
  header.fileBytes = bytes.size();
  header.numSections %= 16;
  uint64_t sections = header.numSections * sizeof(RawSection);
  if (bytes.size() < sizeof(header) + sections)
    return;
  std::vector<Artifact::Section> made;
  uint64_t chunks = 0;
  for (uint32_t i = 0; i < header.numSections; ++i) {
    RawSection raw;
    std::memcpy(&raw, bytes.data() + sizeof(header) + i * sizeof(raw), sizeof(raw));
    made.push_back({SectionId(raw.id), 0, raw.size % (bytes.size() + 1), uint32_t(chunks)});
    chunks += made.back().numChunks();
  }
  if (chunks > maxChunks || headBytes(header.numSections, uint32_t(chunks)) > bytes.size())
    return;
  header.numChunks = uint32_t(chunks);
  uint64_t offset = headBytes(header.numSections, header.numChunks);
  uint64_t sealed = offset - sealBytes, leaf = sizeof(header) + sections;
  for (size_t i = 0; i < made.size(); ++i) {
    uint64_t rest = bytes.size() - offset;
    if (made[i].size > rest || i + 1 == made.size())
      made[i].size = rest;
    RawSection raw{uint32_t(made[i].id), 0, offset, made[i].size};
    std::memcpy(bytes.data() + sizeof(header) + i * sizeof(raw), &raw, sizeof(raw));
    for (uint64_t chunk = 0; chunk < made[i].numChunks() && leaf < sealed; ++chunk) {
      uint64_t begin = chunk * made[i].chunkBytes();
      uint64_t size = std::min(made[i].chunkBytes(), made[i].size - begin);
      Digest digest = digestOf(std::span<const uint8_t>(bytes).subspan(offset + begin, size));
      std::memcpy(bytes.data() + leaf, digest.bytes.data(), digestBytes);
      leaf += digestBytes;
    }
    offset += made[i].size;
  }
  std::memcpy(bytes.data(), &header, sizeof(header));
  Digest root = digestOf(std::span<const uint8_t>(bytes).first(sealed));
  std::memcpy(bytes.data() + sealed, root.bytes.data(), digestBytes);
}

/// As far as it goes without running code.
static void instantiate(const std::vector<uint8_t> &bytes) {
  auto module = loadArtifact(makeByteSource(bytes));
  if (!module)
    return;
  const ModuleInfo &info = (*module)->info();
  (*module)->tier()->trapSites();
  (*module)->tier()->machineCode();
  (*module)->tier()->symbols();
  bool isLarge = !info.memories.empty() && info.memories.front().limits.min > 16;
  for (const TableDecl &table : info.tables)
    isLarge |= table.limits.min > 1000;
  if (info.start || !info.imports.empty() || isLarge)
    return;
  Store store;
  (void)store.instantiate(*module, {});
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  std::vector<uint8_t> bytes(data, data + size);
  if (bytes.back() & 1)
    repair(bytes);
  auto artifact = Artifact::open(makeByteSource(bytes));
  if (artifact) {
    Result<void> checked = checkArtifact(*artifact);
    require(checked || checked.error().kind != ErrorKind::Internal, "a check failed on its own");
  } else {
    require(artifact.error().message.starts_with("artifact: "), "an error of another kind");
  }
  instantiate(bytes);
  return 0;
}
