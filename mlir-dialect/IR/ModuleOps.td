//===- ModuleOps.td - What a module declares besides functions ------------===//
#ifndef WRIT_MODULE_OPS
#define WRIT_MODULE_OPS

include "mlir-dialect/IR/ContractTypes.td"

/// Stands directly in the module. The n-th op of a kind has index n in that kind's
/// index space; imports come first.
class Contract_Declaration<string mnemonic>
    : Contract_Op<mnemonic, [HasParent<"::mlir::ModuleOp">]>;

/// Initial values are attributes: a number (`7 : i32`), a function (`@f`), an imported
/// global (`#contract.global<0>`) or the null reference (`unit`).
def Contract_GlobalValueAttr : AttrDef<Contract_Dialect, "GlobalValue"> {
  let mnemonic = "global";
  let summary = "the value that an imported global has at instantiation";
  let description = [{
    Example: `#contract.global<0>`
  }];
  let parameters = (ins "uint32_t":$index);
  let assemblyFormat = "`<` $index `>`";
}

def Contract_MemoryOp : Contract_Declaration<"memory"> {
  let summary = "the linear memory";
  let description = [{
    Sizes are in pages of 64 KiB.

    Example: `contract.memory 1 max 16`
  }];
  let arguments = (ins I64Attr:$min, OptionalAttr<I64Attr>:$max,
                       OptionalAttr<StrAttr>:$import_module, OptionalAttr<StrAttr>:$import_name);
  let assemblyFormat = [{
    $min (`max` $max^)? (`import` $import_module^ $import_name)? attr-dict
  }];
}
def Contract_TableOp : Contract_Declaration<"table"> {
  let summary = "a table of references";
  let description = [{
    Example: `contract.table !contract.funcref 2 max 8`
  }];
  let arguments = (ins TypeAttr:$element, I64Attr:$min, OptionalAttr<I64Attr>:$max,
                       OptionalAttr<StrAttr>:$import_module, OptionalAttr<StrAttr>:$import_name);
  let assemblyFormat = [{
    $element $min (`max` $max^)? (`import` $import_module^ $import_name)? attr-dict
  }];
}
def Contract_GlobalOp : Contract_Declaration<"global"> {
  let summary = "a global variable or constant";
  let description = [{
    Example: `contract.global mutable i32 = 7 : i32`
  }];
  let arguments = (ins UnitAttr:$is_mutable, TypeAttr:$type, OptionalAttr<AnyAttr>:$init,
                       OptionalAttr<StrAttr>:$import_module, OptionalAttr<StrAttr>:$import_name);
  let assemblyFormat = [{
    (`mutable` $is_mutable^)? $type (`=` $init^)? (`import` $import_module^ $import_name)? attr-dict
  }];
  let hasVerifier = 1;
}
def Contract_DataOp : Contract_Declaration<"data"> {
  let summary = "a data segment";
  let description = [{
    With `at`, it is copied to the memory at instantiation; else `contract.memory_init` does.

    Example: `contract.data at 8 : i32 "hello"`
  }];
  let arguments = (ins OptionalAttr<AnyAttr>:$offset, StrAttr:$bytes);
  let assemblyFormat = "(`at` $offset^)? $bytes attr-dict";
}
def Contract_ElemOp : Contract_Declaration<"elem"> {
  let summary = "an element segment";
  let description = [{
    With `in`, it is copied to that table at instantiation; else `contract.table_init` does.
    A declarative one only says that `contract.ref_func` may name its functions.

    Example: `contract.elem !contract.funcref in 0 at 1 : i32 [@double, unit]`
  }];
  let arguments = (ins UnitAttr:$declarative, TypeAttr:$type, OptionalAttr<I64Attr>:$table,
                       OptionalAttr<AnyAttr>:$offset, ArrayAttr:$items);
  let assemblyFormat = [{
    (`declarative` $declarative^)? $type (`in` $table^ `at` $offset)? $items attr-dict
  }];
}
def Contract_ExportOp : Contract_Declaration<"export"> {
  let summary = "make something visible under a name";
  let description = [{
    Kinds are `func`, `table`, `memory` and `global`; the number is the index in that kind's space.

    Example: `contract.export "double" func 0`
  }];
  let arguments = (ins StrAttr:$name, I32Prop:$kind, I32Prop:$index);
  let assemblyFormat = "$name custom<ExternKindName>($kind) $index attr-dict";
  let hasVerifier = 1;
}
def Contract_StartOp : Contract_Declaration<"start"> {
  let summary = "call a function at the end of instantiation";
  let description = [{
    Example: `contract.start @init`
  }];
  let arguments = (ins FlatSymbolRefAttr:$func);
  let assemblyFormat = "$func attr-dict";
}

#endif
