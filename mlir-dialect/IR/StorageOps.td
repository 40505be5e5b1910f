//===- StorageOps.td - Locals, globals and the linear memory --------------===//
#ifndef WRIT_STORAGE_OPS
#define WRIT_STORAGE_OPS

include "mlir-dialect/IR/ContractTypes.td"
include "mlir-dialect/IR/ContractInterfaces.td"

def Contract_LocalGetOp : Contract_Op<"local_get", [MemoryEffects<[MemRead<LocalSlots>]>]> {
  let summary = "read a local slot";
  let description = [{
    Example: `%x = contract.local_get 3 : i32`
  }];
  let arguments = (ins I32Prop:$slot);
  let results = (outs Contract_ValueType:$value);
  let assemblyFormat = "$slot attr-dict `:` type($value)";
}
def Contract_LocalSetOp : Contract_Op<"local_set", [MemoryEffects<[MemWrite<LocalSlots>]>]> {
  let summary = "write a local slot";
  let description = [{
    Example: `contract.local_set 3, %x : i32`
  }];
  let arguments = (ins I32Prop:$slot, Contract_ValueType:$value);
  let assemblyFormat = "$slot `,` $value attr-dict `:` type($value)";
}
def Contract_GlobalGetOp : Contract_Op<"global_get", [MemoryEffects<[MemRead<GlobalCells>]>]> {
  let summary = "read a global";
  let description = [{
    Example: `%x = contract.global_get 0 : i32`
  }];
  let arguments = (ins I32Prop:$global);
  let results = (outs Contract_ValueType:$value);
  let assemblyFormat = "$global attr-dict `:` type($value)";
}
def Contract_GlobalSetOp : Contract_Op<"global_set", [MemoryEffects<[MemWrite<GlobalCells>]>]> {
  let summary = "write a mutable global";
  let description = [{
    Example: `contract.global_set 0, %x : i32`
  }];
  let arguments = (ins I32Prop:$global, Contract_ValueType:$value);
  let assemblyFormat = "$global `,` $value attr-dict `:` type($value)";
}

//===----------------------------------------------------------------------===//
// Linear memory: little endian, any alignment. The address is `address` (unsigned) plus
// `offset`, without wrapping. An access that is not wholly inside traps with
// `memory_out_of_bounds` and changes nothing.
//===----------------------------------------------------------------------===//

def Contract_LoadOp : Contract_Op<"load", [
    DeclareOpInterfaceMethods<MayTrapOpInterface>,
    MemoryEffects<[MemRead<LinearMemory>, MemWrite<Outcome>]>]> {
  let summary = "load from the linear memory";
  let description = [{
    Loads `bits` bits (8, 16, 32 or 64); an integer narrower than the result is sign-extended if
    `signed`, else zero-extended.

    Example: `%x = contract.load signed 8 %address + 16 : i32`
  }];
  let arguments = (ins UnitProp:$is_signed, I32Prop:$bits, I32:$address, I64Prop:$offset);
  let results = (outs Contract_ValueType:$value);
  let assemblyFormat =
      "(`signed` $is_signed^)? $bits $address `+` $offset attr-dict `:` type($value)";
  let hasVerifier = 1;
}
def Contract_StoreOp : Contract_Op<"store", [
    DeclareOpInterfaceMethods<MayTrapOpInterface>,
    MemoryEffects<[MemWrite<LinearMemory>, MemWrite<Outcome>]>]> {
  let summary = "store to the linear memory";
  let description = [{
    Stores the low `bits` bits (8, 16, 32 or 64) of `value`.

    Example: `contract.store 16 %x, %address + 0 : i32`
  }];
  let arguments = (ins I32Prop:$bits, Contract_ValueType:$value, I32:$address, I64Prop:$offset);
  let assemblyFormat = "$bits $value `,` $address `+` $offset attr-dict `:` type($value)";
  let hasVerifier = 1;
}
def Contract_MemorySizeOp : Contract_Op<"memory_size", [MemoryEffects<[MemRead<LinearMemory>]>]> {
  let summary = "the memory's size in pages of 64 KiB";
  let description = [{
    Example: `%pages = contract.memory_size`
  }];
  let results = (outs I32:$pages);
  let assemblyFormat = "attr-dict";
}
def Contract_MemoryGrowOp : Contract_Op<"memory_grow", [
    MemoryEffects<[MemRead<LinearMemory>, MemWrite<LinearMemory>]>]> {
  let summary = "grow the memory by a number of pages";
  let description = [{
    Gives the size before in pages, or -1 (and changes nothing) if the memory's maximum or the
    instance's limit does not allow it.

    Example: `%before = contract.memory_grow %pages`
  }];
  let arguments = (ins I32:$delta);
  let results = (outs I32:$before);
  let assemblyFormat = "$delta attr-dict";
}

class Contract_BulkMemory<string mnemonic> : Contract_Op<mnemonic, [
    DeclareOpInterfaceMethods<MayTrapOpInterface>,
    MemoryEffects<[MemRead<LinearMemory>, MemWrite<LinearMemory>, MemWrite<Outcome>]>]>;

def Contract_MemoryCopyOp : Contract_BulkMemory<"memory_copy"> {
  let summary = "copy bytes inside the memory; the ranges may overlap";
  let description = [{
    Traps with `memory_out_of_bounds`, and changes nothing, if either range is not wholly inside.

    Example: `contract.memory_copy %to, %from, %bytes`
  }];
  let arguments = (ins I32:$to, I32:$from, I32:$bytes);
  let assemblyFormat = "$to `,` $from `,` $bytes attr-dict";
}
def Contract_MemoryFillOp : Contract_BulkMemory<"memory_fill"> {
  let summary = "fill bytes with the low 8 bits of a value";
  let description = [{
    Traps as `contract.memory_copy` does.

    Example: `contract.memory_fill %to, %value, %bytes`
  }];
  let arguments = (ins I32:$to, I32:$value, I32:$bytes);
  let assemblyFormat = "$to `,` $value `,` $bytes attr-dict";
}
def Contract_MemoryInitOp : Contract_BulkMemory<"memory_init"> {
  let summary = "copy bytes from a data segment";
  let description = [{
    Traps as `contract.memory_copy` does. A dropped segment is empty.

    Example: `contract.memory_init 2, %to, %from, %bytes`
  }];
  let arguments = (ins I32Prop:$segment, I32:$to, I32:$from, I32:$bytes);
  let assemblyFormat = "$segment `,` $to `,` $from `,` $bytes attr-dict";
}
def Contract_DataDropOp : Contract_Op<"data_drop", [MemoryEffects<[MemWrite<LinearMemory>]>]> {
  let summary = "make a data segment empty";
  let description = [{
    Example: `contract.data_drop 2`
  }];
  let arguments = (ins I32Prop:$segment);
  let assemblyFormat = "$segment attr-dict";
}

#endif
