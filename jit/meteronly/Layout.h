//===- Layout.h - Number what metering adds, fill gaps --------------------===//
//
// What the module has keeps its numbers; what is added comes behind. (Only globals that are
// imported with the meter stand between the module's imports and its own.)
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_METERONLY_LAYOUT_H
#define WRIT_JIT_METERONLY_LAYOUT_H

#include "frontend/wasm/Module.h"
#include "lowering/wasm/Assembly.h"
#include "lowering/wasm/SplitAmounts.h"

namespace writ::meteronly {

class Layout final : public wasmgen::Numbering {
public:
  Layout(wasmgen::ModuleState &state, const wasm::Module &module, wasmgen::HelperNeeds needs);

  /// The bodies of the module's functions, in their order.
  void add(wasmgen::Body body) { bodies.push_back(std::move(body)); }
  /// Something outside of code uses the helper; calls the imported function.
  void useHelper(wasmgen::Helper helper) { useHelperFrom(helper); }
  void useImport(uint32_t function);
  /// Numbers everything and fills the gaps, with up to `inlineBytes` more where that makes it
  /// faster: what is in more loops first.
  void layOut(uint64_t inlineBytes);

  uint32_t functionIndex(uint32_t original) const override;
  uint32_t globalIndex(uint32_t original) const override;
  uint32_t helperIndex(wasmgen::Helper helper) const override {
    return added.find({Key::Helper, uint32_t(helper), 0})->second.index;
  }
  uint32_t meterIndex(wasmgen::MeterGlobal global) const override;
  uint32_t priceIndex(uint32_t amount) const override;

  /// Types of the functions that are added, in order.
  std::vector<uint32_t> addedTypes() const;
  const std::vector<uint32_t> &prices() const { return thePrices; }
  const std::vector<uint8_t> &code() const { return theCode; }
  const std::vector<wasmgen::PlaceRow> &places() const { return thePlaces; }
  /// Imports that are charged for in functions of their own, which code refers to.
  std::vector<uint32_t> referredImports() const;

private:
  /// A function that is added: a helper, what charges for an import, or what is in place of a gap
  /// of kind `what`.
  struct Key {
    enum Kind : uint8_t { Helper, Import, Variant } kind;
    uint32_t what, index;
    auto operator<=>(const Key &) const = default;
  };
  struct Added {
    wasmgen::Body body;
    uint32_t index = 0;
  };

  void useHelperFrom(wasmgen::Helper helper);
  void countBody(const wasmgen::Body &body);
  void countGap(const wasmgen::Gap &gap);
  void chooseHot(uint64_t inlineBytes);
  bool isInline(const wasmgen::Gap &gap) const;
  void fillInline(wasmgen::Encoder &out, const wasmgen::Gap &gap);
  void splitRare();
  void makeVariants();
  void number();
  void fill(wasmgen::Encoder &out, const wasmgen::Gap &gap);
  void fillWhole(wasmgen::Encoder &out, const wasmgen::Gap &gap);
  bool ownsMeter() const { return state.options.meterOwner == MeterOwner::Module; }

  wasmgen::ModuleState &state;
  const wasm::Module &module;
  wasmgen::HelperNeeds needs;
  std::vector<wasmgen::Body> bodies;
  uint32_t hotHeat = ~0u; ///< Loops around charges that are not calls: so many, at least.
  std::map<Key, Added> added;
  /// Gaps that are whole instructions: kind and index.
  std::map<std::pair<wasmgen::GapKind, uint32_t>, uint64_t> wholeUses;
  std::map<uint32_t, wasmgen::AmountParts> split; ///< Amounts that are charged in parts.
  llvm::DenseMap<uint32_t, uint64_t> priceUses;
  llvm::DenseMap<uint32_t, uint32_t> priceNumbers;
  std::vector<uint32_t> thePrices;
  std::vector<uint32_t> inCode; ///< Imports that code refers to.
  std::vector<const Added *> order;
  std::vector<uint8_t> theCode;
  std::vector<wasmgen::PlaceRow> thePlaces;
};

} // namespace writ::meteronly

#endif
