//===- ArtifactWrite.cpp - Put an artifact together -----------------------===//
#include "cache/Artifact.h"
#include "cache/ArtifactLayout.h"
#include "hostabi/Context.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

using namespace writ;
using namespace writ::cache;

/// With at least the zero that is there already behind it.
static bool setText(std::span<char> field, std::string_view text) {
  bool isPrintable = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
  if (text.size() >= field.size() || !isPrintable)
    return false;
  std::ranges::copy(text, field.begin());
  return true;
}

static Result<RawHeader> makeHeader(const ArtifactHead &head, bool hasMac) {
  RawHeader header = {};
  std::memcpy(header.magic, artifactMagic, sizeof(artifactMagic));
  header.format = artifactFormat;
  header.abi = abiVersion;
  header.cpuFeatures = head.cpuFeatures;
  header.work = head.work;
  std::memcpy(header.code, head.key.code.bytes.data(), digestBytes);
  std::memcpy(header.ir, head.ir.bytes.data(), digestBytes);
  header.flags = hasMac ? flagHasMac : 0;
  if (!setText(header.compiler, head.key.compiler) || !setText(header.tier, head.key.tier) ||
      !setText(header.target, head.key.target) || !setText(header.options, head.key.options))
    return Error{ErrorKind::Limit, "artifact: the name of compiler, tier, target or options is "
                                   "too long or not printable"};
  return header;
}

namespace {
/// Fills in from the front.
class Output {
public:
  explicit Output(uint64_t size) : bytes(size) {}

  void put(const void *from, size_t size) {
    if (size != 0)
      std::memcpy(bytes.data() + at, from, size);
    at += size;
  }
  std::span<const uint8_t> done() const { return std::span(bytes).first(at); }

  std::vector<uint8_t> bytes;

private:
  size_t at = 0;
};
} // namespace

static void putDirectory(Output &out, std::span<const SectionBytes> sections, uint64_t offset) {
  for (const SectionBytes &section : sections) {
    if (section.bytes.empty())
      continue;
    RawSection raw{uint32_t(section.id), 0, offset, section.bytes.size()};
    out.put(&raw, sizeof(raw));
    offset += raw.size;
  }
}

static void putLeaves(Output &out, std::span<const SectionBytes> sections) {
  std::vector<std::span<const uint8_t>> chunks;
  for (const SectionBytes &section : sections)
    for (std::span<const uint8_t> rest = section.bytes; !rest.empty();) {
      size_t size = std::min<size_t>(rest.size(), chunkBytesOf(section.id));
      chunks.push_back(rest.first(size));
      rest = rest.subspan(size);
    }
  std::vector<Digest> leaves(chunks.size());
  digestsOf(chunks, leaves);
  out.put(leaves.data(), leaves.size() * digestBytes);
}

static void putSeal(Output &out, const MacKey *macKey) {
  Digest root = digestOf(out.done());
  out.put(root.bytes.data(), digestBytes);
  Digest mac = macKey ? macKey->mac(root.bytes) : Digest();
  out.put(mac.bytes.data(), digestBytes);
}

Result<std::vector<uint8_t>> writ::cache::writeArtifact(const ArtifactHead &head,
                                                        std::span<const SectionBytes> sections,
                                                        const MacKey *macKey) {
  auto header = makeHeader(head, macKey != nullptr);
  if (!header)
    return header.error();
  uint64_t numSections = 0, numChunks = 0, contents = 0;
  for (const SectionBytes &section : sections) {
    numSections += !section.bytes.empty();
    numChunks += Artifact::Section{section.id, 0, section.bytes.size(), 0}.numChunks();
    contents += section.bytes.size();
  }
  if (numSections > maxSections || numChunks > maxChunks)
    return Error{ErrorKind::Limit, fmt::format("artifact: {} bytes are too many", contents)};
  header->numSections = uint32_t(numSections);
  header->numChunks = uint32_t(numChunks);
  uint64_t begin = headBytes(header->numSections, header->numChunks);
  header->fileBytes = begin + contents;
  Output out(header->fileBytes);
  out.put(&*header, sizeof(*header));
  putDirectory(out, sections, begin);
  putLeaves(out, sections);
  putSeal(out, macKey);
  for (const SectionBytes &section : sections)
    out.put(section.bytes.data(), section.bytes.size());
  return std::move(out.bytes);
}
