//===- Importer.cpp - Declarations of a module to IR ----------------------===//
#include "frontend/wasm/Importer.h"
#include "frontend/wasm/FunctionImporter.h"
#include "mlir-dialect/IR/TailCalls.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasm;

namespace {
/// Appends the declarations of a module, then its functions' bodies.
class ModuleImporter {
public:
  ModuleImporter(ImportState &state, ModuleOp target)
      : state(state), info(state.module.info), builder(state.context), loc(state.locationAt(0)) {
    builder.setInsertionPointToEnd(target.getBody());
  }

  void import();
  llvm::ArrayRef<FuncOp> functions() const { return funcs; }

private:
  void importDeclaration(ExternKind kind, uint32_t index);
  void importFunc(uint32_t index);
  void importTable(const TableDecl &table);
  void importMemory(const MemoryDecl &memory);
  void importGlobal(const GlobalDecl &global);
  void importElem(const ElemSegment &segment);
  void importData(const DataSegment &segment);
  void importOwn();

  IntegerAttr size(uint64_t value) { return builder.getI64IntegerAttr(int64_t(value)); }
  IntegerAttr maximum(const SizeLimits &limits) { return limits.max ? size(*limits.max) : nullptr; }
  TypeAttr typeAttr(ValueType type) { return TypeAttr::get(state.type(type)); }
  /// Gives an op the names under which it is imported, if it is.
  template <typename OpT>
  void setImport(OpT op, const std::optional<ImportName> &name) {
    if (!name)
      return;
    op.setImportModuleAttr(builder.getStringAttr(name->module));
    op.setImportNameAttr(builder.getStringAttr(name->name));
  }

  ImportState &state;
  const ModuleInfo &info;
  OpBuilder builder;
  Location loc;
  std::vector<FuncOp> funcs;
};
} // namespace

void ModuleImporter::importFunc(uint32_t index) {
  bool isOwn = index >= state.module.importedFuncs;
  Location where =
      isOwn ? state.locationAt(state.module.bodies[index - state.module.importedFuncs].offset)
            : loc;
  FuncOp func =
      FuncOp::create(builder, where, state.symbol(index).getValue(), state.typeOfFunc(index));
  setImport(func, info.funcs[index].import);
  funcs.push_back(func);
}

void ModuleImporter::importTable(const TableDecl &table) {
  auto op = TableOp::create(builder, loc, typeAttr(table.element), size(table.limits.min),
                            maximum(table.limits), nullptr, nullptr);
  setImport(op, table.import);
}

void ModuleImporter::importMemory(const MemoryDecl &memory) {
  auto op = MemoryOp::create(builder, loc, size(memory.limits.min), maximum(memory.limits), nullptr,
                             nullptr);
  setImport(op, memory.import);
}

void ModuleImporter::importGlobal(const GlobalDecl &global) {
  UnitAttr isMutable = global.isMutable ? builder.getUnitAttr() : nullptr;
  Attribute init = global.import ? nullptr : state.exprAttr(global.init);
  auto op =
      GlobalOp::create(builder, loc, isMutable, typeAttr(global.type), init, nullptr, nullptr);
  setImport(op, global.import);
}

void ModuleImporter::importDeclaration(ExternKind kind, uint32_t index) {
  switch (kind) {
  case ExternKind::Func:
    return importFunc(index);
  case ExternKind::Table:
    return importTable(info.tables[index]);
  case ExternKind::Memory:
    return importMemory(info.memories[index]);
  case ExternKind::Global:
    return importGlobal(info.globals[index]);
  }
}

void ModuleImporter::importElem(const ElemSegment &segment) {
  llvm::SmallVector<Attribute> items;
  items.reserve(segment.items.size());
  for (const ConstExpr &item : segment.items)
    items.push_back(state.exprAttr(item));
  bool isActive = segment.mode == SegmentMode::Active;
  UnitAttr declarative = segment.mode == SegmentMode::Declarative ? builder.getUnitAttr() : nullptr;
  ElemOp::create(builder, loc, declarative, typeAttr(segment.type),
                 isActive ? size(segment.table) : nullptr,
                 isActive ? state.exprAttr(segment.offset) : nullptr, builder.getArrayAttr(items));
}

void ModuleImporter::importData(const DataSegment &segment) {
  bool isActive = segment.mode == SegmentMode::Active;
  DataOp::create(builder, loc, isActive ? state.exprAttr(segment.offset) : nullptr,
                 builder.getStringAttr(segment.bytes));
}

/// What is not imported: tables, memories and globals, then functions.
void ModuleImporter::importOwn() {
  for (const TableDecl &table : info.tables)
    if (!table.import)
      importTable(table);
  for (const MemoryDecl &memory : info.memories)
    if (!memory.import)
      importMemory(memory);
  for (const GlobalDecl &global : info.globals)
    if (!global.import)
      importGlobal(global);
  for (const ExportDecl &exported : info.exports)
    ExportOp::create(builder, loc, builder.getStringAttr(exported.name), int32_t(exported.kind),
                     int32_t(exported.index));
  if (info.start)
    StartOp::create(builder, loc, state.symbol(*info.start));
  for (const ElemSegment &segment : info.elems)
    importElem(segment);
  for (const DataSegment &segment : info.data)
    importData(segment);
  for (uint32_t index = state.module.importedFuncs; index < info.funcs.size(); ++index)
    importFunc(index);
}

void ModuleImporter::import() {
  funcs.reserve(info.funcs.size());
  for (const ImportRef &imported : info.imports)
    importDeclaration(imported.kind, imported.index);
  importOwn();
}

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

struct FunctionwiseImport::State {
  State(MLIRContext &context, const Module &module, const ImportOptions &options)
      : shared(&context, module, options), bodies(shared) {}

  ImportState shared;
  FunctionImporter bodies;
  OwningOpRef<ModuleOp> target;
  std::vector<FuncOp> functions;
};

static MLIRContext &withDialects(MLIRContext &context) {
  context.loadDialect<ContractDialect, arith::ArithDialect, cf::ControlFlowDialect>();
  return context;
}

FunctionwiseImport::FunctionwiseImport(MLIRContext &context, const Module &module,
                                       const ImportOptions &options)
    : state(std::make_unique<State>(withDialects(context), module, options)) {
  std::optional<llvm::StringRef> name;
  if (!module.info.name.empty())
    name = module.info.name;
  state->target = ModuleOp::create(state->shared.locationAt(0), name);
  if (module.hasTailCalls)
    (*state->target)->setAttr(tailCallsAttrName, UnitAttr::get(&context));
  ModuleImporter declarations(state->shared, *state->target);
  declarations.import();
  state->functions = declarations.functions().vec();
}

FunctionwiseImport::~FunctionwiseImport() = default;

ModuleOp FunctionwiseImport::ir() const { return *state->target; }

FuncOp FunctionwiseImport::function(uint32_t index) const { return state->functions[index]; }

void FunctionwiseImport::importBody(uint32_t index) {
  const Module &module = state->shared.module;
  state->bodies.import(function(index), index, module.bodies[index - module.importedFuncs]);
}

OwningOpRef<ModuleOp> FunctionwiseImport::take() { return std::move(state->target); }

Result<OwningOpRef<ModuleOp>> wasm::importModule(MLIRContext &context, const Module &module,
                                                 const ImportOptions &options) {
  FunctionwiseImport import(context, module, options);
  for (uint32_t index = module.importedFuncs; index < module.info.funcs.size(); ++index)
    import.importBody(index);
  return import.take();
}
