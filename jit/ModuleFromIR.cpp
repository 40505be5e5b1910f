//===- ModuleFromIR.cpp - What a contract IR module declares --------------===//
#include "jit/ModuleFromIR.h"
#include "mlir-dialect/IR/Contract.h"
#include "mlir-dialect/IR/ValueTypes.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;

namespace {
/// Reads one declaration after the other; stops being interested after the first error.
class Extractor {
public:
  explicit Extractor(ModuleOp module) : module(module) {}
  Result<ModuleInfo> extract();

private:
  void readIndexSpace(Operation &op);
  void readUser(Operation &op);
  void readFunc(FuncOp func);
  void readTable(TableOp table);
  void readMemory(MemoryOp memory);
  void readGlobal(GlobalOp global);
  void readExport(ExportOp exported);
  void readStart(StartOp start);
  void readData(DataOp data);
  void readElem(ElemOp elem);
  void readElemTarget(ElemOp elem, ElemSegment &segment);
  void numberFuncs();
  void checkExports();

  /// Whether `condition` holds; if not, and nothing is wrong yet, that is the error.
  bool require(bool condition, Operation *op, const llvm::Twine &message);
  ValueType readType(Operation *op, Type type);
  SizeLimits readLimits(Operation *op, uint64_t min, std::optional<uint64_t> max, uint64_t most);
  ConstExpr readExpr(Operation *op, Attribute value, ValueType type);
  ConstExpr readReference(Operation *op, Attribute value, ValueType type);
  void checkGlobalGet(Operation *op, const ConstExpr &expr);
  template <typename OpT, typename Decl>
  void readImport(OpT op, ExternKind kind, std::vector<Decl> &space, Decl &decl);

  ModuleOp module;
  ModuleInfo info;
  llvm::DenseMap<StringAttr, uint32_t> funcIndices;
  std::vector<ExportOp> exportOps; ///< Their indices are checked last.
  std::optional<Error> error;
};
} // namespace

/// "token.mlir:3:5: " or, of a WebAssembly module, "token.wasm:0x1f3: ".
static std::string describe(Location loc) {
  auto place = dyn_cast<FileLineColLoc>(loc);
  if (!place)
    return "";
  std::string text = place.getFilename().str() + ":";
  llvm::raw_string_ostream out(text);
  if (place.getColumn() == 0)
    out << "0x" << llvm::utohexstr(place.getLine(), /*LowerCase=*/true) << ": ";
  else
    out << place.getLine() << ':' << place.getColumn() << ": ";
  return text;
}

bool Extractor::require(bool condition, Operation *op, const llvm::Twine &message) {
  if (!condition && !error)
    error =
        badInput(describe(op->getLoc()) + op->getName().getStringRef().str() + " " + message.str());
  return condition;
}

//===----------------------------------------------------------------------===//
// Types, limits, initial values
//===----------------------------------------------------------------------===//

ValueType Extractor::readType(Operation *op, Type type) {
  std::optional<ValueType> found = toValueType(type);
  require(found.has_value(), op, "has a type that is no core value type");
  return found.value_or(ValueType::ExternRef);
}

SizeLimits Extractor::readLimits(Operation *op, uint64_t min, std::optional<uint64_t> max,
                                 uint64_t most) {
  require(min <= most, op, "has a minimum above " + llvm::Twine(most));
  require(!max || (*max <= most && *max >= min), op,
          "has a maximum below its minimum or above " + llvm::Twine(most));
  SizeLimits limits{uint32_t(min), std::nullopt};
  if (max)
    limits.max = uint32_t(*max);
  return limits;
}

void Extractor::checkGlobalGet(Operation *op, const ConstExpr &expr) {
  if (!require(expr.index < info.globals.size(), op,
               "names global " + llvm::Twine(expr.index) + "; expected one of the declared"))
    return;
  const GlobalDecl &global = info.globals[expr.index];
  require(global.import && !global.isMutable && global.type == expr.type, op,
          "names global " + llvm::Twine(expr.index) + "; expected an imported constant " +
              valueTypeName(expr.type));
}

