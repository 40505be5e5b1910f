//===- VerifyDeclarations.cpp - Index spaces, limits, initial values ------===//
#include "mlir-dialect/Transforms/VerifyCore.h"

#include "hostabi/ModuleInfo.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;

bool writ::contract::isCoreValue(Type type) {
  return type.isInteger(32) || type.isInteger(64) || type.isF32() || type.isF64() ||
         isa<FuncRefType, ExternRefType>(type);
}

static bool isReference(Type type) { return isa<FuncRefType, ExternRefType>(type); }

//===----------------------------------------------------------------------===//
// Sorting by kind
//===----------------------------------------------------------------------===//

/// Adds an op that may be an import to its index space.
template <typename OpT>
static LogicalResult addImportable(SmallVector<OpT> &space, OpT op) {
  bool isImport = op.getImportModuleAttr() != nullptr;
  if (isImport && !space.empty() && !space.back().getImportModuleAttr())
    return op.emitOpError("is imported after one that is not; expected imports first");
  if (isImport != (op.getImportNameAttr() != nullptr))
    return op.emitOpError("has one import name; expected a module and a name, or neither");
  space.push_back(op);
  return success();
}

template <typename OpT>
static LogicalResult addPlain(SmallVector<OpT> &space, OpT op) {
  space.push_back(op);
  return success();
}

static LogicalResult addFunc(CoreModule &core, FuncOp func) {
  core.funcsByName[func.getSymNameAttr()] = func;
  return addImportable(core.funcs, func);
}

