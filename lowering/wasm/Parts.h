//===- Parts.h - Parts of modules that two forms have alike ---------------===//
//
// Metered modules are made in two forms: from the IR (ModuleWriter), and by putting charges into
// the code as it was given (jit/meteronly).
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_LOWERING_WASM_PARTS_H
#define WRIT_LOWERING_WASM_PARTS_H

#include "lowering/wasm/Assembly.h"

namespace writ::wasmgen {

void writeExpression(Encoder &out, const ConstExpr &expr, const Numbering &numbers);
void writeFuncType(Encoder &out, const FuncType &type);
void writeElement(Encoder &out, const ElemSegment &segment, const Numbering &numbers);

/// Imports the globals of a meter that is shared, all of them.
void writeMeterImports(Encoder &out);

/// Globals of the module that is made, one after the other.
class GlobalList {
public:
  GlobalList(std::vector<uint8_t> &bytes, const Numbering &numbers)
      : out(bytes), numbers(numbers) {}

  void add(ValueType type, bool isMutable, const ConstExpr &init);
  void add(ValueType type, bool isMutable, uint64_t bits) {
    add(type, isMutable, {ConstExpr::Kind::Value, type, bits, 0});
  }
  /// Those that are not imported.
  void addOwnOf(const ModuleInfo &info);
  /// Those of a meter of its own.
  void addMeter();
  void addPrices(const std::vector<uint32_t> &amounts, const ModuleState &module);

  uint64_t count = 0;

private:
  Encoder out;
  const Numbering &numbers;
};

/// Exports, likewise.
class ExportList {
public:
  ExportList(std::vector<uint8_t> &bytes, const Numbering &numbers)
      : out(bytes), numbers(numbers) {}

  void add(std::string_view name, ExternKind kind, uint32_t index);
  /// What the module that was given exports. Imports among that stay what they are: it is code of
  /// ours that they are charged for.
  void addOf(const ModuleInfo &info);
  /// What a host needs (docs/wasm-target.md).
  void addMeter(const ModuleInfo &info, MeterOwner owner);

  uint64_t count = 0;

private:
  Encoder out;
  const Numbering &numbers;
};

/// The contents of `writ.charges` and `writ.positions` (docs/wasm-target.md).
std::vector<uint8_t> chargesContents(const std::vector<uint32_t> &prices,
                                     const std::vector<PatchRow> &patches,
                                     const ModuleState &module);
std::vector<uint8_t> positionsContents(const std::vector<PlaceRow> &places);

/// What helpers have to know.
HelperNeeds helperNeeds(ModuleState &module);

/// Calls the import after its price has been taken.
Body chargingImport(ModuleState &module, uint32_t index);

} // namespace writ::wasmgen

#endif
