//===- writ-opt.cpp - Run passes on contract IR in text form --------------===//
#include "mlir-dialect/Transforms/Passes.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<writ::contract::ContractDialect, mlir::arith::ArithDialect,
                  mlir::cf::ControlFlowDialect>();
  writ::contract::registerContractPasses();
  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "writ-opt: passes on contract IR\n", registry));
}
