//===- OpFacts.cpp - What ops of straight code read and write -------------===//
#include "jit/interp/OpFacts.h"

#include <iterator>
#include <type_traits>

using namespace writ;
using namespace writ::interp;

namespace {
struct FormatFacts {
  Format format;
  uint8_t words; ///< Which of a, b, c, d are words of the frame, by bits.
  bool writesFirst, hasImmediate;
};
} // namespace

/// In the order of `Format`. Those of control flow say nothing.
static constexpr FormatFacts formats[] = {
    {Format::None, 0b0000, false, false},
    {Format::D, 0b0001, true, false},
    {Format::DS, 0b0011, true, false},
    {Format::DSS, 0b0111, true, false},
    {Format::DSSS, 0b1111, true, false},
    {Format::DSI, 0b0011, true, true},
    {Format::DI, 0b0001, true, true},
    {Format::DataWord, 0b0001, true, false},
    {Format::SI, 0b0001, false, true},
    {Format::SSI, 0b0011, false, true},
    {Format::SSS, 0b0111, false, false},
    {Format::I, 0b0000, false, true},
    {Format::J, 0b0000, false, false},
    {Format::SSJ, 0b0000, false, false},
    {Format::SHJ, 0b0000, false, false},
    {Format::Load, 0b0011, true, true},
    {Format::LoadAt, 0b0001, true, true},
    {Format::Store, 0b0011, false, true},
    {Format::StoreAt, 0b0001, false, true},
    {Format::StoreImm, 0b0001, false, true},
    {Format::DSSData, 0b0111, true, false},
    {Format::SSSData, 0b0111, false, false},
    {Format::SwitchTable, 0b0000, false, false},
    {Format::CallJ, 0b0000, false, false},
    {Format::CallI, 0b0000, false, false},
    {Format::CallS, 0b0000, false, false},
    {Format::TailJ, 0b0000, false, false},
    {Format::TailI, 0b0000, false, false},
    {Format::TailS, 0b0000, false, false},
    {Format::EnterData, 0b0001, false, true},
};

static constexpr bool isInOrder() {
  for (size_t i = 0; i < std::size(formats); ++i)
    if (size_t(formats[i].format) != i)
      return false;
  return std::size(formats) == size_t(Format::EnterData) + 1;
}
static_assert(isInOrder());

unsigned writ::interp::wordFields(Format format) { return formats[size_t(format)].words; }

bool writ::interp::writesFirst(Format format) { return formats[size_t(format)].writesFirst; }

bool writ::interp::hasImmediate(Format format) { return formats[size_t(format)].hasImmediate; }

bool writ::interp::isStraight(Opcode op) {
  switch (op) {
  case Opcode::Jump:
  case Opcode::JumpCharge:
  case Opcode::Switch:
  case Opcode::Trap:
  case Opcode::Call:
  case Opcode::CallImport:
  case Opcode::CallIndirect:
  case Opcode::TailCall:
  case Opcode::TailCallImport:
  case Opcode::TailCallIndirect:
  case Opcode::Return:
  case Opcode::ReturnOne:
  case Opcode::Charge:
  case Opcode::ChargeUnits:
  case Opcode::OutOfGas:
  case Opcode::Data:
  case Opcode::Exit:
    return false;
  default:
    break;
  }
  Format format = opInfo(op).format;
  return unsigned(op) < numPlainOps && format != Format::SSJ && format != Format::SHJ;
}

bool writ::interp::isPure(Opcode op) {
  switch (op) {
#define WRIT_BINARY(Name, Mnemonic, T, Expression)                                                 \
  case Opcode::Name:                                                                               \
  case Opcode::Name##Imm:
#define WRIT_COMPARE(Name, Mnemonic, T, Expression)                                                \
  case Opcode::Name:                                                                               \
  case Opcode::Name##Imm:
#define WRIT_FLOAT_BINARY(Name, Mnemonic, T, Expression) case Opcode::Name:
#define WRIT_FLOAT_COMPARE(Name, Mnemonic, T, Expression) case Opcode::Name:
#define WRIT_UNARY(Name, Mnemonic, T, Expression) case Opcode::Name:
#define WRIT_MOVE(Name, Mnemonic, Format) case Opcode::Name:
#include "jit/interp/Bytecode.def"
  case Opcode::Const64:
  case Opcode::Select:
  case Opcode::FarLoad:
  case Opcode::FarStore:
  case Opcode::MemorySize:
  case Opcode::GlobalGet:
  case Opcode::ImportedGet:
  case Opcode::RefFunc:
  case Opcode::TableSize:
    return true;
  default:
    return false;
  }
}

bool writ::interp::canDivideBy(Opcode op, int32_t imm) {
  switch (op) {
#define WRIT_DIVISION(Name, Mnemonic, T, Expression)                                               \
  case Opcode::Name##Imm:                                                                          \
    return imm != 0 && (!std::is_signed_v<T> || imm != -1);
#include "jit/interp/Bytecode.def"
  default:
    return true;
  }
}
