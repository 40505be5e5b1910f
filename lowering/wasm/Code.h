//===- Code.h - WebAssembly code whose indices are not known yet ----------===//
//
// What is called and read most gets the smallest numbers, which is known only when all functions
// have been made. Until then code has gaps, and beside it what belongs into each.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_LOWERING_WASM_CODE_H
#define WRIT_LOWERING_WASM_CODE_H

#include "hostabi/ModuleInfo.h"

#include <bit>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace writ::wasmgen {

/// What goes into a gap, with what `Gap::index` says.
enum class GapKind : uint8_t {
  Func,   ///< A function's index; its index in the module that was given.
  Helper, ///< A helper's function index; a `Helper`.
  Type,   ///< A type's index; its number in the order of first use.
  Global, ///< A global's index; its index in the module that was given.
  Meter,  ///< The index of a global of the metering ABI; a `MeterGlobal`.
  Price,  ///< The index of the global that holds an amount's price; the amount.
  Patch,  ///< An amount's price itself, in `patchSize` bytes; the amount.
  Limit,  ///< The index of the global through which fast code gets the memory's size.
  // These are whole instructions:
  Charge,         ///< Take a price from the gas left and look at it; the amount.
  Enter,          ///< Take a frame and its cost; bytes.
  EnterLeaf,      ///< The same, for a function that calls nothing and so need not give it back.
  Leave,          ///< Give a frame back; bytes.
  DirectCall,     ///< Call a function, to which the gas and stack left are handed over; its index.
                  ///< Gone when it is known which functions take them (DirectCalls.h).
  DirectTailCall, ///< The same in place of a return.
  Shared,         ///< Call code that many functions have; the number of that (Outline.h).
  // These are gone when a function is ready; the number of a nest of blocks:
  Open,   ///< `block`, `loop` or `if`
  Close,  ///< `end`
  Branch, ///< how many nests are in between
};

/// Bytes of a signed number that any price fits in.
inline constexpr size_t patchSize = 10;

/// Amounts from here on are prices of imported functions, by function index.
inline constexpr uint32_t firstHostAmount = 1u << 31;

/// Added to a function's index: where it has an entry, what that stands for; where it assumes
/// something, what runs if that does not hold.
inline constexpr uint32_t directBit = 1u << 31, smallBit = 1u << 30;
inline uint32_t originalIndex(uint32_t index) { return index & ~(directBit | smallBit); }

/// No amount.
inline constexpr uint32_t noAmount = ~0u;

struct Gap {
  uint32_t at = 0; ///< Bytes before it.
  GapKind kind = GapKind::Func;
  uint8_t heat = 0; ///< How many loops are around it.
  uint32_t index = 0;
  uint8_t instruction = 0; ///< Open: which.
  bool isVariant = false;  ///< Is all that its function does.
  bool looks = true;       ///< Charge: whether it matters at once that gas has run out.
};

/// Where an instruction comes from.
struct Place {
  uint32_t at = 0;     ///< Bytes before it; gaps do not count.
  uint32_t gaps = 0;   ///< Gaps before it.
  uint32_t source = 0; ///< Byte offset in the module that was given.
};

struct Code {
  std::vector<uint8_t> bytes;
  std::vector<Gap> gaps;
  std::vector<Place> places;
};

/// At the end of the code.
Gap &addGap(Code &code, GapKind kind, uint32_t index);
/// Adds `from` to `code`, places included, but for gaps: what is for each of those, `atGap` adds.
void copyCode(Code &code, const Code &from, const std::function<void(const Gap &)> &atGap);

/// Locals beyond the parameters.
struct LocalRun {
  uint32_t count;
  ValueType type;
  bool operator==(const LocalRun &) const = default;
};

/// A function, ready but for its gaps.
struct Body {
  uint32_t type = 0; ///< As of `GapKind::Type`.
  std::vector<LocalRun> locals;
  Code code; ///< Up to and with the last `end`.
  /// Behind its own parameters, it has the gas left (i64) and the bytes of stack left (i32); the
  /// gas comes back in its global.
  bool isDirect = false;
  bool assumes = false; ///< There may be a reason to call its smallest form instead.
  /// How deep they are nested: loops with calls, and without.
  unsigned callingLoops = 0, callFreeLoops = 0;
};

/// The encoding of a value type.
constexpr uint8_t typeCode(ValueType type) {
  constexpr uint8_t codes[] = {0x7f, 0x7e, 0x7d, 0x7c, 0x70, 0x6f};
  return codes[size_t(type)];
}

/// Appends encoded numbers and the like.
class Encoder {
public:
  explicit Encoder(std::vector<uint8_t> &bytes) : bytes(bytes) {}

  void byte(uint8_t value) { bytes.push_back(value); }
  void raw(std::span<const uint8_t> block) {
    bytes.insert(bytes.end(), block.begin(), block.end());
  }
  void number(uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      byte(uint8_t(value) | 0x80);
    byte(uint8_t(value));
  }
  void signedNumber(int64_t value) {
    for (;; value >>= 7) {
      bool isLast = value >= -64 && value < 64;
      byte((uint8_t(value) & 0x7f) | (isLast ? 0 : 0x80));
      if (isLast)
        return;
    }
  }
  /// In `patchSize` bytes, whatever the number.
  void patch(uint64_t value) {
    for (size_t left = patchSize - 1; left > 0; --left, value >>= 7)
      byte(uint8_t(value) | 0x80);
    byte(uint8_t(value));
  }
  void text(std::string_view text) {
    number(text.size());
    bytes.insert(bytes.end(), text.begin(), text.end());
  }
  /// The low `size` bytes, little end first.
  void fixed(uint64_t value, unsigned size) {
    for (; size > 0; --size, value >>= 8)
      byte(uint8_t(value));
  }

  std::vector<uint8_t> &bytes;
};

/// Where each byte of code that may trap or call comes from.
struct PlaceRow {
  uint32_t at = 0; ///< Counted from the start of the code section's contents.
  uint32_t source = 0;
};

/// Adds the body to `code`, the contents of a code section, with its gaps as `fill` fills them;
/// its places to `places`. Where in `code` it begins, behind its size.
uint32_t writeBody(std::vector<uint8_t> &code, std::vector<PlaceRow> &places, const Body &body,
                   const std::function<void(Encoder &, const Gap &)> &fill);

} // namespace writ::wasmgen

#endif
