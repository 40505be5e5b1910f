//===- MoveOrder.cpp - Many moves at once, as moves one by one ------------===//
#include "jit/interp/MoveOrder.h"

#include <algorithm>

using namespace writ::interp;

void MoveOrder::prepare(const std::vector<WordMove> &moves) {
  left = moves;
  result.clear();
  ready.clear();
  size_t words = readers.size();
  for (const WordMove &move : moves)
    words = std::max({words, size_t(move.to) + 1, size_t(move.from) + 1});
  readers.resize(words, 0);
  writerOf.resize(words, none);
  for (uint32_t i = 0; i < left.size(); ++i) {
    if (left[i].from == left[i].to) {
      left[i].from = none;
      continue;
    }
    ++readers[left[i].from];
    writerOf[left[i].to] = i;
  }
}

void MoveOrder::finish(uint32_t move) {
  WordMove &done = left[move];
  result.push_back(done);
  writerOf[done.to] = none;
  if (--readers[done.from] == 0 && writerOf[done.from] != none)
    ready.push_back(writerOf[done.from]);
  done.from = none;
}

/// Only cycles are left: each word is read and written by one move.
void MoveOrder::breakCycle(uint32_t move, uint32_t spare) {
  uint32_t start = left[move].to;
  result.push_back({spare, start});
  for (uint32_t at = move; at != none;) {
    uint32_t from = left[at].from;
    result.push_back({left[at].to, from == start ? spare : from});
    writerOf[left[at].to] = none;
    readers[from] = 0;
    left[at].from = none;
    at = from == start ? none : writerOf[from];
  }
}

const std::vector<WordMove> &MoveOrder::order(const std::vector<WordMove> &moves, uint32_t spare) {
  if (moves.size() == 1)
    return result = moves;
  prepare(moves);
  for (uint32_t i = 0; i < left.size(); ++i)
    if (left[i].from != none && readers[left[i].to] == 0)
      ready.push_back(i);
  while (!ready.empty()) {
    uint32_t move = ready.back();
    ready.pop_back();
    finish(move);
  }
  for (uint32_t i = 0; i < left.size(); ++i)
    if (left[i].from != none)
      breakCycle(i, spare);
  return result;
}
