//===- Code.cpp - Look-ups in a module's bytecode -------------------------===//
#include "jit/interp/Code.h"

#include "jit/interp/Interpreter.h"

#include <algorithm>

using namespace writ;
using namespace writ::interp;

CodeEntry Code::entry(uint32_t func) const {
  const Function &function = functions[func - numImports];
  return {callFunction, nullptr, const_cast<Function *>(&function)};
}

/// The last of `items` whose `Field` is at most `cell`; null if there is none.
template <auto Field, typename T>
static const T *lastAtOrBefore(const std::vector<T> &items, uint32_t cell) {
  auto after = std::upper_bound(items.begin(), items.end(), cell,
                                [](uint32_t cell, const T &item) { return cell < item.*Field; });
  return after == items.begin() ? nullptr : &*(after - 1);
}

const Function &Code::functionAt(uint32_t cell) const {
  return *lastAtOrBefore<&Function::begin>(functions, cell);
}

uint32_t Code::offsetAt(uint32_t cell) const {
  const Position *position = lastAtOrBefore<&Position::cell>(positions, cell);
  return position && position->cell == cell ? position->offset : ~0u;
}

const Region *Code::regionAt(uint32_t cell) const {
  return lastAtOrBefore<&Region::cell>(regions, cell);
}

std::span<const Marker> Code::markersOf(const Region &region) const {
  bool isLast = &region == &regions.back();
  size_t end = isLast ? markers.size() : (&region + 1)->firstMarker;
  return std::span(markers).subspan(region.firstMarker, end - region.firstMarker);
}
