//===- MachineListing.cpp - Machine code of a tier as text ----------------===//
#include "tools/writ/MachineListing.h"

#include "tools/writ/Cli.h"
#include "tools/writ/Describe.h"

#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstPrinter.h"
#include "llvm/MC/MCInstrAnalysis.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

using namespace llvm;

namespace writ::cli {
namespace {

/// LLVM's disassembler for this machine.
class Disassembler {
public:
  Disassembler();

  struct Instruction {
    uint64_t offset; ///< In the tier's code.
    uint64_t bytes;
    MCInst inst;
  };
  /// Of a function of that `code`, which begins at `offset` of the tier's.
  std::vector<Instruction> decode(ArrayRef<uint8_t> code, uint64_t offset) const;

  /// Where a branch or call goes to.
  std::optional<uint64_t> target(const Instruction &of) const;
  std::string print(const Instruction &of) const;

private:
  Triple triple{sys::getProcessTriple()};
  MCTargetOptions options;
  std::unique_ptr<MCRegisterInfo> registers;
  std::unique_ptr<MCAsmInfo> syntax;
  std::unique_ptr<MCInstrInfo> instructions;
  std::unique_ptr<MCSubtargetInfo> subtarget;
  std::unique_ptr<MCContext> context;
  std::unique_ptr<MCDisassembler> disassembler;
  std::unique_ptr<MCInstPrinter> printer;
  std::unique_ptr<MCInstrAnalysis> analysis;
};

/// Makes the text of one tier.
class Listing {
public:
  Listing(const CompiledModule &module, const TierCode &tier)
      : names(functionNames(module.info())), code(tier.machineCode()), symbols(tier.symbols()) {
    for (const CodeSymbol &symbol : symbols)
      begins.emplace(offsetOf(symbol), symbol.func);
  }

  std::string print(std::optional<uint32_t> func) const;

private:
  using Labels = std::map<uint64_t, unsigned>;

  uint64_t offsetOf(const CodeSymbol &symbol) const {
    return uint64_t(static_cast<const uint8_t *>(symbol.begin) - code.data());
  }
  std::string title(uint32_t func) const { return fmt::format("{} '{}'", func, names[func]); }
  std::string printFunction(const CodeSymbol &symbol) const;
  std::string printTarget(uint64_t target, const Labels &labels) const;

  Disassembler disassembler;
  std::vector<std::string> names;
  std::span<const uint8_t> code;
  std::vector<CodeSymbol> symbols;
  std::map<uint64_t, uint32_t> begins; ///< Functions by the offset of their code.
};

} // namespace

Disassembler::Disassembler() {
  InitializeNativeTarget();
  InitializeNativeTargetDisassembler();
  std::string error;
  const Target *target = TargetRegistry::lookupTarget(triple, error);
  if (!target)
    throw Fatal(ExitCode::Failure, "no disassembler: " + error);
  registers.reset(target->createMCRegInfo(triple));
  syntax.reset(target->createMCAsmInfo(*registers, triple, options));
  instructions.reset(target->createMCInstrInfo());
  // Everything that a tier may use, whatever this machine has.
  subtarget.reset(target->createMCSubtargetInfo(triple, "x86-64-v4", ""));
  context = std::make_unique<MCContext>(triple, syntax.get(), registers.get(), subtarget.get());
  disassembler.reset(target->createMCDisassembler(*subtarget, *context));
  printer.reset(
      target->createMCInstPrinter(triple, /*SyntaxVariant=*/0, *syntax, *instructions, *registers));
  analysis.reset(target->createMCInstrAnalysis(instructions.get()));
  printer->setPrintBranchImmAsAddress(true);
}

std::vector<Disassembler::Instruction> Disassembler::decode(ArrayRef<uint8_t> code,
                                                            uint64_t offset) const {
  std::vector<Instruction> decoded;
  while (!code.empty()) {
    Instruction next{offset, 0, {}};
    auto status = disassembler->getInstruction(next.inst, next.bytes, code, offset, nulls());
    if (status != MCDisassembler::Success)
      next = {offset, 1, {}}; // Data: one byte of it.
    decoded.push_back(next);
    code = code.drop_front(next.bytes);
    offset += next.bytes;
  }
  return decoded;
}

std::optional<uint64_t> Disassembler::target(const Instruction &of) const {
  uint64_t target;
  if (of.inst.getOpcode() == 0 || !analysis->evaluateBranch(of.inst, of.offset, of.bytes, target))
    return {};
  return target;
}

std::string Disassembler::print(const Instruction &of) const {
  std::string text;
  raw_string_ostream stream(text);
  printer->printInst(&of.inst, of.offset, "", *subtarget, stream);
  return text.substr(text.find_first_not_of('\t'));
}

std::string Listing::printTarget(uint64_t target, const Labels &labels) const {
  if (auto label = labels.find(target); label != labels.end())
    return fmt::format(".L{}", label->second);
  if (auto function = begins.find(target); function != begins.end())
    return title(function->second);
  return fmt::format("{:#x}", target);
}

std::string Listing::printFunction(const CodeSymbol &symbol) const {
  uint64_t begin = offsetOf(symbol);
  auto decoded = disassembler.decode({code.data() + begin, symbol.bytes}, begin);
  Labels labels;
  for (const auto &instruction : decoded)
    if (auto target = disassembler.target(instruction))
      if (*target > begin && *target < begin + symbol.bytes)
        labels.emplace(*target, 0);
  unsigned next = 0;
  for (auto &[offset, label] : labels)
    label = next++;

  std::string text = fmt::format("function {}:\n", title(symbol.func));
  for (const auto &instruction : decoded) {
    if (auto label = labels.find(instruction.offset); label != labels.end())
      text += fmt::format(".L{}:\n", label->second);
    std::string line = fmt::format(".byte\t{:#04x}", code[instruction.offset]);
    if (instruction.inst.getOpcode() != 0)
      line = disassembler.print(instruction);
    if (auto target = disassembler.target(instruction))
      line = line.substr(0, line.find('\t') + 1) + printTarget(*target, labels);
    text += fmt::format("{:8x}\t{}\n", instruction.offset, line);
  }
  return text + fmt::format("# {} bytes\n\n", symbol.bytes);
}

std::string Listing::print(std::optional<uint32_t> func) const {
  std::string text;
  for (const CodeSymbol &symbol : symbols)
    if (!func || symbol.func == *func)
      text += printFunction(symbol);
  return text;
}

std::string listMachineCode(const CompiledModule &module, const TierCode &tier,
                            std::optional<uint32_t> func) {
  return Listing(module, tier).print(func);
}

} // namespace writ::cli
