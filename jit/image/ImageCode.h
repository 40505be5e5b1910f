//===- ImageCode.h - Loaded native code as a tier -------------------------===//
#ifndef WRIT_JIT_IMAGE_IMAGECODE_H
#define WRIT_JIT_IMAGE_IMAGECODE_H

#include "jit/image/ArtifactPager.h"
#include "jit/image/Cold.h"
#include "jit/image/ImagePages.h"
#include "jit/image/NativeImage.h"
#include "jit/runtime/CompiledModule.h"

#include <optional>

namespace writ {

/// A native tier's code of a module, whichever tier made it.
class ImageCode final : public TierCode {
public:
  std::string_view name() const override { return tierName(image.tier); }
  CodeEntry entry(uint32_t func) const override;
  void expectCall(uint32_t func) const override;
  std::span<const uint8_t> machineCode() const override;
  size_t codeBytes() const override { return pages().codeBytes(); }
  std::vector<CodeSymbol> symbols() const override;
  const RuntimeCalls *runtimeCalls() const override;
  size_t coldFrameWords() const override { return image.coldFrameWords; }
  bool wantsNearPrices() const override { return image.tier == NativeTier::Singlepass; }
  std::span<const TrapSite> trapSites() const override;
  const uint32_t *callTypes() const override { return signatures.data(); }

  /// A region of the module: the function that has it, and its number there.
  struct RegionPlace {
    uint32_t func, region;
  };
  /// Of a number that code gave. Needs a `ColdSource`.
  RegionPlace findRegion(uint32_t region) const;
  const ColdSource *cold() const { return coldSource.get(); }
  void attach(const CompiledModule *module) const override;

  /// Of code that counts: where calls find the code of each own function, and its ticks.
  void **entryTable() const { return pages().words(); }
  const TickTable &tickTable() const { return image.ticks; }

  /// Loads what this process has compiled. Without `cold`, regions are run by the module's
  /// interpreter. Errors are Internal.
  static Result<std::shared_ptr<const ImageCode>> create(NativeImage image,
                                                         std::unique_ptr<ColdSource> cold);

  /// Code of an artifact, which comes to memory as it is executed. `image` is what `readFunctions`
  /// gave. Errors: BadInput for what is damaged; Internal.
  static Result<std::shared_ptr<const ImageCode>>
  open(std::shared_ptr<const cache::Artifact> artifact, NativeImage image,
       const TableLimits &limits, std::unique_ptr<ColdSource> cold);

private:
  ImageCode(NativeImage image, std::unique_ptr<ColdSource> cold)
      : image(std::move(image)), coldSource(std::move(cold)) {}

  void fillEntries();
  size_t firstThunk() const;
  Result<void> registerPages();
  const ImagePages &pages() const { return pager ? pager->memory() : loaded; }
  void *codeAt(uint32_t offset) const { return pages().at(offset); }

  NativeImage image; ///< Without code and constants; those of artifacts without tables, too.
  ImagePages loaded;
  std::unique_ptr<ArtifactPager> pager; ///< Of code that comes from an artifact.
  std::unique_ptr<ColdSource> coldSource;
  std::vector<uint32_t> signatures;
  std::optional<CodeRegistration> registration;
};

} // namespace writ

#endif
