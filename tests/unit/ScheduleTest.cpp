//===- ScheduleTest.cpp - The schedule format and amounts -----------------===//
#include "hostabi/Schedule.h"
#include "hostabi/Context.h"
#include "hostabi/Traps.h"

#include <doctest/doctest.h>

using namespace writ;

static std::string errorOf(std::string_view text) {
  Result<Schedule> schedule = parseSchedule(text, "s");
  return schedule ? "" : schedule.error().message;
}

TEST_CASE("flat prices every op at 1 and every unit at 0") {
  const Schedule &flat = *shippedSchedule("flat");
  CHECK(flat.price(CostClass::Integer) == 1);
  CHECK(flat.price(CostClass::Marker) == 1);
  CHECK(flat.price(CostClass::MemoryBulk) == 1);
  CHECK(flat.price(CostClass::MemoryBulkUnit) == 0);
  CHECK(flat.price(CostClass::TableGrowUnit) == 0);
  CHECK(flat.price(CostClass::FrameUnit) == 0);
}

TEST_CASE("near has the published numbers") {
  const Schedule &near = *shippedSchedule("near");
  CHECK(near.price(CostClass::Integer) == 822756);
  CHECK(near.price(CostClass::Marker) == 0);
  CHECK(near.price(CostClass::MemoryGrow) == 822756);
  CHECK(near.price(CostClass::MemoryGrowUnit) == 0);
  CHECK(near.price(CostClass::MemoryBulk) == 26328192);
  CHECK(near.price(CostClass::MemoryBulkUnit) == 822756);
  CHECK(near.price(CostClass::TableBulk) == 26328192);
  CHECK(near.price(CostClass::TableBulkUnit) == 822756);
  CHECK(near.price(CostClass::TableGrow) == 26328192);
  CHECK(near.price(CostClass::TableGrowUnit) == 822756);
  CHECK(near.price(CostClass::FrameUnit) == 822756);
}

TEST_CASE("every shipped schedule is found under its own name") {
  for (std::string_view name : shippedScheduleNames()) {
    CAPTURE(name);
    REQUIRE(shippedSchedule(name));
    CHECK(shippedSchedule(name)->name == name);
  }
  CHECK(shippedSchedule("none") == nullptr);
}

TEST_CASE("a schedule states defaults, prices, host prices and comments") {
  Result<Schedule> schedule = parseSchedule("# prices\n"
                                            "name mine # mine\n"
                                            "\n"
                                            "price load 7\r\n"
                                            "default 2\n"
                                            "price memory_bulk_unit 3\n"
                                            "host \"env\" \"log # it\" 40\n"
                                            "host_default 5\n"
                                            "load_byte 6",
                                            "s");
  REQUIRE(schedule);
  CHECK(schedule->name == "mine");
  CHECK(schedule->price(CostClass::Load) == 7);
  CHECK(schedule->price(CostClass::Store) == 2);
  CHECK(schedule->price(CostClass::MemoryBulkUnit) == 3);
  CHECK(schedule->price(CostClass::FrameUnit) == 0);
  CHECK(schedule->hostPrice("env", "log # it") == 40);
  CHECK(schedule->hostPrice("env", "other") == 5);
  CHECK(schedule->loadByte == 6);
}

TEST_CASE("errors in a schedule have line and column") {
  CHECK(errorOf("name a\nprise load 1\n").starts_with("s:2:1: 'prise' is no statement"));
  CHECK(errorOf("price lode 1\n") == "s:1:7: no cost class 'lode'");
  CHECK(errorOf("price load\n") == "s:1:11: expected an amount of gas, a decimal number");
  CHECK(errorOf("price load -1\n") == "s:1:12: '-1' is not a decimal number");
  CHECK(errorOf("price load 1x\n") == "s:1:12: '1x' is not a decimal number");
  CHECK(errorOf("price load 99999999999999999999\n") ==
        "s:1:12: amount 99999999999999999999 is not below 2^32");
  CHECK(errorOf("price load 4611686018427387904\n") ==
        "s:1:12: amount 4611686018427387904 is not below 2^32");
  CHECK(errorOf("price load 1 2\n") == "s:1:14: '2' after the end of the statement");
  CHECK(errorOf("price load 1\nprice load 1\n") == "s:2:7: second price for 'load'");
  CHECK(errorOf("default 1\ndefault 1\n") == "s:2:1: second 'default'");
  CHECK(errorOf("host \"env\n") == "s:1:6: string without closing quote");
  CHECK(errorOf("host env log 1\n") == "s:1:6: expected the host function's module in quotes");
  CHECK(errorOf("host \"a\" \"b\" 1\nhost \"a\" \"b\" 1\n") ==
        "s:2:1: second price for host function \"a\" \"b\"");
  CHECK(errorOf("name a\n") == "s:2:1: no price for 'marker' and no default");
  CHECK(errorOf("default 1\n") == "s:2:1: no name");
  CHECK(errorOf("") == "s:1:1: no price for 'marker' and no default");
}

TEST_CASE("a schedule that is neither shipped nor a file is bad input") {
  CHECK(loadSchedule("no-such").error().kind == ErrorKind::BadInput);
  CHECK(loadSchedule("/").error().kind == ErrorKind::BadInput);
  CHECK(loadSchedule("near"));
}

TEST_CASE("an amount is the sum of counts times prices and saturates") {
  Schedule schedule = *shippedSchedule("flat");
  schedule.classPrices[size_t(CostClass::Load)] = 10;
  CHECK(amount({{CostClass::Integer, 3}, {CostClass::Load, 2}}, schedule) == 23);
  CHECK(amount({}, schedule) == 0);
  schedule.classPrices[size_t(CostClass::Load)] = maxGas - 1;
  CHECK(amount({{CostClass::Load, 1}}, schedule) == maxGas - 1);
  CHECK(amount({{CostClass::Integer, 1}, {CostClass::Load, 1}}, schedule) == maxGas);
  CHECK(amount({{CostClass::Load, ~0u}, {CostClass::Store, ~0u}}, schedule) == maxGas);
  CHECK(unitsAmount(~uint64_t(0), 2) == maxGas);
}

TEST_CASE("refill computes every entry of a charge table") {
  std::vector<CostCounts> table = {{{CostClass::Call, 1}}, {}, {{CostClass::Integer, 5}}};
  std::vector<uint64_t> prices(3);
  refill(prices, table, shippedSchedule("near")->classPrices);
  CHECK(prices == std::vector<uint64_t>{822756, 0, 5 * 822756});
}

TEST_CASE("names of traps and cost classes are found again") {
  for (int code = 1; code <= 12; ++code)
    CHECK(parseTrapKind(trapName(TrapKind(code))) == TrapKind(code));
  CHECK(!parseTrapKind("none"));
  CHECK(!parseTrapKind("internal"));
  for (size_t i = 0; i < numCostClasses; ++i)
    CHECK(parseCostClass(costClassName(CostClass(i))) == CostClass(i));
}
