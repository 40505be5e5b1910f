//===- Values.h - Typed values as text, both ways -------------------------===//
#ifndef WRIT_TOOLS_WRIT_VALUES_H
#define WRIT_TOOLS_WRIT_VALUES_H

#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace writ::cli {

/// Reads a value of type `type` as the word that an array call takes.
///
/// Integers: decimal or 0x…, with a sign or not, from the smallest signed to the largest
/// unsigned number; `_` may stand between digits. Floats: decimal, hexadecimal (0x1.8p3), inf, nan,
/// nan:0x… (the payload). References: ref.null; an externref also as a number other than 0, the
/// handle.
Result<uint64_t> parseValue(std::string_view text, ValueType type);

/// Reads a count such as a gas limit: decimal or 0x…, `_` between digits, at most `max`. `what`
/// is for the error.
Result<uint64_t> parseCount(std::string_view text, uint64_t max, std::string_view what);

/// A value as text that `parseValue` reads: integers signed and decimal, floats as the
/// shortest text that gives the same bits, references as "ref.null", "ref.func 3" or the handle.
std::string formatValue(uint64_t bits, ValueType type);

} // namespace writ::cli

#endif
