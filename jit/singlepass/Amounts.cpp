//===- Amounts.cpp - Number the distinct amounts of code ------------------===//

#include "jit/singlepass/Amounts.h"

#include <algorithm>

using namespace writ;
using namespace writ::singlepass;

std::vector<CostCounts> Amounts::spelledOut() const {
  std::vector<CostCounts> all;
  all.reserve(size());
  for (size_t i = 0; i < size(); ++i)
    all.emplace_back((*this)[i].begin(), (*this)[i].end());
  return all;
}

void AmountNumbers::clear() {
  amounts.clear();
  if (cells.size() > 4096) { // Do not pay for a large function ever after.
    cells = std::vector<uint32_t>(1024);
    shift = 54;
  } else {
    std::fill(cells.begin(), cells.end(), 0);
  }
}

uint32_t AmountNumbers::of(std::span<const CostCount> amount, uint64_t hash) {
  size_t cell = indexOf(hash);
  for (; cells[cell] != 0; cell = (cell + 1) & (cells.size() - 1)) {
    uint32_t number = cells[cell] - 1;
    if (amounts.hash(number) == hash && std::ranges::equal(amounts[number], amount))
      return number;
  }
  amounts.add(amount, hash);
  cells[cell] = uint32_t(amounts.size());
  if (2 * amounts.size() > cells.size())
    grow();
  return uint32_t(amounts.size() - 1);
}

void AmountNumbers::grow() {
  cells.assign(2 * cells.size(), 0);
  --shift;
  for (uint32_t number = 0; number < amounts.size(); ++number) {
    size_t cell = indexOf(amounts.hash(number));
    while (cells[cell] != 0)
      cell = (cell + 1) & (cells.size() - 1);
    cells[cell] = number + 1;
  }
}
