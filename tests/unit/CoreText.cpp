//===- CoreText.cpp - Core IR in text, metered ----------------------------===//
#include "tests/unit/CoreText.h"

#include "jit/FunctionMaker.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <doctest/doctest.h>

using namespace writ;
using namespace writ::test;

mlir::OwningOpRef<mlir::ModuleOp> writ::test::parseAndMeter(std::string_view text,
                                                            contract::Metering metering) {
  static auto *context = makeContext().release(); // For all tests, to the end.
  auto ir = mlir::parseSourceString<mlir::ModuleOp>(llvm::StringRef(text), context);
  REQUIRE(ir);
  mlir::PassManager passes(context);
  contract::addMeteringPasses(passes, metering);
  REQUIRE(mlir::succeeded(passes.run(*ir)));
  return ir;
}
