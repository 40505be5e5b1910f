//===- Moves.cpp - Single moves, and many at once -------------------------===//

#include "jit/singlepass/FunctionCompiler.h"

#include "llvm/ADT/BitVector.h"

using namespace writ;
using namespace writ::singlepass;

//===----------------------------------------------------------------------===//
// One move; none changes the flags
//===----------------------------------------------------------------------===//

void FunctionCompiler::load(Reg to, const x86::Mem &from, Kind kind) {
  if (isXmm(to))
    masm.emit(isWide(kind) ? Inst::kIdMovsd : Inst::kIdMovss, xmm(to), from);
  else
    masm.emit(Inst::kIdMov, gp(to, kind), from);
}

void FunctionCompiler::store(const x86::Mem &to, Reg from, Kind kind) {
  if (isXmm(from))
    masm.emit(isWide(kind) ? Inst::kIdMovsd : Inst::kIdMovss, to, xmm(from));
  else
    masm.emit(Inst::kIdMov, to, gp(from, kind));
}

void FunctionCompiler::move(Reg to, Reg from, Kind kind) {
  if (isXmm(to) && isXmm(from))
    masm.emit(Inst::kIdMovaps, xmm(to), xmm(from));
  else if (isXmm(to))
    masm.emit(isWide(kind) ? Inst::kIdMovq : Inst::kIdMovd, xmm(to), gp(from, kind));
  else if (isXmm(from))
    masm.emit(isWide(kind) ? Inst::kIdMovq : Inst::kIdMovd, gp(to, kind), xmm(from));
  else
    masm.emit(Inst::kIdMov, gp(to, kind), gp(from, kind));
}

void FunctionCompiler::loadConstant(Reg to, uint64_t bits, Kind kind, bool keepFlags) {
  if (!isXmm(to))
    masm.moveImmediate(to, bits, keepFlags);
  else if (bits == 0)
    masm.emit(Inst::kIdXorps, xmm(to), xmm(to));
  else
    emit(isWide(kind) ? Inst::kIdMovsd : Inst::kIdMovss, xmm(to), constant(bits));
}

x86::Mem FunctionCompiler::memoryOf(const Location &location) const {
  return location.type == Location::Type::Word ? wordAt(location.word) : outgoing(location.word);
}

void FunctionCompiler::moveTo(Reg to, const Location &from) {
  if (from.type == Location::Type::Constant)
    loadConstant(to, from.bits, from.kind);
  else if (from.isMemory())
    load(to, memoryOf(from), from.kind);
  else if (from.reg != to)
    move(to, from.reg, from.kind);
}

//===----------------------------------------------------------------------===//
// Many moves
//===----------------------------------------------------------------------===//

namespace {
/// Orders moves such that each place is read before it is written. Once only cycles are left,
/// each place in one is read once; copying a place out of the way opens its cycle.
class MoveOrder {
public:
  MoveOrder(FunctionCompiler &f, llvm::MutableArrayRef<Move> moves) : f(f), moves(moves) {}

  void run() {
    for (uint32_t i = 0; i < moves.size(); ++i)
      if (Node *node = nodeOf(moves[i].to))
        node->writer = i;
    for (uint32_t i = 0; i < moves.size(); ++i)
      addReader(i);
    for (uint32_t i = 0; i < moves.size(); ++i)
      pushIfReady(i);
    runReady();
    for (uint32_t i = 0; i < moves.size(); ++i) {
      if (done.test(i))
        continue;
      openCycle(i);
      runReady();
      scratchInUse = noReg;
    }
  }

private:
  struct Node {
    uint32_t writer = none;
    uint32_t readers = 0;
    uint64_t readerSum = 0; ///< Of those that are not done: the last one's number.
  };

  /// Null for what is never both read and written here.
  Node *nodeOf(const Location &place) {
    if (place.isRegister())
      return &registers[place.reg];
    return place.type == Location::Type::Word ? &words[place.word] : nullptr;
  }
  void addReader(uint32_t i) {
    if (Node *node = nodeOf(moves[i].from)) {
      ++node->readers;
      node->readerSum += i;
    }
  }
  void pushIfReady(uint32_t i) {
    Node *node = nodeOf(moves[i].to);
    bool readsItself = moves[i].to.samePlace(moves[i].from);
    if (!done.test(i) && (!node || node->readers == unsigned(readsItself)))
      ready.push_back(i);
  }
  void runReady() {
    while (!ready.empty()) {
      uint32_t i = ready.pop_back_val();
      emit(moves[i]);
      done.set(i);
      Node *read = nodeOf(moves[i].from);
      if (!read)
        continue;
      --read->readers;
      read->readerSum -= i;
      if (read->readers == 0 && read->writer != none && read->writer != i)
        pushIfReady(read->writer);
    }
  }
  void openCycle(uint32_t i) {
    Node *node = nodeOf(moves[i].to);
    assert(node && node->readers == 1);
    uint32_t reader = uint32_t(node->readerSum);
    Location &from = moves[reader].from;
    scratchInUse = isFloat(from.kind) ? floatScratch : scratch;
    f.moveTo(scratchInUse, from);
    Location saved;
    saved.kind = from.kind;
    saved.reg = scratchInUse;
    from = saved;
    node->readers = 0;
    node->readerSum = 0;
    addReader(reader);
    pushIfReady(i);
  }
  void emit(const Move &move) {
    if (move.to.samePlace(move.from))
      return;
    if (move.to.isRegister()) {
      f.moveTo(move.to.reg, move.from);
      return;
    }
    x86::Mem to = f.memoryOf(move.to);
    Kind kind = move.from.kind;
    if (move.from.isRegister()) {
      f.store(to, move.from.reg, kind);
      return;
    }
    if (move.from.type == Location::Type::Constant && storeImmediate(to, move.from))
      return;
    Reg through = scratchInUse == scratch ? floatScratch : scratch;
    f.moveTo(through, move.from);
    f.store(to, through, kind);
  }
  bool storeImmediate(x86::Mem to, const Location &from) {
    auto number = isWide(from.kind) ? int64_t(from.bits) : int64_t(int32_t(from.bits));
    if (number != int32_t(number))
      return false;
    to.setSize(isWide(from.kind) ? 8 : 4);
    f.masm.emit(Inst::kIdMov, to, Imm(number));
    return true;
  }

  FunctionCompiler &f;
  llvm::MutableArrayRef<Move> moves;
  Node registers[32];
  llvm::SmallDenseMap<uint32_t, Node, 4> words;
  llvm::SmallVector<uint32_t, 8> ready;
  llvm::BitVector done{unsigned(moves.size())};
  Reg scratchInUse = noReg;
};
} // namespace

void FunctionCompiler::perform(llvm::MutableArrayRef<Move> moves) { MoveOrder(*this, moves).run(); }
