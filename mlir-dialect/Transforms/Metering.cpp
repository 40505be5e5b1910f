//===- Metering.cpp - The passes that put gas and limits in ---------------===//
#include "mlir-dialect/Transforms/Metering.h"

#include "mlir-dialect/Transforms/Passes.h"

#include "mlir/Pass/PassManager.h"

using namespace writ::contract;

void writ::contract::addMeteringPasses(mlir::PassManager &passes, Metering metering, bool profile) {
  passes.nest<FuncOp>().addPass(createLimitStack());
  if (profile)
    passes.addPass(createProfile());
  auto &functions = passes.nest<FuncOp>();
  if (metering != Metering::None) {
    MeterOptions options;
    options.each = metering == Metering::EachAlone;
    functions.addPass(createMeter(options));
  }
  if (metering == Metering::Merged)
    functions.addPass(createMergeCharges());
  VerifyCoreOptions options;
  options.metered = metering != Metering::None;
  passes.addPass(createVerifyCore(options));
}
