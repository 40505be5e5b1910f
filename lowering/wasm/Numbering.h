//===- Numbering.h - What gaps in code are filled with --------------------===//
#ifndef WRIT_LOWERING_WASM_NUMBERING_H
#define WRIT_LOWERING_WASM_NUMBERING_H

#include "lowering/wasm/Helpers.h"
#include "lowering/wasm/ModuleState.h"

#include <optional>

namespace writ::wasmgen {

/// The indices of a module that is made. What was there has an index in the module that was given;
/// the rest metering has brought along.
class Numbering {
public:
  virtual ~Numbering() = default;

  /// Of an import that is charged for, that of a function which does so.
  virtual uint32_t functionIndex(uint32_t original) const = 0;
  virtual uint32_t globalIndex(uint32_t original) const = 0;
  virtual uint32_t helperIndex(Helper helper) const = 0;
  virtual uint32_t meterIndex(MeterGlobal global) const = 0;
  /// Of the global that has the price of an amount.
  virtual uint32_t priceIndex(uint32_t amount) const = 0;
};

/// Fills a gap that is an index. False, and nothing done, if it is something else.
bool fillIndex(Encoder &out, const Gap &gap, const Numbering &numbers);

//===--- Gaps that are whole instructions ---------------------------------===//

/// The helper that does what `kind` asks for, with the gap's index, in one form or another, on the
/// stack; none for other kinds.
std::optional<Helper> helperOf(GapKind kind);
/// Fills the gap with a call of its helper.
void fillHelperCall(Encoder &out, const Gap &gap, const Numbering &numbers);
/// Adds an instruction with an index.
void emitIndexed(Encoder &out, uint8_t code, uint32_t index);

/// So many gaps that are the same save more than a function takes that does what they ask for,
inline constexpr uint64_t enoughUses = 5;
/// and nothing else. For a charge of an amount that others make up: `parts`.
Body makeVariant(ModuleState &module, GapKind kind, uint32_t index,
                 std::span<const uint32_t> parts = {});

/// The amounts that have globals, those that are used most first.
std::vector<uint32_t> orderPrices(const llvm::DenseMap<uint32_t, uint64_t> &uses);

/// How many globals the meter has.
uint32_t numMeterGlobals(const WasmOptions &options);

} // namespace writ::wasmgen

#endif
