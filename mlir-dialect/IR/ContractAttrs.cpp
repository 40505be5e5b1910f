//===- ContractAttrs.cpp - Counts of cost classes -------------------------===//

#include "mlir-dialect/IR/CostSum.h"

#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;

CostsAttr CostsAttr::sum(CostsAttr a, CostsAttr b) {
  CostSum sum;
  sum.add(a);
  sum.add(b);
  return sum.toAttr(a.getContext());
}

CostsAttr CostsAttr::difference(CostsAttr a, CostsAttr b) {
  CostSum rest;
  rest.add(a);
  [[maybe_unused]] bool covered = rest.subtract(b);
  assert(covered && "the charge does not cover the cost");
  return rest.toAttr(a.getContext());
}

CostsAttr CostsAttr::getOne(MLIRContext *context, CostClass costClass) {
  CostCount one{costClass, 1};
  return get(context, one);
}

/// `local 2`, as one more entry of `sum`.
static ParseResult parseCount(AsmParser &parser, CostSum &sum) {
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
  if (sum.count(*costClass) != 0)
    return parser.emitError(loc, "cost class '") << name << "' is given twice; expected once";
  sum.add({*costClass, count});
  return success();
}

/// `<local 2, integer 1>`
Attribute CostsAttr::parse(AsmParser &parser, Type) {
  CostSum sum;
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater,
                                     [&] { return parseCount(parser, sum); }))
    return {};
  return sum.toAttr(parser.getContext());
}

void CostsAttr::print(AsmPrinter &printer) const {
  printer << '<';
  llvm::interleaveComma(getCounts(), printer.getStream(), [&](const CostCount &count) {
    std::string_view name = costClassName(count.costClass);
    printer << StringRef(name.data(), name.size()) << ' ' << count.count;
  });
  printer << '>';
}
