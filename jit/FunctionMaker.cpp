//===- FunctionMaker.cpp - Metered core IR, function by function ----------===//

#include "jit/FunctionMaker.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"

using namespace writ;

std::unique_ptr<mlir::MLIRContext> writ::makeContext() {
  mlir::DialectRegistry registry;
  registry.insert<contract::ContractDialect>();
  auto context =
      std::make_unique<mlir::MLIRContext>(registry, mlir::MLIRContext::Threading::DISABLED);
  // Else the context still makes attributes under locks: a fifth of an import's time.
  context->disableMultithreading();
  context->loadDialect<contract::ContractDialect>();
  return context;
}

static wasm::ImportOptions importOptions(const FunctionOptions &given, IRUse use) {
  wasm::ImportOptions options;
  options.costPerOp = given.metering == Metering::EachAlone;
  options.name = given.name;
  options.relativeLocations = use != IRUse::Anything;
  // `contract-profile` puts ops between an op and its costs.
  options.attachedCosts =
      use == IRUse::Native && given.metering == Metering::Merged && !given.profile;
  return options;
}

FunctionMaker::FunctionMaker(const wasm::Module &module, const FunctionOptions &options, IRUse use)
    : metering(options.metering), profile(options.profile), theContext(makeContext()),
      import(std::make_unique<wasm::FunctionwiseImport>(*theContext, module,
                                                        importOptions(options, use))),
      charging(theContext.get()), verifier(metering != Metering::None) {}

FunctionMaker::~FunctionMaker() {
  import.reset(); // Before its context.
}

/// Does `work` on IR of our own making, so a failure is ours. What is said becomes the error.
Result<void> FunctionMaker::checked(const std::function<mlir::LogicalResult()> &work) {
  std::string said;
  mlir::ScopedDiagnosticHandler handler(theContext.get(), [&](mlir::Diagnostic &diagnostic) {
    if (!said.empty())
      said += "; ";
    said += diagnostic.str();
    return mlir::success();
  });
  if (mlir::failed(work()))
    return internalError("metering failed: " + said);
  return {};
}

Result<void> FunctionMaker::declare() {
  return checked([&] { return verifier.verifyDeclarations(ir()); });
}

mlir::LogicalResult FunctionMaker::meter(uint32_t index) {
  contract::FuncOp func = import->function(index);
  if (mlir::failed(contract::limitStack(func)))
    return mlir::failure();
  if (profile)
    contract::markCalls(func, index);
  if (metering != Metering::None &&
      mlir::failed(charging.meter(func, metering == Metering::EachAlone)))
    return mlir::failure();
  return mlir::success(metering != Metering::Merged ||
                       mlir::succeeded(charging.mergeCharges(func)));
}

Result<void> FunctionMaker::make(uint32_t begin, uint32_t end, StageClock &clock) {
  clock.enter("import");
  for (uint32_t index = begin; index < end; ++index)
    import->importBody(index);
  return checked([&]() -> mlir::LogicalResult {
    clock.enter("meter");
    for (uint32_t index = begin; index < end; ++index)
      if (mlir::failed(meter(index)))
        return mlir::failure();
    clock.enter("verify");
    for (uint32_t index = begin; index < end; ++index)
      if (mlir::failed(verifier.verifyFunction(import->function(index))))
        return mlir::failure();
    return mlir::success();
  });
}

Result<contract::FuncOp> FunctionMaker::make(uint32_t index, StageClock &clock) {
  if (Result<void> made = make(index, index + 1, clock); !made)
    return made.error();
  return import->function(index);
}

void FunctionMaker::drop(uint32_t index) {
  mlir::Region &body = import->function(index).getBody();
  // Backwards: uses are gone before what they are of, so nothing needs to be told.
  for (mlir::Block &block : llvm::reverse(body))
    while (!block.empty())
      block.back().erase();
  body.getBlocks().clear();
}

std::pair<std::unique_ptr<mlir::MLIRContext>, mlir::OwningOpRef<mlir::ModuleOp>>
FunctionMaker::take() {
  auto ir = import->take();
  import.reset();
  return {std::move(theContext), std::move(ir)};
}
