//===- Ops.cpp - Tables of ops, made from Bytecode.def and Pairs.def ------===//
#include "jit/interp/Handlers.h"
#include "jit/interp/Pairs.h"

#include <array>
#include <unordered_map>

using namespace writ;
using namespace writ::interp;

static constexpr OpInfo plainInfos[] = {
#define WRIT_OP(Name, Mnemonic, Layout) {Mnemonic, Format::Layout, Op::Name},
#include "jit/interp/Bytecode.def"
};

static constexpr Handler plainHandlers[] = {
#define WRIT_OP(Name, Mnemonic, Layout) run##Name,
#include "jit/interp/Bytecode.def"
};

static constexpr PairInfo pairs[] = {
#define WRIT_PAIR(First, Second, Linked) {Op::First, Op::Second, Link::Linked},
#include "jit/interp/Pairs.def"
    {Op::Data, Op::Data, Link::None}, // So that the array is not empty.
};

const OpInfo &writ::interp::opInfo(Op op) {
  return plainInfos[unsigned(isPair(op) ? pairInfo(op).first : op)];
}

const PairInfo &writ::interp::pairInfo(Op op) { return pairs[unsigned(op) - numPlainOps]; }

Handler writ::interp::handlerOf(Op op) {
  return isPair(op) ? pairHandlers()[unsigned(op) - numPlainOps] : plainHandlers[unsigned(op)];
}

Op writ::interp::opOf(Handler handler) {
  static const auto table = [] {
    std::unordered_map<Handler, Op> made;
    for (unsigned i = 0; i < numOps; ++i)
      made.try_emplace(handlerOf(Op(i)), Op(i));
    return made;
  }();
  auto found = table.find(handler);
  return found == table.end() ? Op::Data : found->second;
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
static const std::array<std::vector<Op>, numPlainOps> &pairsByFirst() {
  static const auto table = [] {
    std::array<std::vector<Op>, numPlainOps> made;
    for (unsigned i = numPlainOps; i < numOps; ++i)
      made[unsigned(pairInfo(Op(i)).first)].push_back(Op(i));
    return made;
  }();
  return table;
}

Op writ::interp::pairOf(Op first, Op second, Link link) {
  for (Op op : pairsByFirst()[unsigned(first)]) {
    const PairInfo &info = pairInfo(op);
    if (info.second == second && info.link == link)
      return op;
  }
  return first;
}
