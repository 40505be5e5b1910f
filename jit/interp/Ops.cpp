//===- Ops.cpp - Tables of ops, made from Bytecode.def and Pairs.def ------===//
#include "jit/interp/Handlers.h"
#include "jit/interp/Pairs.h"

#include <array>
#include <unordered_map>

using namespace writ;
using namespace writ::interp;

static constexpr OpInfo plainInfos[] = {
#define WRIT_OP(Name, Mnemonic, Layout) {Mnemonic, Format::Layout, Opcode::Name},
#include "jit/interp/Bytecode.def"
};

static constexpr Handler plainHandlers[] = {
#define WRIT_OP(Name, Mnemonic, Layout) run##Name,
#include "jit/interp/Bytecode.def"
};

static constexpr PairInfo pairs[] = {
#define WRIT_PAIR(First, Second, Linked) {Opcode::First, Opcode::Second, Link::Linked},
#include "jit/interp/Pairs.def"
    {Opcode::Data, Opcode::Data, Link::None}, // So that the array is not empty.
};

const OpInfo &writ::interp::opInfo(Opcode op) {
  return plainInfos[unsigned(isPair(op) ? pairInfo(op).first : op)];
}

const PairInfo &writ::interp::pairInfo(Opcode op) { return pairs[unsigned(op) - numPlainOps]; }

Handler writ::interp::handlerOf(Opcode op) {
  return isPair(op) ? pairHandlers()[unsigned(op) - numPlainOps] : plainHandlers[unsigned(op)];
}

Opcode writ::interp::opOf(Handler handler) {
  static const auto table = [] {
    std::unordered_map<Handler, Opcode> made;
    for (unsigned i = 0; i < numOps; ++i)
      made.try_emplace(handlerOf(Opcode(i)), Opcode(i));
    return made;
  }();
  auto found = table.find(handler);
  return found == table.end() ? Opcode::Data : found->second;
}

unsigned writ::interp::cellsOf(Format format) {
  switch (format) {
  case Format::DataWord:
  case Format::DSSData:
  case Format::SSSData:
  case Format::CallJ:
  case Format::CallI:
  case Format::TailJ:
  case Format::TailI:
  case Format::TailS:
  case Format::EnterData:
    return 2;
  case Format::CallS:
    return 3;
  default:
    return 1;
  }
}

/// All pairs, by their first op: for each a range of `pairs`, which need not be sorted.
static const std::array<std::vector<Opcode>, numPlainOps> &pairsByFirst() {
  static const auto table = [] {
    std::array<std::vector<Opcode>, numPlainOps> made;
    for (unsigned i = numPlainOps; i < numOps; ++i)
      made[unsigned(pairInfo(Opcode(i)).first)].push_back(Opcode(i));
    return made;
  }();
  return table;
}

Opcode writ::interp::pairOf(Opcode first, Opcode second, Link link) {
  for (Opcode op : pairsByFirst()[unsigned(first)]) {
    const PairInfo &info = pairInfo(op);
    if (info.second == second && info.link == link)
      return op;
  }
  return first;
}
