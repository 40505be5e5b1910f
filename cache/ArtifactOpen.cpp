//===- ArtifactOpen.cpp - Check an artifact's head ------------------------===//
#include "cache/Artifact.h"
#include "cache/ArtifactLayout.h"
#include "hostabi/Context.h"

#include <cstring>
#include <fmt/format.h>

using namespace writ;
using namespace writ::cache;

/// Artifacts of at most this size are checked as a whole.
static constexpr uint64_t smallBytes = 64 << 10;

template <typename... Args>
static Error refuse(fmt::format_string<Args...> text, Args &&...args) {
  return badInput("artifact: " + fmt::format(text, std::forward<Args>(args)...));
}

namespace writ::cache {

/// The checks, in their order: each may rely on those before it.
class ArtifactOpener {
public:
  ArtifactOpener(std::shared_ptr<const ByteSource> source, const ArtifactDemand &demand)
      : demand(demand) {
    made.source = std::move(source);
  }

  Result<Artifact> run(bool isToRun);

private:
  Result<void> readHeader();
  Result<void> readHead();
  Result<void> checkSeal();
  Result<void> takeTexts();
  Result<void> takeSections();
  Result<void> checkMachine() const;
  Result<void> checkDemand() const;

  const ArtifactDemand &demand;
  Artifact made;
  RawHeader header;
  std::vector<uint8_t> head; ///< All before the contents.
};

} // namespace writ::cache

Result<void> ArtifactOpener::readHeader() {
  uint64_t size = made.source->size();
  std::memset(&header, 0, sizeof(header));
  std::span<uint8_t> bytes(reinterpret_cast<uint8_t *>(&header), sizeof(header));
  bytes = bytes.first(std::min<uint64_t>(size, bytes.size()));
  if (!made.source->read(0, bytes))
    return refuse("its header cannot be read");
  if (size < sizeof(artifactMagic) ||
      std::memcmp(header.magic, artifactMagic, sizeof(artifactMagic)) != 0)
    return refuse("this is none: it does not begin like one");
  if (size < sizeof(header))
    return refuse("truncated: {} bytes of a header of {}", size, sizeof(header));
  if (header.format != artifactFormat)
    return refuse("format version {}; this writ reads {}", header.format, artifactFormat);
  if (size < header.fileBytes)
    return refuse("truncated: {} bytes of {}", size, header.fileBytes);
  if (size > header.fileBytes)
    return refuse("{} bytes behind its end", size - header.fileBytes);
  return {};
}

Result<void> ArtifactOpener::readHead() {
  if (header.numSections > maxSections || header.numChunks > maxChunks)
    return refuse("{} sections in {} chunks; at most {} in {}", header.numSections,
                  header.numChunks, maxSections, maxChunks);
  uint64_t bytes = headBytes(header.numSections, header.numChunks);
  if (bytes > header.fileBytes)
    return refuse("truncated: {} bytes of a head of {}", header.fileBytes, bytes);
  head.resize(bytes);
  if (!made.source->read(0, head))
    return refuse("its head cannot be read");
  if (std::memcmp(head.data(), &header, sizeof(header)) != 0)
    return refuse("it changes while it is read");
  return {};
}

Result<void> ArtifactOpener::checkSeal() {
  size_t sealed = head.size() - sealBytes;
  made.theRoot = digestOf(std::span<const uint8_t>(head).first(sealed));
  Digest root, mac;
  std::memcpy(root.bytes.data(), head.data() + sealed, digestBytes);
  std::memcpy(mac.bytes.data(), head.data() + sealed + digestBytes, digestBytes);
  if (root != made.theRoot)
    return refuse("its head is damaged: the hash is another one");
  made.theHead.hasMac = header.flags & flagHasMac;
  if (!made.theHead.hasMac && mac != Digest())
    return refuse("a signature where there should be none");
  if (!demand.macKey)
    return {};
  if (!made.theHead.hasMac)
    return refuse("it is not signed; only those signed with the given key are accepted");
  if (!areEqualInConstantTime(mac, demand.macKey->mac(root.bytes)))
    return refuse("it is signed with another key, or was changed");
  return {};
}

/// A field of text, with zeros up to its end. Null if it has anything else.
static std::optional<std::string> textOf(std::span<const char> field) {
  size_t size = strnlen(field.data(), field.size());
  for (size_t i = 0; i < field.size(); ++i)
    if (i < size ? (field[i] < ' ' || field[i] > '~') : field[i] != '\0')
      return std::nullopt;
  return std::string(field.data(), size);
}

