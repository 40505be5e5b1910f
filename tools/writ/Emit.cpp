//===- Emit.cpp - writ inspect --emit: a stage of the compile -------------===//
#include "jit/Engine.h"
#include "jit/interp/Disassembler.h"
#include "jit/interp/Translator.h"
#include "jit/orc/Orc.h"
#include "lowering/ContractToLLVM.h"
#include "mlir-dialect/IR/Contract.h"
#include "tools/writ/Inspect.h"
#include "tools/writ/MachineListing.h"

#include "llvm/Support/raw_ostream.h"

#include <fmt/format.h>

namespace writ::cli {

/// Function index n is the n-th function of the module.
static contract::FuncOp functionAt(mlir::ModuleOp module, uint32_t index) {
  auto functions = module.getOps<contract::FuncOp>();
  return *std::next(functions.begin(), index);
}

static std::string printDialect(mlir::ModuleOp module, std::optional<uint32_t> func) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (func)
    functionAt(module, *func).print(stream);
  else
    module.print(stream);
  return text + "\n";
}

/// Of a text, the lines from the first one that starts with `start` and has `name` in it, to
/// the next one that has `end` in it.
static std::string cut(std::string_view text, std::string_view start, std::string_view name,
                       std::string_view end) {
  std::string kept;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n') + 1);
    bool isFirst = kept.empty() && line.starts_with(start) && line.find(name) != line.npos;
    if (isFirst || !kept.empty())
      kept += line;
    if (!kept.empty() && line.find(end) != line.npos && !isFirst)
      break;
    text.remove_prefix(line.empty() ? text.size() : line.size());
  }
  return kept;
}

/// Assembly without the table of accesses that may fault: the loader sorts it, but LLVM writes it
/// in the order of addresses of its own, which is another one each time.
static std::string withoutTrapTable(std::string_view text) {
  std::string start = fmt::format("\t.section\t{},", trapSection);
  std::string kept;
  while (true) {
    size_t table = text.find(start);
    kept += text.substr(0, table);
    if (table == text.npos)
      return kept;
    text.remove_prefix(std::min(text.find("\t.text\n", table), text.size()));
  }
}

/// What is made of the metered IR: bytecode, and from that on the LLVM tier's stages.
static std::string printCode(const PreparedModule &prepared, const EmitRequest &request) {
  ChargeTable charges;
  RegionMap regions;
  auto bytecode = orFatal(interp::translate(*prepared.ir, charges, &regions));
  if (request.stage == "bytecode")
    return interp::disassemble(*bytecode, request.func);
  OrcOptions options;
  options.optLevel = request.optLevel;
  OrcStage stage = request.stage == "llvm"       ? OrcStage::LLVMBefore
                   : request.stage == "llvm-opt" ? OrcStage::LLVMAfter
                                                 : OrcStage::Assembly;
  std::string text = orFatal(emitOrc(*prepared.ir, charges, regions, stage, options));
  if (stage == OrcStage::Assembly)
    text = withoutTrapTable(text);
  if (!request.func)
    return text;
  std::string symbol = functionSymbol(*request.func);
  if (stage == OrcStage::Assembly)
    return cut(text, symbol + ":", "", "\t.size\t");
  return cut(text, "define ", "@" + symbol + "(", "}\n");
}

static std::string printSinglepass(std::span<const uint8_t> bytes, CompileOptions options,
                                   std::optional<uint32_t> func) {
  options.singlepass = true;
  auto compiled = orFatal(compileModule(bytes, options));
  return listMachineCode(*compiled, *compiled->tier("singlepass"), func);
}

static std::string printStage(std::span<const uint8_t> bytes, const EmitRequest &request) {
  CompileOptions options;
  options.policy = request.policy;
  options.name = request.file;
  if (request.stage == "singlepass")
    return printSinglepass(bytes, options, request.func);
  bool isImported = request.stage == "contract";
  PreparedModule prepared = orFatal(
      prepareModule(bytes, options, isImported ? PrepareStage::Imported : PrepareStage::Metered));
  if (isImported || request.stage == "metered")
    return printDialect(*prepared.ir, request.func);
  return printCode(prepared, request);
}

ExitCode emit(std::span<const uint8_t> bytes, const EmitRequest &request) {
  std::string text = printStage(bytes, request);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return ExitCode::Ok;
}

} // namespace writ::cli
