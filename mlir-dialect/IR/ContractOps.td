//===- ContractOps.td - All ops of the contract dialect -------------------===//
#ifndef WRIT_CONTRACT_OPS
#define WRIT_CONTRACT_OPS

include "mlir-dialect/IR/ContractDialect.td"
include "mlir-dialect/IR/ContractInterfaces.td"
include "mlir-dialect/IR/ContractTypes.td"
include "mlir-dialect/IR/ModuleOps.td"
include "mlir-dialect/IR/FuncOps.td"
include "mlir-dialect/IR/GasOps.td"
include "mlir-dialect/IR/NumericOps.td"
include "mlir-dialect/IR/StorageOps.td"
include "mlir-dialect/IR/TableOps.td"

#endif
