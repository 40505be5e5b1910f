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

namespace {

/// Pairs by their parts.
class PairTable {
public:
  PairTable() {
    for (unsigned i = numPlainOps; i < numOps; ++i) {
      const PairInfo &info = pairInfo(Opcode(i));
      place(info.first, info.second, info.link) = uint16_t(i);
    }
  }
  /// 0 if there is none.
  uint16_t find(Opcode first, Opcode second, Link link) { return place(first, second, link); }

private:
  static_assert(2 * (numOps - numPlainOps) < 2048);

  uint16_t &place(Opcode first, Opcode second, Link link) {
    unsigned at = (unsigned(first) * 61 + unsigned(second) * 3 + unsigned(link)) * 2654435761u;
    for (at >>= 21;; at = (at + 1) % 2048) {
      uint16_t &slot = slots[at];
      if (slot == 0)
        return slot;
      const PairInfo &info = pairInfo(Opcode(slot));
      if (info.first == first && info.second == second && info.link == link)
        return slot;
    }
  }

  std::array<uint16_t, 2048> slots{};
};

} // namespace

Opcode writ::interp::pairOf(Opcode first, Opcode second, Link link) {
  static PairTable table;
  uint16_t found = table.find(first, second, link);
  return found ? Opcode(found) : first;
}