/// A reference or an imported global.
ConstExpr Extractor::readReference(Operation *op, Attribute value, ValueType type) {
  ConstExpr expr;
  expr.type = type;
  if (auto global = dyn_cast_or_null<GlobalValueAttr>(value)) {
    expr.kind = ConstExpr::Kind::GlobalGet;
    expr.index = global.getIndex();
    checkGlobalGet(op, expr);
    return expr;
  }
  if (auto symbol = dyn_cast_or_null<FlatSymbolRefAttr>(value)) {
    expr.kind = ConstExpr::Kind::RefFunc;
    auto found = funcIndices.find(symbol.getAttr());
    bool isFunc = type == ValueType::FuncRef && found != funcIndices.end();
    if (require(isFunc, op, "names @" + symbol.getValue() + "; expected a function"))
      expr.index = found->second;
    return expr;
  }
  expr.kind = ConstExpr::Kind::RefNull;
  bool isNull = value && isa<UnitAttr>(value) && type >= ValueType::FuncRef;
  require(isNull, op,
          llvm::Twine("has an initial value or offset that is no constant ") + valueTypeName(type));
  return expr;
}

ConstExpr Extractor::readExpr(Operation *op, Attribute value, ValueType type) {
  auto typed = dyn_cast_or_null<TypedAttr>(value);
  if (!typed || !isa<IntegerAttr, FloatAttr>(value))
    return readReference(op, value, type);
  ConstExpr expr;
  expr.type = readType(op, typed.getType());
  if (!require(expr.type == type, op,
               llvm::Twine("has an initial value or offset that is no ") + valueTypeName(type)))
    return expr;
  if (auto integer = dyn_cast<IntegerAttr>(value))
    expr.bits = integer.getValue().getZExtValue();
  else
    expr.bits = cast<FloatAttr>(value).getValue().bitcastToAPInt().getZExtValue();
  return expr;
}

//===----------------------------------------------------------------------===//
// Functions, tables, memories, globals
//===----------------------------------------------------------------------===//

/// Reads the import names of the next declaration of a kind.
template <typename OpT, typename Decl>
void Extractor::readImport(OpT op, ExternKind kind, std::vector<Decl> &space, Decl &decl) {
  StringAttr from = op.getImportModuleAttr(), name = op.getImportNameAttr();
  require(!from == !name, op, "has one import name; expected a module and a name, or neither");
  if (!from || !name)
    return;
  require(space.empty() || space.back().import, op,
          "is an import and stands after one that is none");
  decl.import = ImportName{from.str(), name.str()};
  info.imports.push_back({kind, uint32_t(space.size())});
}

void Extractor::readFunc(FuncOp func) {
  FuncDecl decl;
  for (Type param : func.getArgumentTypes())
    decl.type.params.push_back(readType(func, param));
  for (Type result : func.getResultTypes())
    decl.type.results.push_back(readType(func, result));
  if (func.getSymName() != "f" + std::to_string(info.funcs.size()))
    decl.name = func.getSymName().str();
  readImport(func, ExternKind::Func, info.funcs, decl);
  info.funcs.push_back(std::move(decl));
}

void Extractor::readTable(TableOp table) {
  TableDecl decl;
  decl.element = readType(table, table.getElement());
  require(decl.element >= ValueType::FuncRef, table, "does not hold references");
  decl.limits = readLimits(table, table.getMin(), table.getMax(), UINT32_MAX);
  readImport(table, ExternKind::Table, info.tables, decl);
  info.tables.push_back(std::move(decl));
}

void Extractor::readMemory(MemoryOp memory) {
  require(info.memories.empty(), memory, "is the second one; expected at most one");
  MemoryDecl decl;
  decl.limits = readLimits(memory, memory.getMin(), memory.getMax(), 65536);
  readImport(memory, ExternKind::Memory, info.memories, decl);
  info.memories.push_back(std::move(decl));
}

void Extractor::readGlobal(GlobalOp global) {
  GlobalDecl decl;
  decl.type = readType(global, global.getType());
  decl.isMutable = global.getIsMutable();
  readImport(global, ExternKind::Global, info.globals, decl);
  if (!decl.import)
    decl.init = readExpr(global, global.getInitAttr(), decl.type);
  else
    require(!global.getInitAttr(), global, "is an import and has an initial value");
  info.globals.push_back(std::move(decl));
}

//===----------------------------------------------------------------------===//
// Exports, start, segments
//===----------------------------------------------------------------------===//

void Extractor::readExport(ExportOp exported) {
  bool isKind = exported.getKind() >= 0 && exported.getKind() <= int32_t(ExternKind::Global);
  require(isKind, exported, "has no known kind");
  info.exports.push_back({exported.getName().str(), ExternKind(exported.getKind() & 3),
                          uint32_t(exported.getIndex())});
  exportOps.push_back(exported);
}

