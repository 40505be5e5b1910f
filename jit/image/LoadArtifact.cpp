//===- LoadArtifact.cpp - Run an artifact ---------------------------------===//
#include "jit/image/LoadArtifact.h"

#include "jit/image/ChargeFormat.h"
#include "jit/image/ColdFormat.h"
#include "jit/image/ImageCode.h"
#include "jit/image/ImageFormat.h"
#include "jit/image/ModuleInfoFormat.h"
#include "jit/interp/CodeFormat.h"

#include <algorithm>

using namespace writ;
using namespace writ::cache;

//===----------------------------------------------------------------------===//
// Making
//===----------------------------------------------------------------------===//

/// Of what the code between, metered, comes to: declarations, amounts, the interpreter's code.
static Digest digestOfIR(std::span<const SectionBytes> sections) {
  std::vector<std::string_view> parts;
  for (const SectionBytes &section : sections)
    switch (section.id) {
    case SectionId::Module:
    case SectionId::Charges:
    case SectionId::Cold:
    case SectionId::Interp:
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
  sections.push_back({SectionId::Interp, std::move(parts.interp)});
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
  size_t numCharges = 0;
};
} // namespace

static Result<Declarations> readDeclarations(const Artifact &artifact) {
  auto module = artifact.read(SectionId::Module);
  auto functions = artifact.read(SectionId::Functions);
  if (!module || !functions)
    return module ? functions.error() : module.error();
  Declarations made;
  ByteReader moduleReader(*module), functionsReader(*functions);
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
  made.image = std::move(has->image);
  made.numCharges = has->numCharges;
  return made;
}

static TableLimits limitsOf(const Artifact &artifact, const Declarations &has) {
  const Artifact::Section *code = artifact.find(SectionId::Code);
  return {code ? size_t(code->size) : 0, has.info.funcs.size(), has.numCharges};
}

/// `coldWords` is how many words native code gives for a region.
static Result<std::shared_ptr<const interp::Code>> readInterp(const Artifact &artifact,
                                                              const ModuleInfo &info,
                                                              size_t numCharges,
                                                              uint32_t coldWords) {
  auto bytes = artifact.read(SectionId::Interp);
  if (!bytes)
    return bytes.error();
  ByteReader reader(*bytes);
  auto code = interp::readCode(reader, {info, numCharges});
  if (!code)
    return code;
  auto fits = [&](const interp::Region &region) { return region.liveWords <= coldWords; };
  if (!reader.isDone() || !std::ranges::all_of((*code)->regions, fits))
    return badInput("artifact: the interpreter's code does not fit the native one");
  return code;
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
  std::unique_ptr<ColdSource> cold;
  if (has->image.tier == NativeTier::Singlepass) {
    auto made =
        makeColdSource(artifact, has->image.firstFunction, uint32_t(has->image.functions.size()));
    if (!made)
      return made.error();
    cold = std::move(*made);
  }
  TableLimits limits = limitsOf(*artifact, *has);
  uint32_t coldWords = has->image.coldFrameWords;
  auto code = ImageCode::open(artifact, std::move(has->image), limits, std::move(cold));
  if (!code)
    return code.error();
  CompiledModule::Parts parts;
  parts.info = std::move(has->info);
  parts.chargeSource = makeChargeSource(artifact, has->numCharges);
  parts.tiers.push_back(*code);
  if (artifact->find(SectionId::Interp))
    parts.makeInterp =
        [artifact,
         coldWords](const CompiledModule &module) -> Result<std::shared_ptr<const TierCode>> {
      auto code = readInterp(*artifact, module.info(), module.numCharges(), coldWords);
      if (!code)
        return code.error();
      return std::shared_ptr<const TierCode>(std::move(*code));
    };
  return CompiledModule::create(std::move(parts));
}

//===----------------------------------------------------------------------===//
// Checking
//===----------------------------------------------------------------------===//

static Result<void> checkTables(const Artifact &artifact, const TableLimits &limits) {
  auto faults = artifact.read(SectionId::Faults), sites = artifact.read(SectionId::Sites);
  if (!faults || !sites)
    return faults ? sites.error() : faults.error();
  CodeTables tables{faultsIn(*faults), sitesIn(*sites)};
  if (tables.faults.size_bytes() != faults->size() || tables.sites.size_bytes() != sites->size())
    return badInput("artifact: a table ends within an entry");
  const char *wrong = findWrong(tables, limits);
  return wrong ? Result<void>(badInput(wrong)) : Result<void>();
}

static Result<void> checkCold(const Artifact &artifact, const Declarations &has) {
  auto index = artifact.read(SectionId::ColdIndex), cold = artifact.read(SectionId::Cold);
  if (!index || !cold)
    return index ? cold.error() : index.error();
  ByteReader ends(*index);
  uint32_t begin = 0;
  for (size_t i = 0; i < has.image.functions.size(); ++i) {
    uint32_t end = ends.number32();
    if (ends.failed() || end < begin || end > cold->size())
      return badInput("artifact: its list of regions is not in order");
    ByteReader reader(std::span(*cold).subspan(begin, end - begin));
    auto function = readColdFunction(reader, {has.info, has.numCharges, false});
    if (!function)
      return function.error();
    begin = end;
  }
  if (!ends.isDone() || begin != cold->size())
    return badInput("artifact: it has regions of no function");
  return {};
}

Result<void> writ::checkArtifact(const Artifact &artifact) {
  if (Result<void> intact = artifact.verifyAll(); !intact)
    return intact;
  auto has = readDeclarations(artifact);
  if (!has)
    return has.error();
  if (Result<void> checked = checkTables(artifact, limitsOf(artifact, *has)); !checked)
    return checked;
  if (Result<void> checked = checkCharges(artifact, has->numCharges); !checked)
    return checked;
  if (has->image.tier == NativeTier::Singlepass)
    return checkCold(artifact, *has);
  auto code = readInterp(artifact, has->info, has->numCharges, has->image.coldFrameWords);
  return code ? Result<void>() : Result<void>(code.error());
}
