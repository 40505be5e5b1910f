//===- InterpFloatOpsTest.cpp - Floats at the edges -----------------------===//
#include "jit/interp/FloatOps.h"

#include <doctest/doctest.h>

using namespace writ;
using namespace writ::interp;

TEST_CASE("exactly the floats that truncate to a value do") {
  CHECK(truncates<int32_t>(2147483647.9));
  CHECK_FALSE(truncates<int32_t>(2147483648.0));
  CHECK(truncates<int32_t>(-2147483648.9));
  CHECK_FALSE(truncates<int32_t>(-2147483649.0));
  CHECK(truncates<int32_t>(-2147483648.0f));
  CHECK_FALSE(truncates<int32_t>(std::nextafter(-2147483648.0f, -3e9f)));
  CHECK(truncates<uint32_t>(-0.999));
  CHECK_FALSE(truncates<uint32_t>(-1.0));
  CHECK(truncates<uint32_t>(4294967295.9));
  CHECK_FALSE(truncates<uint32_t>(4294967296.0f));
  CHECK(truncates<int64_t>(-9223372036854775808.0));
  CHECK_FALSE(truncates<int64_t>(std::nextafter(-9223372036854775808.0, -1e19)));
  CHECK_FALSE(truncates<int64_t>(9223372036854775808.0f));
  CHECK_FALSE(truncates<uint64_t>(18446744073709551616.0));
  CHECK(truncates<uint64_t>(std::nextafter(18446744073709551616.0, 0.0)));
  CHECK_FALSE(truncates<int32_t>(std::nan("")));
}

TEST_CASE("truncation saturates, and takes a NaN for 0") {
  CHECK(saturate<int32_t>(1e10) == INT32_MAX);
  CHECK(saturate<int32_t>(-1e10f) == INT32_MIN);
  CHECK(saturate<uint64_t>(-5.0) == 0);
  CHECK(saturate<uint64_t>(1e30f) == UINT64_MAX);
  CHECK(saturate<int64_t>(std::nanf("")) == 0);
  CHECK(saturate<uint32_t>(3.99) == 3);
}

TEST_CASE("rounding to nearest takes ties to even and keeps the sign of zero") {
  CHECK(nearestEven(2.5) == 2.0);
  CHECK(nearestEven(3.5f) == 4.0f);
  CHECK(std::signbit(nearestEven(-0.25)));
}

TEST_CASE("minimum and maximum tell the zeros apart") {
  CHECK(std::signbit(floatMin(0.0f, -0.0f)));
  CHECK_FALSE(std::signbit(floatMax(-0.0, 0.0)));
  CHECK(std::bit_cast<uint32_t>(floatMax(1.0f, std::bit_cast<float>(0xffc12345u))) == 0x7fc00000);
}
