//===- Assembly.h - Number functions and globals, fill gaps ---------------===//
#ifndef WRIT_LOWERING_WASM_ASSEMBLY_H
#define WRIT_LOWERING_WASM_ASSEMBLY_H

#include "lowering/wasm/Numbering.h"

#include "llvm/ADT/DenseMap.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace writ::wasmgen {

/// A function that the module defines.
struct Definition {
  Body body;
  std::string name;
  uint64_t uses = 0;
  uint32_t index = 0; ///< In the emitted module.
};

/// A price in code: `at` is the offset in the contents of the code section.
struct PatchRow {
  uint32_t at = 0;
  uint32_t amount = 0;
};

/// All code of a module. Functions are added with their gaps; `layOut` gives the smallest numbers
/// to what is used most, and makes functions of charges and the like that are frequent.
class Assembly final : public Numbering {
public:
  Assembly(ModuleState &module, HelperNeeds needs);

  /// Function `index` of the module that was given. Ones with the same code become one.
  void addFunction(uint32_t index, Body body, std::string name);
  /// Something outside of code uses the function or helper.
  void useFunction(uint32_t index) { ++rootUses[index]; }
  void useHelper(Helper helper) { ++rootHelpers[size_t(helper)]; }

  void mergeIdentical();
  /// Numbers everything and fills the gaps.
  void layOut();

  uint32_t functionIndex(uint32_t original) const override;
  uint32_t globalIndex(uint32_t original) const override;
  uint32_t helperIndex(Helper helper) const override;
  uint32_t meterIndex(MeterGlobal global) const override;
  uint32_t priceIndex(uint32_t amount) const override;

  /// By index, behind imports.
  const std::vector<const Definition *> &order() const { return theOrder; }
  /// Amounts that have a global, in the order of their indices.
  const std::vector<uint32_t> &prices() const { return thePrices; }
  /// Where code holds the price of an amount, in the order of offsets.
  const std::vector<PatchRow> &patches() const { return thePatches; }
  /// Whether there is a global behind the module's for the memory's size.
  bool hasLimit() const { return usesLimit; }
  /// The contents of the code section, and what it has to do with the input.
  const std::vector<uint8_t> &code() const { return theCode; }
  const std::vector<PlaceRow> &places() const { return thePlaces; }

private:
  /// Of functions made by need: kind and index of a gap.
  using GapKey = std::pair<GapKind, uint32_t>;

  void count();
  void countBody(const Body &body);
  void countGap(const Gap &gap);
  void splitRare();
  void shareCode();
  void makeVariants();
  void number();
  void write();
  void fill(Encoder &out, const Gap &gap);
  Definition *findVariant(const Gap &gap);
  Definition &helper(Helper helper);
  uint32_t limitIndex() const;
  void forEach(const std::function<void(Definition &)> &visit);

  ModuleState &module;
  HelperNeeds needs;
  std::map<uint32_t, Definition> functions; ///< By original index.
  std::map<uint32_t, uint32_t> sameAs;      ///< Merged into which.
  std::map<Helper, Definition> helpers;
  std::map<GapKey, Definition> variants;
  std::set<uint32_t> inLoops;                       ///< Amounts that are charged there.
  std::map<uint32_t, std::vector<uint32_t>> madeOf; ///< Amounts that others make up.
  std::vector<Definition> shared;                   ///< By number (Outline.h).
  std::map<GapKey, uint64_t> variantUses;
  llvm::DenseMap<uint32_t, uint64_t> priceUses;
  std::map<uint32_t, uint64_t> rootUses;
  uint64_t rootHelpers[numHelpers] = {};

  std::vector<const Definition *> theOrder;
  std::vector<uint32_t> thePrices;
  llvm::DenseMap<uint32_t, uint32_t> priceNumbers;
  std::vector<uint8_t> theCode;
  std::vector<PlaceRow> thePlaces;
  std::vector<PatchRow> thePatches;
  bool usesLimit = false;
};

} // namespace writ::wasmgen

#endif
