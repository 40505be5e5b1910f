//===- ModuleLowering.cpp - Declare everything, lower each function -------===//

#include "lowering/ModuleLowering.h"
#include "mlir-dialect/IR/TailCalls.h"

#include "lowering/Budget.h"
#include "lowering/FunctionLowering.h"
#include "mlir-dialect/IR/Effects.h"
#include "mlir-dialect/IR/ValueTypes.h"

#include <fmt/format.h>

using namespace llvm;
using namespace writ;
using namespace writ::lowering;

std::string writ::functionSymbol(uint32_t index) { return "f" + std::to_string(index); }
std::string writ::thunkSymbol(uint32_t number) { return "enter" + std::to_string(number); }

std::string writ::lowering::describeFunction(contract::FuncOp func, uint32_t index) {
  return fmt::format("{} '{}'", index, std::string_view(func.getSymName()));
}

ModuleLowering::ModuleLowering(mlir::ModuleOp source, LLVMContext &context, ChargeTable &charges,
                               const RegionMap &regions, const LoweringOptions &options)
    : source(source), context(context), charges(charges), regions(regions), options(options),
      result{std::make_unique<llvm::Module>("contract", context), {}, {}, {}, 0},
      target(*result.code) {
  makeTags();
}

void ModuleLowering::makeTags() {
  MDBuilder builder(context);
  emptyNode = MDNode::get(context, {});
  unlikely = builder.createUnlikelyBranchWeights();
  siteDomain = MDNode::get(context, MDString::get(context, trapSection));
  MDNode *root = builder.createTBAARoot("writ");
  const char *names[] = {"context", "memory", "globals", "tables", "words"};
  for (auto [tag, name] : zip_equal(storageTags, names)) {
    MDNode *type = builder.createTBAAScalarTypeNode(name, root);
    tag = builder.createTBAAStructTagNode(type, type, 0);
  }
}

Result<LoweredModule> ModuleLowering::run() {
  if (Result<void> within = checkBudget(); !within)
    return within.error();
  declare();
  for (contract::FuncOp func : source.getOps<contract::FuncOp>()) {
    const Callee &self = callee(func.getSymName());
    if (self.native)
      FunctionLowering(*this, self).run();
  }
  return std::move(result);
}

static double inMillions(uint64_t units) { return double(units) / 1e6; }

Result<void> ModuleLowering::checkFunctionBudget(contract::FuncOp func, uint32_t index,
                                                 uint64_t work) {
  if (work <= options.functionBudget)
    return {};
  return Error{ErrorKind::Limit,
               fmt::format("function {}: optimizing it needs {:.1f} M units of work; the "
                           "budget is {:.1f} M",
                           describeFunction(func, index), inMillions(work),
                           inMillions(options.functionBudget))};
}

