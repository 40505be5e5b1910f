//===- TableOps.td - Tables and references --------------------------------===//
#ifndef WRIT_TABLE_OPS
#define WRIT_TABLE_OPS

include "mlir-dialect/IR/ContractTypes.td"
include "mlir-dialect/IR/ContractInterfaces.td"

class Contract_TableAccess<string mnemonic> : Contract_Op<mnemonic, [
    DeclareOpInterfaceMethods<MayTrapOpInterface>,
    MemoryEffects<[MemRead<TableCells>, MemWrite<TableCells>, MemWrite<Outcome>]>]>;

def Contract_RefNullOp : Contract_Op<"ref_null", [Pure]> {
  let summary = "the null reference";
  let description = [{
    Example: `%r = contract.ref_null : !contract.funcref`
  }];
  let results = (outs Contract_RefType:$ref);
  let assemblyFormat = "attr-dict `:` type($ref)";
}
def Contract_RefIsNullOp : Contract_Op<"ref_is_null", [Pure]> {
  let summary = "whether a reference is null";
  let description = [{
    Example: `%b = contract.ref_is_null %r : !contract.funcref`
  }];
  let arguments = (ins Contract_RefType:$ref);
  let results = (outs I1:$is_null);
  let assemblyFormat = "$ref attr-dict `:` type($ref)";
}
def Contract_RefFuncOp : Contract_Op<"ref_func", [
    Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a reference to a function";
  let description = [{
    Example: `%r = contract.ref_func @double`
  }];
  let arguments = (ins FlatSymbolRefAttr:$func);
  let results = (outs Contract_FuncRef:$ref);
  let assemblyFormat = "$func attr-dict";
}
def Contract_TableGetOp : Contract_TableAccess<"table_get"> {
  let summary = "read a table element";
  let description = [{
    Traps with `table_out_of_bounds` if `index` is not less than the size.

    Example: `%r = contract.table_get 0[%index] : !contract.funcref`
  }];
  let arguments = (ins I32Prop:$table, I32:$index);
  let results = (outs Contract_RefType:$ref);
  let assemblyFormat = "$table `[` $index `]` attr-dict `:` type($ref)";
}
def Contract_TableSetOp : Contract_TableAccess<"table_set"> {
  let summary = "write a table element";
  let description = [{
    Traps as `contract.table_get` does.

    Example: `contract.table_set 0[%index], %r : !contract.funcref`
  }];
  let arguments = (ins I32Prop:$table, I32:$index, Contract_RefType:$ref);
  let assemblyFormat = "$table `[` $index `]` `,` $ref attr-dict `:` type($ref)";
}
def Contract_TableSizeOp : Contract_Op<"table_size", [MemoryEffects<[MemRead<TableCells>]>]> {
  let summary = "a table's size in elements";
  let description = [{
    Example: `%n = contract.table_size 0`
  }];
  let arguments = (ins I32Prop:$table);
  let results = (outs I32:$size);
  let assemblyFormat = "$table attr-dict";
}
def Contract_TableGrowOp : Contract_Op<"table_grow", [
    MemoryEffects<[MemRead<TableCells>, MemWrite<TableCells>]>]> {
  let summary = "grow a table by a number of elements, all `ref`";
  let description = [{
    Gives the size before, or -1 (and changes nothing) if the table's maximum or the
    instance's limit does not allow it.

    Example: `%before = contract.table_grow 0, %r, %count : !contract.funcref`
  }];
  let arguments = (ins I32Prop:$table, Contract_RefType:$ref, I32:$count);
  let results = (outs I32:$before);
  let assemblyFormat = "$table `,` $ref `,` $count attr-dict `:` type($ref)";
}
def Contract_TableFillOp : Contract_TableAccess<"table_fill"> {
  let summary = "write one reference to a range of a table";
  let description = [{
    Traps with `table_out_of_bounds`, and changes nothing, if the range is not wholly inside.

    Example: `contract.table_fill 0[%to], %r, %count : !contract.funcref`
  }];
  let arguments = (ins I32Prop:$table, I32:$to, Contract_RefType:$ref, I32:$count);
  let assemblyFormat = "$table `[` $to `]` `,` $ref `,` $count attr-dict `:` type($ref)";
}
def Contract_TableCopyOp : Contract_TableAccess<"table_copy"> {
  let summary = "copy elements from one table to another, or inside one";
  let description = [{
    Traps as `contract.table_fill` does.

    Example: `contract.table_copy 0[%to], 1[%from], %count`
  }];
  let arguments = (ins I32Prop:$to_table, I32:$to, I32Prop:$from_table, I32:$from, I32:$count);
  let assemblyFormat =
      "$to_table `[` $to `]` `,` $from_table `[` $from `]` `,` $count attr-dict";
}
def Contract_TableInitOp : Contract_TableAccess<"table_init"> {
  let summary = "copy elements from an element segment";
  let description = [{
    Traps as `contract.table_fill` does. A dropped segment is empty.

    Example: `contract.table_init 0[%to], 3[%from], %count`
  }];
  let arguments = (ins I32Prop:$table, I32:$to, I32Prop:$segment, I32:$from, I32:$count);
  let assemblyFormat = "$table `[` $to `]` `,` $segment `[` $from `]` `,` $count attr-dict";
}
def Contract_ElemDropOp : Contract_Op<"elem_drop", [MemoryEffects<[MemWrite<TableCells>]>]> {
  let summary = "make an element segment empty";
  let description = [{
    Example: `contract.elem_drop 3`
  }];
  let arguments = (ins I32Prop:$segment);
  let assemblyFormat = "$segment attr-dict";
}

#endif
