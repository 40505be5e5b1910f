//===- FuncOps.td - Functions, calls, returns and traps -------------------===//
#ifndef WRIT_FUNC_OPS
#define WRIT_FUNC_OPS

include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/CallInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir-dialect/IR/ContractTypes.td"
include "mlir-dialect/IR/ContractInterfaces.td"

def Contract_FuncOp : Contract_Op<"func", [
    FunctionOpInterface, IsolatedFromAbove, AutomaticAllocationScope]> {
  let summary = "a function, or an imported one";
  let description = [{
    Function index n is the n-th `contract.func` of the module; imports come first, have
    `import` and no body.

    `locals` are the types of the slots beyond the parameters. Slots 0 to p-1 start with
    the p arguments, the others at zero (null). `frame` is the metered frame in bytes:
    64, all locals that the bytecode declares (parameters too) and its operand stack at
    its highest.

    Example:
    ```mlir
    contract.func @double(%x: i32) -> i32 locals [i64] frame 80 {
      %sum = arith.addi %x, %x : i32
      contract.return %sum : i32
    }
    contract.func @read(i32) -> i64 import "env" "read"
    ```
  }];
  let arguments = (ins
    SymbolNameAttr:$sym_name,
    TypeAttrOf<FunctionType>:$function_type,
    DefaultValuedOptionalAttr<TypeArrayAttr, "{}">:$locals,
    DefaultValuedProp<I64Prop, "0">:$frame,
    OptionalAttr<StrAttr>:$import_module,
    OptionalAttr<StrAttr>:$import_name,
    OptionalAttr<DictArrayAttr>:$arg_attrs,
    OptionalAttr<DictArrayAttr>:$res_attrs
  );
  let regions = (region AnyRegion:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name, "::mlir::FunctionType":$type)>];
  let extraClassDeclaration = [{
    ::mlir::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::mlir::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    ::mlir::Region *getCallableRegion() { return isExternal() ? nullptr : &getBody(); }
    bool isImport() { return getImportModuleAttr() != nullptr; }

    /// Parameters and `locals` together: slot i has type `getSlotType(i)`.
    unsigned getNumSlots();
    ::mlir::Type getSlotType(unsigned slot);
  }];
}

def Contract_ReturnOp : Contract_Op<"return", [
    Pure, HasParent<"FuncOp">, ReturnLike, Terminator]> {
  let summary = "return from the function";
  let description = [{
    Example: `contract.return %sum : i32`
  }];
  let arguments = (ins Variadic<Contract_ValueType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let hasVerifier = 1;
}

class Contract_CallBase<string mnemonic, list<Trait> traits>
    : Contract_Op<mnemonic, !listconcat([ObservesGas], traits)>;

def Contract_CallOp : Contract_CallBase<"call", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "call a function or an import";
  let description = [{
    The callee gets all the gas left and leaves what it did not use. If it traps, so does
    the caller, with the callee's trap.

    Example: `%r = contract.call @double(%x) : (i32) -> i32`
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Contract_ValueType>:$args);
  let results = (outs Variadic<Contract_ValueType>:$results);
  let assemblyFormat = "$callee `(` $args `)` attr-dict `:` functional-type($args, $results)";
}

def Contract_CallIndirectOp : Contract_CallBase<"call_indirect", [
    DeclareOpInterfaceMethods<MayTrapOpInterface>]> {
  let summary = "call the function in an element of a table";
  let description = [{
    Traps with `undefined_element` if `index` is not less than the table's size, with
    `uninitialized_element` if the element is null, and with `indirect_call_type_mismatch` if
    the function there is not of the type that the operands and results say.

    Example: `%r = contract.call_indirect 0[%index](%x) : (i32) -> i32`
  }];
  let arguments = (ins I32Prop:$table, I32:$index, Variadic<Contract_ValueType>:$args);
  let results = (outs Variadic<Contract_ValueType>:$results);
  let assemblyFormat =
      "$table `[` $index `]` `` `(` $args `)` attr-dict `:` functional-type($args, $results)";
}

def Contract_ReturnCallOp : Contract_CallBase<"return_call", [
    Terminator, HasParent<"FuncOp">, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "call a function in place of the caller";
  let description = [{
    The caller's frame is gone before the callee runs, so any number of tail calls takes
    no stack. The callee's results are the caller's.

    Example: `contract.return_call @double(%x) : (i32) -> i32`
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Contract_ValueType>:$args,
                       TypeAttrOf<FunctionType>:$type);
  let assemblyFormat = "$callee `(` $args `)` attr-dict `:` custom<TailCallType>(type($args), $type)";
  let hasVerifier = 1;
}

def Contract_ReturnCallIndirectOp : Contract_CallBase<"return_call_indirect", [
    Terminator, HasParent<"FuncOp">, DeclareOpInterfaceMethods<MayTrapOpInterface>]> {
  let summary = "call the function in an element of a table in place of the caller";
  let description = [{
    Traps as `contract.call_indirect` does; else like `contract.return_call`.

    Example: `contract.return_call_indirect 0[%index](%x) : (i32) -> i32`
  }];
  let arguments = (ins I32Prop:$table, I32:$index, Variadic<Contract_ValueType>:$args,
                       TypeAttrOf<FunctionType>:$type);
  let assemblyFormat =
      "$table `[` $index `]` `` `(` $args `)` attr-dict `:` custom<TailCallType>(type($args), $type)";
  let hasVerifier = 1;
}

def Contract_TrapOp : Contract_Op<"trap", [
    Terminator, DeclareOpInterfaceMethods<MayTrapOpInterface>, MemoryEffects<[MemWrite<Outcome>]>]> {
  let summary = "end the call with a trap";
  let description = [{
    Example: `contract.trap unreachable`
  }];
  let arguments = (ins I32Prop:$kind);
  let assemblyFormat = "custom<TrapName>($kind) attr-dict";
  let hasVerifier = 1;
}

#endif