Result<void> ModuleLowering::checkBudget() {
  uint64_t total = 0;
  uint32_t index = 0;
  for (contract::FuncOp func : source.getOps<contract::FuncOp>()) {
    uint64_t work = func.isImport() ? 0 : optimizerWork(func);
    if (Result<void> within = checkFunctionBudget(func, index, work); !within)
      return within;
    total += work;
    ++index;
  }
  if (total > options.moduleBudget)
    return Error{ErrorKind::Limit,
                 fmt::format("optimizing the module needs {:.1f} M units of work; the budget is "
                             "{:.1f} M",
                             inMillions(total), inMillions(options.moduleBudget))};
  result.work = total;
  return {};
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

void ModuleLowering::declare() {
  // LLVM promises calls in place of the caller for one convention only, which costs ordinary
  // calls an adjustment of the stack pointer each: modules without tail calls do not use it.
  if (contract::mayTailCall(source))
    callingConv = CallingConv::Tail;
  source.walk([&](mlir::Operation *op) {
    isMetered |= mlir::isa<contract::ChargeOp, contract::ChargeUnitsOp>(op);
  });

  declareGlobals();
  uint32_t index = 0;
  for (contract::FuncOp func : source.getOps<contract::FuncOp>()) {
    Callee callee{index, func, func.getFunctionType(), func.isImport(),
                  func.isImport() ? nullptr : declareFunction(func, index)};
    callees.try_emplace(func.getSymName(), callee);
    ++index;
  }
}

void ModuleLowering::declareGlobals() {
  uint32_t imports = 0, ownGlobals = 0;
  for (contract::GlobalOp global : source.getOps<contract::GlobalOp>()) {
    bool isImport = global.getImportModuleAttr() != nullptr;
    globals.push_back(
        {global.getType(), global.getIsMutable(), isImport, isImport ? imports++ : ownGlobals++});
  }
}

llvm::Function *ModuleLowering::declareFunction(contract::FuncOp func, uint32_t index,
                                                bool withThunk) {
  mlir::FunctionType type = func.getFunctionType();
  auto *function = llvm::Function::Create(nativeType(type), GlobalValue::ExternalLinkage,
                                          functionSymbol(index), target);
  function->setVisibility(GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  function->setCallingConv(callingConv);
  function->setDoesNotThrow();
  AttrBuilder onContext(context);
  onContext.addAttribute(Attribute::NonNull).addAttribute(Attribute::NoUndef);
  onContext.addDereferenceableAttr(sizeof(InstanceContext)).addAlignmentAttr(8);
  function->addParamAttrs(0, onContext);
  uint64_t frame = func.getFrame();
  uint32_t number = withThunk ? thunk(type) : 0;
  result.functions.push_back({index, number, frame, describeFunction(func, index)});
  return function;
}

llvm::Type *ModuleLowering::convert(mlir::Type type) const {
  if (auto integer = mlir::dyn_cast<mlir::IntegerType>(type))
    return IntegerType::get(context, integer.getWidth());
  if (type.isF32())
    return llvm::Type::getFloatTy(context);
  if (type.isF64())
    return llvm::Type::getDoubleTy(context);
  return llvm::Type::getInt64Ty(context); // A reference.
}

llvm::Type *ModuleLowering::returnType(mlir::FunctionType type) const {
  llvm::Type *gas = llvm::Type::getInt64Ty(context);
  if (type.getNumResults() == 0)
    return gas;
  return StructType::get(gas, convert(type.getResult(0)));
}

llvm::FunctionType *ModuleLowering::nativeType(mlir::FunctionType type) const {
  llvm::Type *i64 = llvm::Type::getInt64Ty(context);
  SmallVector<llvm::Type *> params{PointerType::get(context, 0), i64, i64};
  for (mlir::Type param : type.getInputs())
    params.push_back(convert(param));
  return llvm::FunctionType::get(returnType(type), params, false);
}

llvm::Function *ModuleLowering::canonicalizer(llvm::Type *type) {
  FunctionCallee callee = target.getOrInsertFunction(
      type->isFloatTy() ? "writ.canonical.f32" : "writ.canonical.f64", type, type);
  auto *function = cast<llvm::Function>(callee.getCallee());
  function->setDoesNotThrow();
  function->setWillReturn();
  function->setDoesNotAccessMemory();
  return function;
}

bool ModuleLowering::hasLastingEffect(mlir::Operation *op) {
  if (op->hasTrait<contract::ObservesGas>()) {
    auto call = mlir::dyn_cast<contract::CallOp>(op);
    return !call || callee(call.getCallee()).isImport;
  }
  auto [it, isNew] = effectsOfKind.try_emplace(op->getName().getTypeID(), false);
  if (isNew)
    it->second = contract::writesWhatLasts(op);
  return it->second;
}

//===----------------------------------------------------------------------===//
// One function
//===----------------------------------------------------------------------===//

static mlir::FunctionType calledIndirectly(mlir::Operation &op) {
  if (auto call = mlir::dyn_cast<contract::CallIndirectOp>(op))
    return mlir::FunctionType::get(op.getContext(), call.getArgs().getTypes(), op.getResultTypes());
  if (auto call = mlir::dyn_cast<contract::ReturnCallIndirectOp>(op))
    return mlir::cast<mlir::FunctionType>(call.getType());
  return nullptr;
}

ModuleFacts writ::collectFacts(mlir::ModuleOp module) {
  ModuleFacts facts;
  facts.mayTailCall = contract::mayTailCall(module);
  llvm::DenseSet<mlir::Type> seen;
  for (contract::FuncOp func : module.getOps<contract::FuncOp>()) {
    facts.functions.push_back(func);
    for (mlir::Block &block : func.getBody())
      for (mlir::Operation &op : block) {
        facts.isMetered |= mlir::isa<contract::ChargeOp, contract::ChargeUnitsOp>(op);
        if (mlir::FunctionType type = calledIndirectly(op); type && seen.insert(type).second)
          facts.callTypes.push_back(contract::toFuncType(type));
      }
  }
  return facts;
}

static contract::TickOp findTick(contract::FuncOp func, uint32_t loop) {
  for (mlir::Block &block : func.getBody())
    if (auto tick = mlir::dyn_cast<contract::TickOp>(block.front());
        tick && uint32_t(tick.getLoop()) == loop)
      return tick;
  return nullptr;
}

Result<LoweredModule> ModuleLowering::runUnit(const ModuleFacts &facts, uint32_t func,
                                              uint32_t loop) {
  if (func >= facts.functions.size() || contract::FuncOp(facts.functions[func]).isImport())
    return internalError(fmt::format("there is no own function {}", func));
  contract::FuncOp function = facts.functions[func];
  contract::TickOp from = loop == 0 ? nullptr : findTick(function, loop);
  if (loop != 0 && !from)
    return internalError(fmt::format("function {} has no loop {}", func, loop));
  if (Result<void> within = checkFunctionBudget(function, func, optimizerWork(function)); !within)
    return within.error();
  if (facts.mayTailCall)
    callingConv = CallingConv::Tail;
  isMetered = facts.isMetered;
  result.callTypes = facts.callTypes;
  declareGlobals();
  for (uint32_t index = 0; contract::FuncOp other : facts.functions) {
    numImportedFunctions += other.isImport();
    callees.try_emplace(other.getSymName(),
                        Callee{index, other, other.getFunctionType(), other.isImport(), nullptr});
    ++index;
  }
  Callee self = callees.lookup(function.getSymName());
  self.native = declareFunction(function, func, /*withThunk=*/false);
  if (loop == 0) // Else calls of the function are not for this code.
    callees[function.getSymName()] = self;
  FunctionLowering lowering(*this, self, from);
  lowering.run();
  if (lowering.isIncomplete())
    return internalError(
        fmt::format("more lives on in loop {} of function {} than its tick says", loop, func));
  return std::move(result);
}

//===----------------------------------------------------------------------===//
// Trap sites
//===----------------------------------------------------------------------===//

uint32_t ModuleLowering::addSite(TrapSite site) {
  result.sites.push_back(site);
  return result.sites.size() - 1;
}

MDNode *ModuleLowering::siteMetadata(uint32_t site) {
  MDNode *scope = MDNode::get(context, {MDString::get(context, std::to_string(site)), siteDomain});
  return MDNode::get(context, scope);
}

MDNode *ModuleLowering::siteSection(uint32_t site) {
  Metadata *number = ConstantAsMetadata::get(ConstantInt::get(Type::getInt32Ty(context), site));
  return MDNode::get(context, {MDString::get(context, trapSection), MDNode::get(context, number)});
}
