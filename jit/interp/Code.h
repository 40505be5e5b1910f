//===- Code.h - A module's bytecode and its side tables -------------------===//
#ifndef WRIT_JIT_INTERP_CODE_H
#define WRIT_JIT_INTERP_CODE_H

#include "jit/interp/Bytecode.h"
#include "jit/runtime/CompiledModule.h"

#include <string>
#include <vector>

namespace writ::interp {

class Code;

/// A word that holds a constant in every frame of a function.
struct FrameConstant {
  uint32_t word;
  uint64_t bits;
};

/// One own function.
struct Function {
  const Code *code = nullptr;
  const Cell *entry = nullptr;
  uint32_t index = 0;      ///< In the function index space.
  uint32_t begin = 0;      ///< First cell.
  uint32_t end = 0;        ///< One past the last cell.
  uint32_t frameWords = 0; ///< README.md says what a frame has.
  /// With all that may be written beyond the frame's end before a callee checks.
  uint32_t roomWords = 0;
  uint32_t params = 0, results = 0;
  std::vector<FrameConstant> constants;
};

/// Where one `contract.cost` stands: when `cell` runs, the cost is due.
struct Marker {
  uint32_t cell;
  uint32_t price;  ///< Charge-table entry.
  uint32_t offset; ///< Byte offset in the module.
};

/// One metering region, by its charge.
struct Region {
  uint32_t cell;        ///< The Charge.
  uint32_t price;       ///< Its charge-table entry.
  uint32_t firstMarker; ///< In `Code::markers`; they go up to the next region's.
  uint32_t function;    ///< In `Code::functions`.
  uint32_t liveWords;   ///< Words of `coldFrame` to take over: one more than the last live one.
};

/// Byte offset of an op that may trap or leaves for other code.
struct Position {
  uint32_t cell;
  uint32_t offset;
};

/// The interpreter's code of one module. Immutable after translation, thread-safe; shared by all
/// instances. Functions, regions, markers and positions are in the order of their cells.
class Code final : public TierCode {
public:
  std::string_view name() const override { return "interp"; }
  CodeEntry entry(uint32_t func) const override;
  size_t codeBytes() const override { return cells.size() * sizeof(Cell); }
  size_t coldFrameWords() const override { return 0; }

  std::vector<Cell> cells;
  std::vector<Function> functions; ///< Own ones only.
  std::vector<Region> regions;
  std::vector<Marker> markers;
  std::vector<Position> positions;
  uint32_t numImports = 0;

  /// The function that `cell` belongs to.
  const Function &functionAt(uint32_t cell) const;
  /// Byte offset of the op at `cell`; ~0 if it is not one that may trap.
  uint32_t offsetAt(uint32_t cell) const;
  /// The last region whose charge is at or before `cell`, or null. (If `cell` is beyond its end,
  /// all of its markers are behind too.)
  const Region *regionAt(uint32_t cell) const;
  std::span<const Marker> markersOf(const Region &region) const;
};

} // namespace writ::interp

#endif
