//===- Values.cpp - A hash table of live values ---------------------------===//

#include "jit/singlepass/Values.h"

using namespace writ::singlepass;

void ValueTable::clear() {
  if (count == 0)
    return;
  if (cells.size() > 256) { // Do not pay for a large function ever after.
    cells = std::vector<Cell>(64);
    shift = 58;
  } else {
    std::fill(cells.begin(), cells.end(), Cell());
  }
  count = 0;
}

uint32_t ValueTable::find(mlir::Value value) const {
  void *key = value.getAsOpaquePointer();
  for (size_t i = indexOf(key); cells[i].key; i = next(i))
    if (cells[i].key == key)
      return cells[i].id;
  return none;
}

void ValueTable::grow() {
  std::vector<Cell> old(cells.size() * 2);
  old.swap(cells);
  --shift;
  for (const Cell &cell : old) {
    if (!cell.key)
      continue;
    size_t i = indexOf(cell.key);
    while (cells[i].key)
      i = next(i);
    cells[i] = cell;
  }
}

void ValueTable::insert(mlir::Value value, uint32_t id) {
  if (++count * 2 > cells.size())
    grow();
  void *key = value.getAsOpaquePointer();
  size_t i = indexOf(key);
  while (cells[i].key)
    i = next(i);
  cells[i] = {key, id};
}

void ValueTable::erase(void *key) {
  size_t hole = indexOf(key);
  while (cells[hole].key != key)
    hole = next(hole);
  --count;
  // Moves back whatever the hole would make unreachable.
  for (size_t i = next(hole); cells[i].key; i = next(i)) {
    size_t wanted = indexOf(cells[i].key);
    bool staysReachable = hole < i ? wanted > hole && wanted <= i : wanted > hole || wanted <= i;
    if (staysReachable)
      continue;
    cells[hole] = cells[i];
    hole = i;
  }
  cells[hole] = Cell();
}
