//===- Ticks.cpp - Where a function can be left for other code ------------===//

#include "jit/singlepass/FunctionCompiler.h"

using namespace writ;
using namespace writ::singlepass;

TickPlace FunctionCompiler::tickPlace(const Location &from) const {
  TickPlace place;
  place.isWide = isWide(from.kind);
  if (from.isRegister()) {
    place.in = isXmm(from.reg) ? TickPlace::In::Vector : TickPlace::In::General;
    place.where = isXmm(from.reg) ? from.reg - xmm0 : from.reg;
  } else if (from.type == Location::Type::Word) {
    place.in = TickPlace::In::Frame;
    place.where = areaBytes + 8 * from.word;
  } else { // What the code generator knows of ops of constants, and null references.
    place.in = TickPlace::In::Constant;
    place.bits = from.bits;
  }
  return place;
}

void FunctionCompiler::tickIf(Cond cond, contract::TickOp op) {
  TickTable &table = module.chunk.ticks;
  TickPath &path = ticks.emplace_back();
  path.tick = uint32_t(table.sites.size());
  TickSite site;
  site.func = functionIndex;
  site.loop = op.getLoop();
  site.firstPlace = uint32_t(table.places.size());
  if (site.loop != 0) {
    for (uint32_t slot = 0; slot < slots.size(); ++slot)
      table.places.push_back(plan.slots[slot].weight == 0 ? TickPlace()
                                                          : tickPlace(locationOfSlot(slot)));
    for (mlir::Value value : op.getLive())
      table.places.push_back(tickPlace(locationOf(idOf(value))));
  }
  site.numPlaces = uint32_t(table.places.size()) - site.firstPlace;
  table.sites.push_back(site);
  masm.jumpIf(cond, path.label);
  path.back = masm.here();
}

void FunctionCompiler::addTickFrame(uint32_t bytes) {
  TickFrame frame;
  frame.bytes = bytes;
  for (Reg reg : plan.saved)
    frame.saved[frame.numSaved++] = reg;
  if (stackWord != none)
    frame.stackLeft = areaBytes + 8 * stackWord;
  module.chunk.ticks.frames.push_back(frame);
}
