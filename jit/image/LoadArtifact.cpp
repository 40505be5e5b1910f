//===- LoadArtifact.cpp - Run an artifact ---------------------------------===//
#include "jit/image/LoadArtifact.h"

#include "jit/image/ChargeFormat.h"
#include "jit/image/ColdFormat.h"
#include "jit/image/ImageCode.h"
#include "jit/image/ImageFormat.h"
#include "jit/image/ModuleInfoFormat.h"

using namespace writ;
using namespace writ::cache;

//===----------------------------------------------------------------------===//
// Making
//===----------------------------------------------------------------------===//

/// Of what the code between, metered, comes to: declarations, amounts, regions.
static Digest digestOfIR(std::span<const SectionBytes> sections) {
  std::vector<std::string_view> parts;
  for (const SectionBytes &section : sections)
    switch (section.id) {
    case SectionId::Module:
    case SectionId::Charges:
    case SectionId::Cold:
      parts.emplace_back(reinterpret_cast<const char *>(section.bytes.data()),
                         section.bytes.size());
      break;
    default:
      break;
    }
  return digestOfParts(parts);
}

Result<std::vector<uint8_t>> writ::makeArtifact(ArtifactParts parts, const MacKey *macKey) {
  const NativeImage &image = *parts.image;
  ByteWriter module, functions;
  writeModuleInfo(module, *parts.info);
  writeFunctions(functions, image, parts.charges->size());
  std::vector<SectionBytes> charges = makeChargeSections(*parts.charges), sections;
  sections.push_back({SectionId::Module, std::move(module.bytes)});
  sections.push_back(std::move(charges.front()));
  sections.push_back({SectionId::Functions, std::move(functions.bytes)});
  sections.push_back({SectionId::Code, image.code});
  sections.push_back({SectionId::Constants, image.constants});
  sections.push_back({SectionId::Faults, faultBytes(image.faults)});
  sections.push_back({SectionId::Sites, siteBytes(image.sites)});
  auto cold = makeColdSections(parts.cold);
  if (!cold)
    return cold.error();
  for (SectionBytes &section : *cold)
    sections.push_back(std::move(section));
  sections.push_back(std::move(charges.back()));
  parts.head.ir = digestOfIR(sections);
  return writeArtifact(parts.head, sections, macKey);
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

/// What is read when an artifact is loaded.
namespace {
struct Declarations {
  ModuleInfo info;
  NativeImage image;
  TableLimits limits;
};
} // namespace

/// Whether a table can have so many entries.
static bool mayHave(const Artifact::Section *section, uint64_t entries) {
  return section ? entries <= section->size / leastEntryBytes : entries == 0;
}

static Result<Declarations> readDeclarations(const Artifact &artifact) {
  if (!artifact.find(SectionId::Functions))
    return badInput("artifact: it has no native code, but that of tier '" +
                    artifact.head().key.tier + "'");
  auto read = artifact.read({SectionId::Module, SectionId::Functions});
  if (!read)
    return read.error();
  Declarations made;
  ByteReader moduleReader((*read)[0]), functionsReader((*read)[1]);
  auto info = readModuleInfo(moduleReader);
  if (!info)
    return info.error();
  made.info = std::move(*info);
  if (!moduleReader.isDone())
    return badInput("artifact: its declarations do not end where they should");
  const Artifact::Section *code = artifact.find(SectionId::Code);
  auto has = readFunctions(functionsReader, made.info, code ? code->size : 0);
  if (!has)
    return has.error();
  if (tierName(has->image.tier) != artifact.head().key.tier)
    return badInput("artifact: its code is of another tier than it says");
  made.limits = {code ? size_t(code->size) : 0, made.info.funcs.size(), has->numCharges,
                 has->numFaults, has->numSites};
  if (!mayHave(artifact.find(SectionId::Faults), has->numFaults) ||
      !mayHave(artifact.find(SectionId::Sites), has->numSites))
    return badInput("artifact: its tables of traps are not as long as it says");
  made.image = std::move(has->image);
  return made;
}

Result<std::shared_ptr<const CompiledModule>>
writ::loadArtifact(std::shared_ptr<const ByteSource> source, const ArtifactDemand &demand) {
  auto opened = Artifact::open(std::move(source), demand);
  if (!opened)
    return opened.error();
  auto artifact = std::make_shared<const Artifact>(std::move(*opened));
  auto has = readDeclarations(*artifact);
  if (!has)
    return has.error();
  auto cold = makeColdSource(artifact, has->image);
  if (!cold)
    return cold.error();
  auto code = ImageCode::open(artifact, std::move(has->image), has->limits, std::move(*cold));
  if (!code)
    return code.error();
  CompiledModule::Parts parts;
  parts.info = std::move(has->info);
  parts.chargeSource = makeChargeSource(artifact, has->limits.charges);
  parts.tiers.push_back(*code);
  return CompiledModule::create(std::move(parts));
}

//===----------------------------------------------------------------------===//
// Checking
//===----------------------------------------------------------------------===//

static Result<void> checkTables(const Artifact &artifact, const TableLimits &limits) {
  auto read = artifact.read({SectionId::Faults, SectionId::Sites});
  if (!read)
    return read.error();
  const auto &[faults, sites] = *read;
  std::vector<FaultSite> faultSites(limits.faults);
  std::vector<TrapSite> trapSites(limits.sites);
  if (!readFaults(faults, faultSites) || !readSites(sites, trapSites))
    return badInput(damagedTables);
  const char *wrong = findWrong({faultSites, trapSites}, limits);
  return wrong ? Result<void>(badInput(wrong)) : Result<void>();
}

Result<void> writ::checkArtifact(const Artifact &artifact) {
  if (Result<void> intact = artifact.verifyAll(); !intact)
    return intact;
  auto has = readDeclarations(artifact);
  if (!has)
    return has.error();
  if (Result<void> checked = checkTables(artifact, has->limits); !checked)
    return checked;
  if (Result<void> checked = checkCharges(artifact, has->limits.charges); !checked)
    return checked;
  return checkCold(artifact, has->image, {has->info, has->limits.charges});
}
