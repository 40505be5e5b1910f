//===- RegionSlice.cpp - The part of a region that can be seen ------------===//
#include "jit/interp/RegionSlice.h"

#include "jit/interp/OpFacts.h"

#include <algorithm>

using namespace writ;
using namespace writ::interp;

/// Gives `note` each word that the op at `cell` reads.
template <typename Note>
static void forEachRead(const Cell &cell, Note note) {
  const OpInfo &info = opInfo(opOf(cell.handler));
  unsigned fields = wordFields(info.format);
  if (writesFirst(info.format) || info.format == Format::EnterData)
    fields &= ~1u;
  for (uint32_t word : {cell.a, cell.b, cell.c, cell.d}) {
    if (fields & 1)
      note(word);
    fields >>= 1;
  }
  if (info.op == Opcode::FarLoad)
    note(cell.uimm);
}

/// The word that it writes; ~0 if there is none.
static uint32_t wordWritten(const Cell &cell) {
  const OpInfo &info = opInfo(opOf(cell.handler));
  if (info.op == Opcode::FarStore)
    return cell.uimm;
  return writesFirst(info.format) ? cell.a : ~0u;
}

void RegionSlicer::findOps(const Region &region, uint32_t end) {
  ops.clear();
  for (uint32_t at = region.cell + 1; at < end;) {
    ops.push_back(at);
    at += cellsOf(opInfo(opOf(code.cells[at].handler)).format);
  }
}

bool RegionSlicer::isNeeded(const Cell &cell) const {
  if (!isPure(opInfo(opOf(cell.handler)).op))
    return true;
  uint32_t written = wordWritten(cell);
  return written != ~0u && neededBy[written] == stamp;
}

/// What it reads is needed before it, what it writes is not.
void RegionSlicer::follow(const Cell &cell) {
  if (uint32_t written = wordWritten(cell); written != ~0u)
    neededBy[written] = 0;
  forEachRead(cell, [&](uint32_t word) { neededBy[word] = stamp; });
}

RegionSlice RegionSlicer::cut(uint32_t number) {
  const Region &region = code.regions[number];
  std::span<const Marker> markers = code.markersOf(region);
  size_t words = code.functions[region.function].roomWords;
  if (neededBy.size() < words)
    neededBy.resize(words);
  ++stamp;
  findOps(region, markers.empty() ? region.cell + 1 : markers.back().cell);
  RegionSlice slice{number, {}, {}};
  for (size_t i = ops.size(); i-- > 0;) {
    const Cell &cell = code.cells[ops[i]];
    if (!isNeeded(cell))
      continue;
    follow(cell);
    slice.cells.push_back(ops[i]);
  }
  std::ranges::reverse(slice.cells);
  for (uint32_t at : slice.cells)
    forEachRead(code.cells[at], [&](uint32_t word) {
      if (neededBy[word] == stamp)
        slice.reads.push_back(word);
    });
  std::ranges::sort(slice.reads);
  auto twins = std::ranges::unique(slice.reads);
  slice.reads.erase(twins.begin(), twins.end());
  return slice;
}
