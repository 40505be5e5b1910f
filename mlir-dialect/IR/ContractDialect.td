//===- ContractDialect.td - The contract dialect and its op base ----------===//
#ifndef WRIT_CONTRACT_DIALECT
#define WRIT_CONTRACT_DIALECT

include "mlir/IR/OpBase.td"

def Contract_Dialect : Dialect {
  let name = "contract";
  let cppNamespace = "::writ::contract";
  let summary = "What a smart contract must do, metered once for every tier";
  let description = [{
    The one IR between writ's front ends and its tiers. Every op is *total*: each
    input gives a stated result or a stated trap, never an undefined or poison value.
    Upstream ops are used only where they are total too: `arith` (constant, addi, subi,
    muli, andi, ori, xori, cmpi, cmpf, select, extsi, extui, trunci, bitcast, sitofp,
    uitofp) and `cf` (br, cond_br, switch). `contract-verify-core` draws that line.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect"];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasConstantMaterializer = 1;
}

class Contract_Op<string mnemonic, list<Trait> traits = []>
    : Op<Contract_Dialect, mnemonic, traits>;

#endif
