//===- Schedule.cpp - Amounts under a schedule, and shipped ones ----------===//
#include "hostabi/Schedule.h"

#include "hostabi/Context.h"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <memory>
#include <vector>

using namespace writ;

namespace {
struct ShippedText {
  std::string_view name, text;
};
} // namespace

// Made by CMake from hostabi/schedules/*.schedule, sorted by name.
static constexpr ShippedText shippedTexts[] = {
#include "hostabi/ShippedSchedules.inc"
};

static std::vector<Schedule> parseShipped() {
  std::vector<Schedule> schedules;
  for (const ShippedText &shipped : shippedTexts) {
    Result<Schedule> schedule = parseSchedule(shipped.text, shipped.name);
    assert(schedule && "a shipped schedule does not parse");
    schedules.push_back(std::move(*schedule));
  }
  return schedules;
}

const Schedule *writ::shippedSchedule(std::string_view name) {
  static const auto &schedules = *new std::vector<Schedule>(parseShipped());
  for (const Schedule &schedule : schedules)
    if (schedule.name == name)
      return &schedule;
  return nullptr;
}

std::span<const std::string_view> writ::shippedScheduleNames() {
  static const auto &names = *new std::vector<std::string_view>([] {
    std::vector<std::string_view> all;
    for (const ShippedText &shipped : shippedTexts)
      all.push_back(shipped.name);
    return all;
  }());
  return names;
}

static Error noSuchSchedule(const std::string &nameOrPath) {
  std::string names;
  for (std::string_view name : shippedScheduleNames())
    names += (names.empty() ? "" : ", ") + std::string(name);
  return badInput(nameOrPath + ": no such schedule or file; shipped schedules are " + names);
}

/// A file of at most `maxScheduleBytes`; no exceptions, unlike a stream on a directory.
static Result<std::string> readText(const std::string &path) {
  constexpr size_t maxScheduleBytes = 1 << 20;
  std::unique_ptr<FILE, int (*)(FILE *)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file)
    return noSuchSchedule(path);
  std::string text(maxScheduleBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()))
    return badInput(path + ": cannot be read as a schedule");
  if (text.size() > maxScheduleBytes)
    return badInput(path + ": larger than 1 MiB");
  return text;
}

Result<Schedule> writ::loadSchedule(const std::string &nameOrPath) {
  if (const Schedule *shipped = shippedSchedule(nameOrPath))
    return *shipped;
  Result<std::string> text = readText(nameOrPath);
  if (!text)
    return text.error();
  return parseSchedule(*text, nameOrPath);
}

uint64_t Schedule::hostPrice(const std::string &module, const std::string &function) const {
  auto found = hosts.find({module, function});
  return found == hosts.end() ? hostDefault : found->second;
}

uint64_t writ::unitsAmount(uint64_t units, uint64_t price) {
  uint64_t product;
  if (__builtin_mul_overflow(units, price, &product))
    return maxGas;
  return std::min(product, maxGas);
}

uint64_t writ::amount(const CostCounts &counts, const ClassPrices &prices) {
  uint64_t sum = 0; // Both terms are at most maxGas, so that it cannot overflow.
  for (const CostCount &count : counts)
    sum = std::min(maxGas, sum + unitsAmount(count.count, prices[size_t(count.costClass)]));
  return sum;
}

void writ::refill(std::span<uint64_t> prices, std::span<const CostCounts> chargeTable,
                  const ClassPrices &classPrices) {
  assert(prices.size() == chargeTable.size() && "one amount for each charge");
  for (size_t i = 0; i < prices.size(); ++i)
    prices[i] = amount(chargeTable[i], classPrices);
}
