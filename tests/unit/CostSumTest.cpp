//===- CostSumTest.cpp - Sums and differences of costs --------------------===//
#include "mlir-dialect/IR/CostSum.h"

#include "mlir/IR/MLIRContext.h"

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

using namespace writ;
using namespace writ::contract;

namespace {
struct Costs {
  Costs() { context.loadDialect<ContractDialect>(); }
  CostsAttr make(llvm::ArrayRef<CostCount> counts) { return CostsAttr::get(&context, counts); }

  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
};
} // namespace

TEST_CASE("a sum has the counts of both, sorted by class") {
  Costs costs;
  CostsAttr a = costs.make({{CostClass::Local, 2}, {CostClass::Load, 1}});
  CostsAttr b = costs.make({{CostClass::Marker, 1}, {CostClass::Local, 3}});
  CHECK(CostsAttr::sum(a, b) ==
        costs.make({{CostClass::Marker, 1}, {CostClass::Local, 5}, {CostClass::Load, 1}}));
}

TEST_CASE("a difference has no classes of count zero") {
  Costs costs;
  CostsAttr a = costs.make({{CostClass::Local, 2}, {CostClass::Load, 1}});
  CostsAttr b = costs.make({{CostClass::Local, 2}});
  CHECK(CostsAttr::difference(a, b) == costs.make({{CostClass::Load, 1}}));
  CHECK(CostsAttr::difference(a, a).getCounts().empty());
}

TEST_CASE("what a sum does not cover is not taken from it") {
  Costs costs;
  CostSum sum;
  sum.add(costs.make({{CostClass::Local, 2}, {CostClass::Load, 1}}));
  CHECK_FALSE(sum.subtract(costs.make({{CostClass::Local, 1}, {CostClass::Load, 2}})));
  CHECK(sum.count(CostClass::Local) == 2);
  CHECK(sum.subtract(costs.make({{CostClass::Local, 2}, {CostClass::Load, 1}})));
  CHECK(sum.isZero());
}

TEST_CASE("a count over 32 bits makes no attribute") {
  Costs costs;
  CostsAttr most = costs.make({{CostClass::Local, UINT32_MAX}});
  CHECK(CostsAttr::sum(most, costs.make({{CostClass::Load, 1}})) != nullptr);
  CHECK(CostsAttr::sum(most, costs.make({{CostClass::Local, 1}})) == nullptr);
}

TEST_CASE("two sums lose what they have in common") {
  Costs costs;
  CostSum a, b;
  a.add(costs.make({{CostClass::Local, 3}, {CostClass::Load, 1}}));
  b.add(costs.make({{CostClass::Local, 1}, {CostClass::Load, 1}, {CostClass::Store, 4}}));
  CostSum::cancel(a, b);
  CHECK(a.count(CostClass::Local) == 2);
  CHECK(a.count(CostClass::Load) == 0);
  CHECK(b.count(CostClass::Store) == 4);
  a.add(b);
  CHECK(a.count(CostClass::Store) == 4);
  CHECK(b.subtract(costs.make({{CostClass::Store, 4}})));
  CHECK(b.isZero());
}
