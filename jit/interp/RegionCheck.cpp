//===- RegionCheck.cpp - Are these regions of a module? -------------------===//
#include "jit/interp/RegionCheck.h"

#include "jit/interp/OpFacts.h"

#include <algorithm>

using namespace writ;
using namespace writ::interp;

namespace {

class RegionCheck {
public:
  RegionCheck(const Code &code, const CodeSurroundings &around)
      : code(code), around(around), info(around.info), func(code.functions.front()) {
    importedGlobals =
        std::ranges::count_if(info.globals, [](auto &g) { return g.import.has_value(); });
  }
  bool run() const;

private:
  bool checkRegion(const Region &region) const;
  bool checkOp(const Cell &cell) const;
  bool checkNumber(const Cell &cell, Opcode op) const;
  bool checkData(const Cell &cell, Opcode op) const;
  bool isWord(uint32_t word) const { return word < func.roomWords; }
  bool isTable(uint32_t number) const { return number < info.tables.size(); }

  const Code &code;
  const CodeSurroundings &around;
  const ModuleInfo &info;
  const Function &func;
  size_t importedGlobals = 0;
};

} // namespace

/// Immediates that are indices.
bool RegionCheck::checkNumber(const Cell &cell, Opcode op) const {
  uint32_t number = cell.uimm;
  size_t ownGlobals = info.globals.size() - importedGlobals;
  switch (op) {
  case Opcode::FarLoad:
  case Opcode::FarStore:
    return isWord(number);
  case Opcode::GlobalGet:
    return number < ownGlobals;
  case Opcode::GlobalSet:
    return number < ownGlobals && info.globals[importedGlobals + number].isMutable;
  case Opcode::ImportedGet:
    return number < importedGlobals;
  case Opcode::ImportedSet:
    return number < importedGlobals && info.globals[number].isMutable;
  case Opcode::RefFunc:
    return number < info.funcs.size();
  case Opcode::TableGet:
  case Opcode::TableSet:
  case Opcode::TableSize:
    return isTable(number);
  case Opcode::DataDrop:
    return number < info.data.size();
  case Opcode::ElemDrop:
    return number < info.elems.size();
  case Opcode::Profile:
    return number / 2 < info.funcs.size();
  case Opcode::MemoryGrow:
  case Opcode::MemoryCopy:
  case Opcode::MemoryFill:
    return !info.memories.empty();
  default:
    return canDivideBy(op, cell.imm);
  }
}

/// Numbers in the next cell.
bool RegionCheck::checkData(const Cell &cell, Opcode op) const {
  const uint32_t *numbers = (&cell + 1)->data;
  switch (op) {
  case Opcode::MemoryInit:
    return !info.memories.empty() && numbers[0] < info.data.size();
  case Opcode::TableGrow:
  case Opcode::TableFill:
    return isTable(numbers[0]);
  case Opcode::TableCopy:
    return isTable(numbers[0]) && isTable(numbers[1]);
  case Opcode::TableInit:
    return isTable(numbers[0]) && numbers[1] < info.elems.size();
  case Opcode::Enter:
    return numbers[1] == func.roomWords && numbers[0] <= func.roomWords &&
           cell.a <= func.roomWords - numbers[0];
  default: // Const64
    return true;
  }
}

bool RegionCheck::checkOp(const Cell &cell) const {
  const OpInfo &info = opInfo(opOf(cell.handler));
  // The first word that `enter` clears may be the frame's end, if there is none.
  unsigned fields = info.op == Opcode::Enter ? 0 : wordFields(info.format);
  for (uint32_t word : {cell.a, cell.b, cell.c, cell.d}) {
    if ((fields & 1) && !isWord(word))
      return false;
    fields >>= 1;
  }
  return cellsOf(info.format) == 2 ? checkData(cell, info.op) : checkNumber(cell, info.op);
}

/// Up to the next one. That ops are straight and markers lie between them is how they are read.
bool RegionCheck::checkRegion(const Region &region) const {
  bool isLast = &region == &code.regions.back();
  uint32_t end = isLast ? uint32_t(code.cells.size()) : (&region + 1)->cell;
  for (uint32_t at = region.cell + 1; at < end;) {
    if (!checkOp(code.cells[at]))
      return false;
    at += cellsOf(opInfo(opOf(code.cells[at].handler)).format);
  }
  return region.price < around.numCharges && region.liveWords <= func.roomWords;
}

bool RegionCheck::run() const {
  auto isConstant = [&](FrameConstant constant) { return isWord(constant.word); };
  auto isCharged = [&](const Marker &marker) { return marker.price < around.numCharges; };
  return std::ranges::all_of(func.constants, isConstant) &&
         std::ranges::all_of(code.markers, isCharged) &&
         std::ranges::all_of(code.regions, [&](const Region &r) { return checkRegion(r); });
}

bool writ::interp::areRegionsSound(const Code &code, const CodeSurroundings &surroundings) {
  return RegionCheck(code, surroundings).run();
}