LogicalResult writ::contract::collectDeclarations(ModuleOp module, CoreModule &core) {
  for (Operation &op : module.getBody()->getOperations()) {
    LogicalResult result =
        llvm::TypeSwitch<Operation *, LogicalResult>(&op)
            .Case([&](FuncOp func) { return addFunc(core, func); })
            .Case([&](TableOp table) { return addImportable(core.tables, table); })
            .Case([&](MemoryOp memory) { return addImportable(core.memories, memory); })
            .Case([&](GlobalOp global) { return addImportable(core.globals, global); })
            .Case([&](DataOp data) { return addPlain(core.data, data); })
            .Case([&](ElemOp elem) { return addPlain(core.elems, elem); })
            .Case([&](ExportOp exported) { return addPlain(core.exports, exported); })
            .Case([&](StartOp start) { return addPlain(core.starts, start); })
            .Default([](Operation *other) {
              return other->emitOpError("is not a declaration of the core stratum");
            });
    if (failed(result))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// One check per kind
//===----------------------------------------------------------------------===//

static LogicalResult verifySignature(FuncOp func) {
  for (Type type : llvm::concat<const Type>(func.getArgumentTypes(), func.getResultTypes()))
    if (!isCoreValue(type))
      return func.emitOpError("takes or gives ") << type << "; expected core values";
  for (unsigned slot = func.getNumArguments(), end = func.getNumSlots(); slot < end; ++slot)
    if (!isCoreValue(func.getSlotType(slot)))
      return func.emitOpError("has a local of type ")
             << func.getSlotType(slot) << "; expected a core value";
  return success();
}

/// `most` is the highest size that the kind allows.
static LogicalResult verifyLimits(Operation *op, uint64_t min, std::optional<uint64_t> max,
                                  uint64_t most) {
  if (min > most || (max && *max > most))
    return op->emitOpError("has size ")
           << (min > most ? min : *max) << "; expected at most " << most;
  if (max && *max < min)
    return op->emitOpError("has maximum ") << *max << "; expected at least the minimum " << min;
  return success();
}

static LogicalResult verifyTable(TableOp table) {
  if (!isReference(table.getElement()))
    return table.emitOpError("holds ") << table.getElement() << "; expected a reference type";
  return verifyLimits(table, table.getMin(), table.getMax(), UINT32_MAX);
}

/// A constant expression: see the attributes that ModuleOps.td lists. `what` says whose.
static LogicalResult verifyInit(const CoreModule &core, Operation *op, StringRef what,
                                Attribute value, Type type) {
  auto mismatch = [&] {
    return op->emitOpError() << what << " is " << value << "; expected a constant of type " << type;
  };
  if (isa<IntegerAttr, FloatAttr>(value))
    return cast<TypedAttr>(value).getType() == type ? success() : mismatch();
  if (isa<UnitAttr>(value))
    return isReference(type) ? success() : mismatch();
  if (auto symbol = dyn_cast<FlatSymbolRefAttr>(value))
    return isa<FuncRefType>(type) && core.lookup(symbol) ? success() : mismatch();
  auto reference = dyn_cast<GlobalValueAttr>(value);
  if (!reference)
    return mismatch();
  if (reference.getIndex() >= core.globals.size())
    return op->emitOpError() << what << " names global " << reference.getIndex()
                             << "; expected one of " << core.globals.size();
  GlobalOp global = core.globals[reference.getIndex()];
  if (!global.getImportModuleAttr() || global.getIsMutable())
    return op->emitOpError() << what << " names global " << reference.getIndex()
                             << "; expected an imported constant";
  return global.getType() == type ? success() : mismatch();
}

static LogicalResult verifyGlobal(const CoreModule &core, GlobalOp global) {
  if (!isCoreValue(global.getType()))
    return global.emitOpError("holds ") << global.getType() << "; expected a core value";
  if (!global.getInitAttr())
    return success();
  return verifyInit(core, global, "initial value", global.getInitAttr(), global.getType());
}

static LogicalResult verifyData(const CoreModule &core, DataOp data) {
  if (!data.getOffsetAttr())
    return success();
  if (core.memories.empty())
    return data.emitOpError("is active; expected a memory");
  return verifyInit(core, data, "offset", data.getOffsetAttr(),
                    IntegerType::get(data.getContext(), 32));
}

static LogicalResult verifyElemTarget(const CoreModule &core, ElemOp elem) {
  if (elem.getTable().has_value() != (elem.getOffsetAttr() != nullptr))
    return elem.emitOpError("has a table or an offset alone; expected both or neither");
  if (!elem.getTable())
    return success();
  uint64_t index = *elem.getTable();
  if (elem.getDeclarative())
    return elem.emitOpError("is declarative and active; expected one of the two");
  if (index >= core.tables.size())
    return elem.emitOpError("names table ") << index << "; expected one of " << core.tables.size();
  if (Type held = TableOp(core.tables[index]).getElement(); held != elem.getType())
    return elem.emitOpError("holds ")
           << elem.getType() << "; expected " << held << ", as table " << index;
  return verifyInit(core, elem, "offset", elem.getOffsetAttr(),
                    IntegerType::get(elem.getContext(), 32));
}

static LogicalResult verifyElem(const CoreModule &core, ElemOp elem) {
  if (!isReference(elem.getType()))
    return elem.emitOpError("holds ") << elem.getType() << "; expected a reference type";
  for (Attribute item : elem.getItems())
    if (failed(verifyInit(core, elem, "item", item, elem.getType())))
      return failure();
  return verifyElemTarget(core, elem);
}

static size_t spaceSize(const CoreModule &core, ExternKind kind) {
  switch (kind) {
  case ExternKind::Func:
    return core.funcs.size();
  case ExternKind::Table:
    return core.tables.size();
  case ExternKind::Memory:
    return core.memories.size();
  case ExternKind::Global:
    return core.globals.size();
  }
  llvm_unreachable("verified by contract.export");
}

static LogicalResult verifyExports(const CoreModule &core) {
  llvm::DenseSet<StringAttr> names;
  for (ExportOp exported : core.exports) {
    size_t size = spaceSize(core, ExternKind(exported.getKind()));
    if (uint32_t(exported.getIndex()) >= size)
      return exported.emitOpError("names index ")
             << uint32_t(exported.getIndex()) << "; expected one of " << size;
    if (!names.insert(exported.getNameAttr()).second)
      return exported.emitOpError("has the name of another: ")
             << exported.getNameAttr() << "; expected its own";
  }
  return success();
}

static LogicalResult verifyStart(const CoreModule &core) {
  if (core.starts.size() > 1)
    return StartOp(core.starts[1]).emitOpError("is the second one; expected at most one");
  for (StartOp start : core.starts) {
    FuncOp func = core.lookup(start.getFuncAttr());
    if (!func)
      return start.emitOpError("names ") << start.getFuncAttr() << "; expected a contract.func";
    FunctionType type = func.getFunctionType();
    if (type.getNumInputs() != 0 || type.getNumResults() != 0)
      return start.emitOpError("calls a function of type ") << type << "; expected () -> ()";
  }
  return success();
}

template <typename Space, typename Check>
static LogicalResult verifyAll(const Space &space, Check check) {
  for (auto op : space)
    if (failed(check(op)))
      return failure();
  return success();
}

LogicalResult writ::contract::verifyDeclarations(const CoreModule &core) {
  if (core.memories.size() > 1)
    return MemoryOp(core.memories[1]).emitOpError("is the second one; expected at most one");
  auto checkMemory = [](MemoryOp memory) {
    return verifyLimits(memory, memory.getMin(), memory.getMax(), 65536);
  };
  return success(
      succeeded(verifyAll(core.funcs, verifySignature)) &&
      succeeded(verifyAll(core.tables, verifyTable)) &&
      succeeded(verifyAll(core.memories, checkMemory)) &&
      succeeded(verifyAll(core.globals, [&](GlobalOp op) { return verifyGlobal(core, op); })) &&
      succeeded(verifyAll(core.data, [&](DataOp op) { return verifyData(core, op); })) &&
      succeeded(verifyAll(core.elems, [&](ElemOp op) { return verifyElem(core, op); })) &&
      succeeded(verifyExports(core)) && succeeded(verifyStart(core)));
}
