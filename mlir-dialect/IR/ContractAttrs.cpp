//===- ContractAttrs.cpp - Counts of cost classes -------------------------===//

#include "mlir-dialect/IR/Contract.h"

#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/SmallVector.h"

#include <array>

using namespace mlir;
using namespace writ;
using namespace writ::contract;

/// One count per class, the dense form in which counts are added.
using DenseCounts = std::array<uint32_t, numCostClasses>;

static CostsAttr fromDense(MLIRContext *context, const DenseCounts &dense) {
  SmallVector<CostCount, 8> counts;
  for (size_t index = 0; index < numCostClasses; ++index)
    if (dense[index])
      counts.push_back({static_cast<CostClass>(index), dense[index]});
  return CostsAttr::get(context, counts);
}

static void add(DenseCounts &dense, CostsAttr costs) {
  for (const CostCount &count : costs.getCounts())
    dense[static_cast<size_t>(count.costClass)] += count.count;
}

CostsAttr CostsAttr::sum(CostsAttr a, CostsAttr b) {
  DenseCounts dense{};
  add(dense, a);
  add(dense, b);
  return fromDense(a.getContext(), dense);
}

CostsAttr CostsAttr::difference(CostsAttr a, CostsAttr b) {
  DenseCounts dense{};
  add(dense, a);
  for (const CostCount &count : b.getCounts()) {
    uint32_t &have = dense[static_cast<size_t>(count.costClass)];
    assert(have >= count.count && "the charge does not cover the cost");
    have -= count.count;
  }
  return fromDense(a.getContext(), dense);
}

CostsAttr CostsAttr::getOne(MLIRContext *context, CostClass costClass) {
  CostCount one{costClass, 1};
  return get(context, one);
}

/// `<local 2, integer 1>`
Attribute CostsAttr::parse(AsmParser &parser, Type) {
  DenseCounts dense{};
  auto parseCount = [&]() -> ParseResult {
    StringRef name;
    uint32_t count = 0;
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseKeyword(&name))
      return failure();
    std::optional<CostClass> costClass = parseCostClass(name);
    if (!costClass)
      return parser.emitError(loc, "unknown cost class '") << name << "'";
    if (parser.parseInteger(count))
      return failure();
    if (count == 0)
      return parser.emitError(loc, "count of '") << name << "' is 0; expected at least 1";
    uint32_t &total = dense[static_cast<size_t>(*costClass)];
    if (total)
      return parser.emitError(loc, "cost class '") << name << "' is given twice";
    total = count;
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, parseCount))
    return {};
  return fromDense(parser.getContext(), dense);
}

void CostsAttr::print(AsmPrinter &printer) const {
  printer << '<';
  llvm::interleaveComma(getCounts(), printer.getStream(), [&](const CostCount &count) {
    std::string_view name = costClassName(count.costClass);
    printer << StringRef(name.data(), name.size()) << ' ' << count.count;
  });
  printer << '>';
}
