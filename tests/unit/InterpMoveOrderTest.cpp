//===- InterpMoveOrderTest.cpp - Moves at once, one by one ----------------===//
#include "jit/interp/MoveOrder.h"

#include <doctest/doctest.h>

#include <numeric>
#include <vector>

using namespace writ::interp;

/// What words 0 to 9 hold after `moves` at once; word n starts with n. Word 10 is spare.
static void check(MoveOrder &order, const std::vector<WordMove> &moves) {
  std::vector<uint32_t> expected(11), words(11);
  std::iota(words.begin(), words.end(), 0);
  expected = words;
  for (const WordMove &move : moves)
    expected[move.to] = words[move.from];
  for (const WordMove &move : order.order(moves, 10))
    words[move.to] = words[move.from];
  words[10] = expected[10];
  CHECK(words == expected);
}

TEST_CASE("moves at once are put in an order, cycles and chains and copies alike") {
  MoveOrder order;
  check(order, {});
  check(order, {{0, 1}});
  check(order, {{0, 1}, {1, 0}});
  check(order, {{0, 1}, {1, 2}, {2, 0}, {3, 4}, {4, 3}});
  check(order, {{0, 1}, {1, 2}, {2, 3}});
  check(order, {{2, 3}, {1, 2}, {0, 1}});
  check(order, {{0, 1}, {1, 0}, {2, 0}, {3, 1}, {4, 4}});
}

TEST_CASE("any moves are put in an order") {
  MoveOrder order;
  uint32_t state = 1;
  auto random = [&](uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 16) % below;
  };
  for (int i = 0; i < 2000; ++i) {
    std::vector<WordMove> moves;
    for (uint32_t to = 0; to < 10; ++to)
      if (random(3) != 0)
        moves.push_back({to, random(10)});
    check(order, moves);
  }
}
