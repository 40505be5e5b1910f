//===- Schedule.h - What each cost class costs, as data -------------------===//
//
// A schedule is a text file (docs/schedules.md). The shipped ones are compiled
// in. Code never holds a price: it reads an array that `refill` makes from the
// module's charge table and a schedule.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_HOSTABI_SCHEDULE_H
#define WRIT_HOSTABI_SCHEDULE_H

#include "hostabi/CostClasses.h"
#include "hostabi/Result.h"

#include <array>
#include <map>
#include <span>
#include <string>
#include <utility>

namespace writ {

/// What a class costs is less than this. Compiled code does not look at the gas left before
/// each block that it may pass without effect; with such prices, nothing that it owes until
/// it does look can wrap around 64 bits.
inline constexpr uint64_t classPriceLimit = uint64_t(1) << 32;

/// Price of every class, by `size_t(CostClass)`. Each is below `classPriceLimit`.
using ClassPrices = std::array<uint64_t, numCostClasses>;

struct Schedule {
  std::string name;
  ClassPrices classPrices{};
  uint64_t hostDefault = 0; ///< Price of a call of a host function not in `hosts`.
  std::map<std::pair<std::string, std::string>, uint64_t> hosts; ///< By module and name.
  uint64_t loadByte = 0;                                         ///< Per byte of contract loaded.

  uint64_t price(CostClass costClass) const { return classPrices[size_t(costClass)]; }
  uint64_t hostPrice(const std::string &module, const std::string &function) const;
};

/// Reads a schedule in the format of docs/schedules.md. Errors are BadInput and
/// start with "<file>:<line>:<column>: ".
Result<Schedule> parseSchedule(std::string_view text, std::string_view file);

/// A shipped schedule ("flat", "near", …), or null. Lives for ever; thread-safe.
const Schedule *shippedSchedule(std::string_view name);

/// The names `shippedSchedule` knows, sorted.
std::span<const std::string_view> shippedScheduleNames();

/// What users give for `--schedule`: the name of a shipped one, else a file.
Result<Schedule> loadSchedule(const std::string &nameOrPath);

/// Sum of count times price, at most `maxGas` (which nobody can pay).
uint64_t amount(const CostCounts &counts, const ClassPrices &prices);
inline uint64_t amount(const CostCounts &counts, const Schedule &schedule) {
  return amount(counts, schedule.classPrices);
}

/// `units` times `price`, at most `maxGas`: what a dynamic charge comes to.
uint64_t unitsAmount(uint64_t units, uint64_t price);

/// `prices[i] = amount(chargeTable[i], …)`. Both have the same length.
void refill(std::span<uint64_t> prices, std::span<const CostCounts> chargeTable,
            const ClassPrices &classPrices);

} // namespace writ

#endif
