//===- Helpers.h - Functions and globals that metered code brings along ---===//
#ifndef WRIT_LOWERING_WASM_HELPERS_H
#define WRIT_LOWERING_WASM_HELPERS_H

#include "lowering/wasm/Code.h"

#include <array>
#include <functional>
#include <string_view>

namespace writ::wasmgen {

/// Globals of the metering ABI (docs/wasm-target.md), all of them mutable.
enum class MeterGlobal : uint8_t {
  GasLeft,   ///< i64
  StackLeft, ///< i32, bytes
  TrapKind,  ///< i32, hostabi/Traps.def; 0 if no code of ours has trapped
  Fault,     ///< i32: what it means if the engine traps: a trap kind, or 256 + a table's index
  Element,   ///< i32: which element of that table is called
  Instance,  ///< i32: in which instance; only there are several that share the meter
  Self,      ///< i32: the number of this instance, which never changes; the same
};
struct MeterGlobalRow {
  std::string_view name;
  ValueType type;
  bool isExported = false, isMutable = true;
};
/// Those of a meter that is shared; without that, only the first ones.
extern const std::array<MeterGlobalRow, 7> meterGlobals;
inline constexpr size_t numOwnMeterGlobals = 5;

/// Of `MeterGlobal::Fault`.
inline constexpr uint32_t faultInMemory = 2, faultInTable = 3, faultInCall = 256;

/// Functions that emitted code calls. Those of a row have consecutive numbers.
enum class Helper : uint8_t {
  Charge,          ///< (i64 price): takes it; out_of_gas if there is not so much
  ChargeUnits,     ///< (i32 units, i64 price)
  Trap,            ///< (i32 kind): ends in a trap of that kind
  OutOfGas,        ///< ()
  Unreachable,     ///< (): takes what `unreachable` costs, and does it
  TrapUnreachable, ///< (): does it
  Enter,           ///< (i32 bytes): takes a frame and its cost
  EnterLeaf,       ///< the same, but looks at the stack only
  Leave,           ///< (i32 bytes)
  Element,         ///< (i32 index) -> i32: says which element of table 0 is called next
  DivS32,
  DivU32,
  RemS32,
  RemU32,
  DivS64,
  DivU64,
  RemS64,
  RemU64,
  F32ToS32,
  F32ToU32,
  F64ToS32,
  F64ToU32,
  F32ToS64,
  F32ToU64,
  F64ToS64,
  F64ToU64,
  CanonicalF32,
  CanonicalF64, ///< (x) -> x, or the canonical NaN
  Settle,       ///< (): after a trap of the engine
};
inline constexpr size_t numHelpers = size_t(Helper::Settle) + 1;

/// What bodies of helpers have to know of the module.
struct HelperNeeds {
  bool isShared = false;      ///< Instances have one meter.
  uint32_t frameUnit = 0;     ///< The amount of one `frame_unit`.
  uint32_t branch = 0;        ///< That of one `branch`.
  bool hasReferences = false; ///< reference-types may be used.
  /// Tables, by index: their element counts are fixed if `size` says so.
  struct Table {
    bool isFunc = false;
    uint32_t size = 0;
    /// Ranges of elements that are set from the start, sorted.
    std::vector<std::pair<uint32_t, uint32_t>> filled;
  };
  std::vector<Table> tables;
  std::function<uint32_t(const FuncType &)> type; ///< Numbers types.
};

/// The code of `helper`.
Body makeHelper(Helper helper, const HelperNeeds &needs);
/// "writ.charge" …
std::string_view helperName(Helper helper);

} // namespace writ::wasmgen

#endif