void Extractor::checkExports() {
  llvm::StringSet<> names;
  size_t sizes[] = {info.funcs.size(), info.tables.size(), info.memories.size(),
                    info.globals.size()};
  for (size_t index = 0; index < info.exports.size(); ++index) {
    const ExportDecl &decl = info.exports[index];
    size_t size = sizes[size_t(decl.kind)];
    require(decl.index < size, exportOps[index],
            "names index " + llvm::Twine(decl.index) + "; expected one of " + llvm::Twine(size));
    require(names.insert(decl.name).second, exportOps[index], "has the name of another");
  }
}

void Extractor::readStart(StartOp start) {
  require(!info.start, start, "is the second one; expected at most one");
  auto found = funcIndices.find(start.getFuncAttr().getAttr());
  if (!require(found != funcIndices.end(), start,
               "names @" + start.getFunc() + "; expected a function"))
    return;
  info.start = found->second;
}

void Extractor::readData(DataOp data) {
  DataSegment segment;
  segment.bytes = data.getBytes().str();
  if (Attribute offset = data.getOffsetAttr()) {
    segment.mode = SegmentMode::Active;
    require(!info.memories.empty(), data, "is active; expected a memory");
    segment.offset = readExpr(data, offset, ValueType::I32);
  }
  info.data.push_back(std::move(segment));
}

void Extractor::readElemTarget(ElemOp elem, ElemSegment &segment) {
  std::optional<uint64_t> table = elem.getTable();
  require(table.has_value() == bool(elem.getOffsetAttr()), elem,
          "has a table or an offset alone; expected both or neither");
  segment.mode = elem.getDeclarative() ? SegmentMode::Declarative : SegmentMode::Passive;
  if (!table)
    return;
  require(!elem.getDeclarative(), elem, "is declarative and active; expected one of the two");
  if (!require(*table < info.tables.size(), elem,
               "names table " + llvm::Twine(*table) + "; expected one of the declared"))
    return;
  require(info.tables[*table].element == segment.type, elem,
          llvm::Twine("holds ") + valueTypeName(segment.type) + "; its table does not");
  segment.mode = SegmentMode::Active;
  segment.table = uint32_t(*table);
  segment.offset = readExpr(elem, elem.getOffsetAttr(), ValueType::I32);
}

void Extractor::readElem(ElemOp elem) {
  ElemSegment segment;
  segment.type = readType(elem, elem.getType());
  require(segment.type >= ValueType::FuncRef, elem, "does not hold references");
  for (Attribute item : elem.getItems())
    segment.items.push_back(readReference(elem, item, segment.type));
  readElemTarget(elem, segment);
  info.elems.push_back(std::move(segment));
}

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

void Extractor::numberFuncs() {
  uint32_t index = 0;
  for (FuncOp func : module.getOps<FuncOp>())
    require(funcIndices.try_emplace(func.getSymNameAttr(), index++).second, func,
            "has the name of another");
}

void Extractor::readIndexSpace(Operation &op) {
  llvm::TypeSwitch<Operation *>(&op)
      .Case([&](FuncOp func) { readFunc(func); })
      .Case([&](TableOp table) { readTable(table); })
      .Case([&](MemoryOp memory) { readMemory(memory); })
      .Case([&](GlobalOp global) { readGlobal(global); })
      .Default([&](Operation *other) {
        require(isa<ExportOp, StartOp, DataOp, ElemOp>(other), other,
                "is no declaration of the contract dialect");
      });
}

/// What names things of the index spaces.
void Extractor::readUser(Operation &op) {
  llvm::TypeSwitch<Operation *>(&op)
      .Case([&](ExportOp exported) { readExport(exported); })
      .Case([&](StartOp start) { readStart(start); })
      .Case([&](DataOp data) { readData(data); })
      .Case([&](ElemOp elem) { readElem(elem); });
}

Result<ModuleInfo> Extractor::extract() {
  info.name = module.getSymName().value_or("").str();
  numberFuncs();
  for (Operation &op : *module.getBody())
    readIndexSpace(op);
  for (Operation &op : *module.getBody())
    readUser(op);
  checkExports();
  if (info.start) {
    const FuncType &type = info.funcs[*info.start].type;
    require(type.params.empty() && type.results.empty(), module,
            "starts with a function that takes or gives values");
  }
  if (error)
    return *error;
  return std::move(info);
}

Result<ModuleInfo> writ::extractModuleInfo(ModuleOp module) { return Extractor(module).extract(); }
