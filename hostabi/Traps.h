//===- Traps.h - Trap kinds and their names -------------------------------===//
#ifndef WRIT_HOSTABI_TRAPS_H
#define WRIT_HOSTABI_TRAPS_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace writ {

/// Why a call ended early. A trap is data, a normal outcome of a call; it is
/// never an `Error`. The numbers are those of Traps.def and never change.
enum class TrapKind : uint8_t {
  None = 0,
#define WRIT_TRAP(Name, Mnemonic, Code, Text) Name = Code,
#include "hostabi/Traps.def"
  /// Not a trap: writ, the host or the machine failed. Travels like one through code
  /// and comes out of `Instance::call` as an `Error`.
  Internal = 255,
};

/// "out_of_gas"; "none" for `TrapKind::None`.
std::string_view trapName(TrapKind kind);

/// The WebAssembly specification's wording: "integer divide by zero".
std::string_view trapText(TrapKind kind);

/// The kind called `name`, if there is one.
std::optional<TrapKind> parseTrapKind(std::string_view name);

} // namespace writ

#endif
