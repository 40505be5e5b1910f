//===- ContractTypes.td - Reference types and cost attributes -------------===//
#ifndef WRIT_CONTRACT_TYPES
#define WRIT_CONTRACT_TYPES

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinTypeInterfaces.td"
include "mlir-dialect/IR/ContractDialect.td"

class Contract_Type<string name, string typeMnemonic> : TypeDef<Contract_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def Contract_FuncRef : Contract_Type<"FuncRef", "funcref"> {
  let summary = "a reference to a function, or null";
}

def Contract_ExternRef : Contract_Type<"ExternRef", "externref"> {
  let summary = "an opaque reference that the host gave, or null";
}

def Contract_IntType : AnyTypeOf<[I32, I64], "i32 or i64">;
def Contract_FloatType : AnyTypeOf<[F32, F64], "f32 or f64">;
def Contract_RefType : AnyTypeOf<[Contract_FuncRef, Contract_ExternRef], "a reference">;
def Contract_ValueType
    : AnyTypeOf<[I32, I64, F32, F64, Contract_FuncRef, Contract_ExternRef], "a core value">;

def Contract_CostsAttr : AttrDef<Contract_Dialect, "Costs"> {
  let mnemonic = "costs";
  let summary = "how many bytecode ops (or units) of each cost class";
  let description = [{
    Sorted by class (hostabi/CostClasses.def), no zero counts. Prices are not part of
    the IR: a schedule turns counts into an amount when code is loaded.

    Example: `#contract.costs<local 2, integer 1>`
  }];
  let parameters = (ins ArrayRefParameter<"::writ::CostCount", "counts">:$counts);
  let hasCustomAssemblyFormat = 1;
  let genStorageClass = 0;
  let storageClass = "CostsStorage";
  let extraClassDeclaration = [{
    /// `a` and `b` together; null if a count does not fit 32 bits. To sum many: CostSum.h.
    static CostsAttr sum(CostsAttr a, CostsAttr b);
    /// `a` without `b`; every count of `b` must be covered by `a`.
    static CostsAttr difference(CostsAttr a, CostsAttr b);
    static CostsAttr getOne(::mlir::MLIRContext *context, ::writ::CostClass costClass);
  }];
}

def Contract_DistanceLoc : LocationAttrDef<Contract_Dialect, "DistanceLoc"> {
  let mnemonic = "distance";
  let summary = "a place that many bytes behind the location of the function around it";
  let description = [{
    What an import uses that makes functions one by one: the functions share these locations, so
    that not every op needs one of its own (mlir-dialect/IR/Position.h).

    Example: `#contract.distance<12>`
  }];
  let parameters = (ins "uint32_t":$distance);
  let assemblyFormat = "`<` $distance `>`";
  let genStorageClass = 0;
  let storageClass = "DistanceStorage";
}

#endif
