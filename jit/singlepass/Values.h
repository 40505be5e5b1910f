//===- Values.h - Where the live values of a function are -----------------===//
#ifndef WRIT_JIT_SINGLEPASS_VALUES_H
#define WRIT_JIT_SINGLEPASS_VALUES_H

#include "jit/singlepass/Registers.h"

#include "mlir/IR/Value.h"

#include <vector>

namespace writ::singlepass {

inline constexpr uint32_t none = ~0u;

/// i1 is held as an I32, 0 or 1; references as I64.
enum class Kind : uint8_t { I32, I64, F32, F64 };
constexpr bool isFloat(Kind kind) { return kind >= Kind::F32; }
constexpr bool isWide(Kind kind) { return kind == Kind::I64 || kind == Kind::F64; }

enum class Place : uint8_t {
  Constant, ///< `bits`.
  Register, ///< `reg`, and in `home` too if there is one.
  Slot,     ///< Whatever `slot` holds: it has not been written since.
  Home,     ///< A word of the frame.
};

/// A value that is still to be read. Narrow integers in registers are zero-extended.
struct ValueState {
  void *key = nullptr;
  uint64_t bits = 0;
  uint32_t uses = 0; ///< Operands that are still to be read.
  uint32_t home = none;
  uint32_t slot = none;
  uint32_t nextInSlot = none, previousInSlot = none;
  uint32_t stamp = 0; ///< Grows with each definition.
  uint32_t block = 0; ///< Where it was made; one less for arguments of loop headers.
  Place place = Place::Register;
  Kind kind = Kind::I32;
  Reg reg = noReg;
  /// False if it may be any NaN where it ought to be the canonical one.
  bool isExact = true;
};

/// From value to number. Holds live values only, so it stays small.
class ValueTable {
public:
  ValueTable() : cells(64) {}

  void clear();
  /// `none` if it is not there.
  uint32_t find(mlir::Value value) const;
  void insert(mlir::Value value, uint32_t id);
  void erase(void *key);

private:
  struct Cell {
    void *key = nullptr;
    uint32_t id = none;
  };
  size_t indexOf(void *key) const {
    return (reinterpret_cast<uintptr_t>(key) >> 3) * 0x9e3779b97f4a7c15 >> shift;
  }
  size_t next(size_t index) const { return (index + 1) & (cells.size() - 1); }
  void grow();

  std::vector<Cell> cells;
  size_t count = 0;
  unsigned shift = 58;
};

} // namespace writ::singlepass

#endif