Result<void> ArtifactOpener::takeTexts() {
  ArtifactHead &to = made.theHead;
  auto compiler = textOf(header.compiler), tier = textOf(header.tier);
  auto target = textOf(header.target), options = textOf(header.options);
  if (!compiler || !tier || !target || !options)
    return refuse("a text of its header is none");
  for (uint8_t byte : header.zeros)
    if (byte != 0)
      return refuse("its header says what nobody understands");
  if (header.flags & ~flagHasMac)
    return refuse("its header has flags that nobody knows");
  std::memcpy(to.key.code.bytes.data(), header.code, digestBytes);
  std::memcpy(to.ir.bytes.data(), header.ir, digestBytes);
  to.key.compiler = std::move(*compiler);
  to.key.tier = std::move(*tier);
  to.key.target = std::move(*target);
  to.key.options = std::move(*options);
  to.cpuFeatures = header.cpuFeatures;
  to.work = header.work;
  to.format = header.format;
  to.abi = header.abi;
  return {};
}

/// One right behind the other, and nothing between or behind them.
Result<void> ArtifactOpener::takeSections() {
  uint64_t offset = head.size(), chunks = 0;
  uint32_t last = 0;
  for (uint32_t i = 0; i < header.numSections; ++i) {
    RawSection raw;
    std::memcpy(&raw, head.data() + sizeof(header) + i * sizeof(raw), sizeof(raw));
    if (sectionName(SectionId(raw.id)) == "?" || raw.zero != 0)
      return refuse("section {} is not known", raw.id);
    if (raw.id <= last)
      return refuse("section '{}' is there twice, or too late", sectionName(SectionId(raw.id)));
    if (raw.offset != offset || raw.size == 0 || raw.size > header.fileBytes - offset)
      return refuse("section '{}' is not where it should be, or out of bounds",
                    sectionName(SectionId(raw.id)));
    made.theSections.push_back({SectionId(raw.id), raw.offset, raw.size, uint32_t(chunks)});
    last = raw.id;
    offset += raw.size;
    chunks += made.theSections.back().numChunks();
  }
  if (offset != header.fileBytes)
    return refuse("{} bytes of no section", header.fileBytes - offset);
  if (chunks != header.numChunks)
    return refuse("{} hashes for {} chunks", header.numChunks, chunks);
  made.leaves.resize(chunks);
  const uint8_t *leaves = head.data() + sizeof(header) + header.numSections * sizeof(RawSection);
  static_assert(sizeof(Digest) == digestBytes);
  if (chunks != 0)
    std::memcpy(made.leaves.data(), leaves, chunks * digestBytes);
  return {};
}

Result<void> ArtifactOpener::checkMachine() const {
  const ArtifactHead &has = made.theHead;
  if (has.key.compiler != thisCompiler())
    return refuse("made by '{}'; this is '{}'", has.key.compiler, thisCompiler());
  if (has.abi != abiVersion)
    return refuse("ABI version {}; this writ has {}", has.abi, abiVersion);
  if (CpuFeatures missing = has.cpuFeatures & ~hostCpuFeatures())
    return refuse("it needs a processor with {}", toString(missing));
  return {};
}

Result<void> ArtifactOpener::checkDemand() const {
  const Key &has = made.theHead.key;
  if (demand.code && has.code != *demand.code)
    return refuse("made from contract {}; asked for is {}", has.code.hex(), demand.code->hex());
  if (demand.tier && has.tier != *demand.tier)
    return refuse("code of tier '{}'; asked for is '{}'", has.tier, *demand.tier);
  if (demand.target && has.target != *demand.target)
    return refuse("code for '{}'; asked for is '{}'", has.target, *demand.target);
  if (demand.options && has.options != *demand.options)
    return refuse("made with options '{}'; asked for is '{}'", has.options, *demand.options);
  return {};
}

Result<Artifact> ArtifactOpener::run(bool isToRun) {
  using Step = Result<void> (ArtifactOpener::*)();
  for (Step step :
       {&ArtifactOpener::readHeader, &ArtifactOpener::readHead, &ArtifactOpener::checkSeal,
        &ArtifactOpener::takeTexts, &ArtifactOpener::takeSections})
    if (Result<void> done = (this->*step)(); !done)
      return done.error();
  if (isToRun)
    if (Result<void> fit = checkMachine(); !fit)
      return fit.error();
  if (Result<void> asked = checkDemand(); !asked)
    return asked.error();
  if (header.fileBytes <= smallBytes)
    if (Result<void> intact = made.verifyAll(); !intact)
      return intact.error();
  return std::move(made);
}

Result<Artifact> Artifact::open(std::shared_ptr<const ByteSource> source,
                                const ArtifactDemand &demand) {
  return ArtifactOpener(std::move(source), demand).run(/*isToRun=*/true);
}

Result<Artifact> Artifact::inspect(std::shared_ptr<const ByteSource> source,
                                   const ArtifactDemand &demand) {
  return ArtifactOpener(std::move(source), demand).run(/*isToRun=*/false);
}
