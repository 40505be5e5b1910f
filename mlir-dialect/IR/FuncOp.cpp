//===- FuncOp.cpp - contract.func: syntax, slots, verifier ----------------===//

#include "mlir-dialect/IR/Contract.h"

#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/FunctionImplementation.h"

using namespace mlir;
using namespace writ::contract;

void FuncOp::build(OpBuilder &builder, OperationState &state, StringRef name, FunctionType type) {
  auto &properties = state.getOrAddProperties<Properties>();
  properties.sym_name = builder.getStringAttr(name);
  properties.function_type = TypeAttr::get(type);
  state.addRegion();
}

unsigned FuncOp::getNumSlots() {
  ArrayAttr locals = getLocalsAttr();
  return getFunctionType().getNumInputs() + (locals ? locals.size() : 0);
}

Type FuncOp::getSlotType(unsigned slot) {
  FunctionType type = getFunctionType();
  if (slot < type.getNumInputs())
    return type.getInput(slot);
  return cast<TypeAttr>(getLocalsAttr()[slot - type.getNumInputs()]).getValue();
}

/// `import "env" "read"`
static ParseResult parseImport(OpAsmParser &parser, FuncOp::Properties &properties) {
  if (failed(parser.parseOptionalKeyword("import")))
    return success();
  return failure(parser.parseAttribute(properties.import_module) ||
                 parser.parseAttribute(properties.import_name));
}

/// `locals [i32, i64] frame 80`, both optional.
static ParseResult parseSlots(OpAsmParser &parser, FuncOp::Properties &properties) {
  if (succeeded(parser.parseOptionalKeyword("locals"))) {
    SmallVector<Attribute> types;
    auto parseType = [&] {
      Type type;
      if (parser.parseType(type))
        return failure();
      types.push_back(TypeAttr::get(type));
      return success();
    };
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseType))
      return failure();
    properties.locals = parser.getBuilder().getArrayAttr(types);
  }
  if (succeeded(parser.parseOptionalKeyword("frame")))
    return parser.parseInteger(properties.frame);
  return success();
}

ParseResult FuncOp::parse(OpAsmParser &parser, OperationState &result) {
  auto &properties = result.getOrAddProperties<Properties>();
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<Type> resultTypes;
  SmallVector<DictionaryAttr> resultAttrs;
  bool isVariadic = false;
  if (parser.parseSymbolName(properties.sym_name) ||
      function_interface_impl::parseFunctionSignatureWithArguments(
          parser, /*allowVariadic=*/false, arguments, isVariadic, resultTypes, resultAttrs))
    return failure();
  SmallVector<Type> argumentTypes;
  for (const OpAsmParser::Argument &argument : arguments)
    argumentTypes.push_back(argument.type);
  properties.function_type =
      TypeAttr::get(FunctionType::get(parser.getContext(), argumentTypes, resultTypes));
  if (parseImport(parser, properties) || parseSlots(parser, properties) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();

  Region *body = result.addRegion();
  OptionalParseResult parsed = parser.parseOptionalRegion(*body, arguments);
  return parsed.has_value() ? *parsed : success();
}

void FuncOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  printer.printSymbolName(getSymName());
  function_interface_impl::printFunctionSignature(printer, *this, getArgumentTypes(),
                                                  /*isVariadic=*/false, getResultTypes());
  if (isImport())
    printer << " import " << getImportModuleAttr() << ' ' << getImportNameAttr();
  if (ArrayAttr locals = getLocalsAttr(); locals && !locals.empty())
    printer << " locals " << locals;
  if (getFrame())
    printer << " frame " << getFrame();
  printer.printOptionalAttrDictWithKeyword((*this)->getDiscardableAttrDictionary().getValue());
  if (!getBody().empty()) {
    printer << ' ';
    printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
  }
}

LogicalResult FuncOp::verify() {
  if (!getImportModuleAttr() != !getImportNameAttr())
    return emitOpError("has one import name; expected a module and a name, or neither");
  if (isImport() && !isExternal())
    return emitOpError("is imported and has a body; expected one of the two");
  if (!isImport() && isExternal())
    return emitOpError("has no body and is not imported; expected one of the two");
  if (getFrame() < 0)
    return emitOpError("has a frame of ") << getFrame() << " bytes; expected at least 0";
  return success();
}

LogicalResult ReturnOp::verify() {
  auto function = cast<FuncOp>((*this)->getParentOp());
  if (getOperandTypes() != TypeRange(function.getResultTypes()))
    return emitOpError("returns ")
           << getOperandTypes() << "; expected " << TypeRange(function.getResultTypes());
  return success();
}
