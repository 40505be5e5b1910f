//===- Disassembler.cpp - Bytecode as text --------------------------------===//
#include "jit/interp/Disassembler.h"

#include "jit/interp/Pairs.h"

#include <cstring>
#include <fmt/format.h>
#include <iterator>

using namespace writ;
using namespace writ::interp;

namespace {

class Printer {
public:
  Printer(const Code &code, std::string &out) : code(code), out(out) {}

  void printFunction(const Function &function);

private:
  unsigned printOp(uint32_t at, bool isPaired);
  void printOperands(uint32_t at, Format format);
  void printSpecial(uint32_t at, Format format);
  void printSwitch(uint32_t at);

  template <typename... Args>
  void put(fmt::format_string<Args...> text, Args &&...args) {
    fmt::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
  }
  const Cell &cell(uint32_t at) const { return code.cells[at]; }
  uint32_t target(uint32_t at) const { return at + uint32_t(cell(at).imm); }

  const Code &code;
  std::string &out;
};

} // namespace

void Printer::printFunction(const Function &function) {
  put("function {}: {} words, cells {} to {}\n", function.index, function.frameWords,
      function.begin, function.end);
  bool isPaired = false;
  for (uint32_t at = function.begin; at < function.end;) {
    bool pairsNext = isPair(opOf(cell(at).handler));
    at += printOp(at, isPaired);
    isPaired = pairsNext;
  }
}

unsigned Printer::printOp(uint32_t at, bool isPaired) {
  const OpInfo &info = opInfo(opOf(cell(at).handler));
  put("{:>7} {} {:<18}", at, isPaired ? '|' : ' ', info.mnemonic);
  printOperands(at, info.format);
  if (uint32_t offset = code.offsetAt(at); offset != ~0u)
    put("  ; 0x{:x}", offset);
  while (out.back() == ' ')
    out.pop_back();
  out += '\n';
  return info.format == Format::SwitchTable ? switchCells(cell(at)) : cellsOf(info.format);
}

void Printer::printOperands(uint32_t at, Format format) {
  const Cell &c = cell(at);
  switch (format) {
  case Format::D:
    return put(" w{}", c.a);
  case Format::DS:
    return put(" w{}, w{}", c.a, c.b);
  case Format::DSS:
  case Format::SSS:
    return put(" w{}, w{}, w{}", c.a, c.b, c.c);
  case Format::DSSS:
    return put(" w{}, w{}, w{}, w{}", c.a, c.b, c.c, c.d);
  case Format::DSI:
  case Format::SSI:
    return put(" w{}, w{}, {}", c.a, c.b, c.imm);
  case Format::DI:
  case Format::SI:
    return put(" w{}, {}", c.a, c.imm);
  case Format::I:
    return put(" {}", c.uimm);
  case Format::J:
    return put(" -> {}", target(at));
  case Format::SSJ:
    return put(" w{}, w{} -> {}", c.a, c.b, target(at));
  case Format::SHJ:
    return put(" w{}, {} -> {}", c.a, int16_t(c.b), target(at));
  case Format::Load:
    return put(" w{}, [w{} + {}]", c.a, c.b, c.uimm);
  case Format::LoadAt:
    return put(" w{}, [{}]", c.a, c.uimm);
  case Format::Store:
    return put(" [w{} + {}], w{}", c.a, c.uimm, c.b);
  case Format::StoreAt:
    return put(" [{}], w{}", c.uimm, c.a);
  case Format::StoreImm:
    return put(" [w{} + {}], {}", c.a, c.uimm, int16_t(c.b));
  default:
    return printSpecial(at, format);
  }
}

/// Ops with data.
void Printer::printSpecial(uint32_t at, Format format) {
  const Cell &c = cell(at);
  const Cell *next = &c + 1; // Read only for formats that have data.
  switch (format) {
  case Format::DataWord:
    return put(" w{}, 0x{:x}", c.a, next->data[0] | uint64_t(next->data[1]) << 32);
  case Format::DSSData:
  case Format::SSSData:
    return put(" w{}, w{}, w{}, {}, {}", c.a, c.b, c.c, next->data[0], next->data[1]);
  case Format::SwitchTable:
    return printSwitch(at);
  case Format::CallJ:
    return put(" {}, frame w{}, result w{}", code.functionAt(target(at)).index, next->data[1],
               next->data[0]);
  case Format::CallI:
    return put(" {}, frame w{}, result w{}", c.uimm, next->data[1], next->data[0]);
  case Format::CallS:
    return put(" {}[w{}], frame w{}, result w{}", c.uimm, c.a, next[1].data[1], next[1].data[0]);
  case Format::TailJ:
    return put(" {}", code.functionAt(target(at)).index);
  case Format::TailI:
    return put(" {}", c.uimm);
  case Format::TailS:
    return put(" {}[w{}]", c.uimm, c.a);
  case Format::EnterData:
    return put(" {} bytes, clear w{} to w{}", c.uimm, c.a, c.a + next->data[0]);
  default:
    return;
  }
}

void Printer::printSwitch(uint32_t at) {
  put(" w{} ->", cell(at).a);
  for (uint32_t i = 0; i <= cell(at).uimm; ++i) {
    int32_t distance;
    std::memcpy(&distance, reinterpret_cast<const char *>(&cell(at) + 1) + 4 * size_t(i), 4);
    put(" {}", at + uint32_t(distance));
  }
}

std::string writ::interp::disassemble(const Code &code, std::optional<uint32_t> func) {
  std::string out;
  Printer printer(code, out);
  for (const Function &function : code.functions)
    if (!func || function.index == *func)
      printer.printFunction(function);
  return out;
}
