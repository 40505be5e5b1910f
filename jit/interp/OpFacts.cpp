//===- OpFacts.cpp - What ops of straight code read and write -------------===//
#include "jit/interp/OpFacts.h"

#include <type_traits>

using namespace writ;
using namespace writ::interp;

unsigned writ::interp::wordFields(Format format) {
  switch (format) {
  case Format::D:
  case Format::DI:
  case Format::DataWord:
  case Format::SI:
  case Format::LoadAt:
  case Format::StoreAt:
  case Format::StoreImm:
  case Format::EnterData:
    return 1;
  case Format::DS:
  case Format::DSI:
  case Format::SSI:
  case Format::Load:
  case Format::Store:
    return 3;
  case Format::DSS:
  case Format::SSS:
  case Format::DSSData:
  case Format::SSSData:
    return 7;
  case Format::DSSS:
    return 15;
  default:
    return 0;
  }
}

bool writ::interp::writesFirst(Format format) {
  switch (format) {
  case Format::D:
  case Format::DS:
  case Format::DSS:
  case Format::DSSS:
  case Format::DSI:
  case Format::DI:
  case Format::DataWord:
  case Format::Load:
  case Format::LoadAt:
  case Format::DSSData:
    return true;
  default:
    return false;
  }
}

bool writ::interp::hasImmediate(Format format) {
  switch (format) {
  case Format::DSI:
  case Format::DI:
  case Format::SI:
  case Format::SSI:
  case Format::I:
  case Format::Load:
  case Format::LoadAt:
  case Format::Store:
  case Format::StoreAt:
  case Format::StoreImm:
  case Format::EnterData:
    return true;
  default:
    return false;
  }
}

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
