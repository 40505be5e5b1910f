//===- CoreText.h - Core IR in text, metered ------------------------------===//
#ifndef WRIT_TESTS_UNIT_CORETEXT_H
#define WRIT_TESTS_UNIT_CORETEXT_H

#include "mlir-dialect/IR/Contract.h"
#include "mlir-dialect/Transforms/Metering.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string_view>

namespace writ::test {

/// The module that `text` is, after the metering passes. What is wrong fails the test.
mlir::OwningOpRef<mlir::ModuleOp> parseAndMeter(std::string_view text, contract::Metering metering);

} // namespace writ::test

#endif
