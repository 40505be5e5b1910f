//===- CodeCheck.cpp - Is this the code of a module? ----------------------===//
#include "jit/interp/CodeCheck.h"

#include "hostabi/Traps.h"
#include "jit/interp/Pairs.h"
#include "jit/runtime/Signatures.h"

#include <algorithm>
#include <type_traits>

using namespace writ;
using namespace writ::interp;

//===----------------------------------------------------------------------===//
// What ops are like
//===----------------------------------------------------------------------===//

static Opcode firstOf(Opcode op) { return isPair(op) ? pairInfo(op).first : op; }

/// Which of the fields a, b, c, d are words of the frame, by bits.
static unsigned wordFields(Format format) {
  switch (format) {
  case Format::None:
  case Format::I:
  case Format::J:
  case Format::CallJ:
  case Format::CallI:
  case Format::TailJ:
  case Format::TailI:
    return 0;
  case Format::D:
  case Format::DI:
  case Format::DataWord:
  case Format::SI:
  case Format::SHJ:
  case Format::LoadAt:
  case Format::StoreAt:
  case Format::StoreImm:
  case Format::SwitchTable:
  case Format::CallS:
  case Format::TailS:
  case Format::EnterData:
    return 1;
  case Format::DS:
  case Format::DSI:
  case Format::SSI:
  case Format::SSJ:
  case Format::Load:
  case Format::Store:
    return 3;
  case Format::DSS:
  case Format::SSS:
  case Format::DSSData:
  case Format::SSSData:
    return 7;
  case Format::DSSS:
    break;
  }
  return 15;
}

/// Nothing runs on from it to the next cell.
static bool endsCode(Opcode op) {
  switch (op) {
  case Opcode::Jump:
  case Opcode::JumpCharge:
  case Opcode::Switch:
  case Opcode::Trap:
  case Opcode::TailCall:
  case Opcode::TailCallImport:
  case Opcode::TailCallIndirect:
  case Opcode::Return:
  case Opcode::ReturnOne:
    return true;
  default:
    return false;
  }
}

/// Goes on with the next op in every case, or traps.
static bool isStraight(Opcode op) {
  Format format = opInfo(op).format;
  return !endsCode(op) && format != Format::SSJ && format != Format::SHJ &&
         format != Format::CallJ && format != Format::CallI && format != Format::CallS;
}

/// Branches that also pay for where they go.
static bool paysCharges(Opcode op) {
  switch (op) {
#define WRIT_COMPARE(Name, Mnemonic, T, Expression)                                                \
  case Opcode::Br##Name##Charge:                                                                   \
  case Opcode::Br##Name##ImmCharge:
#define WRIT_FLOAT_COMPARE(Name, Mnemonic, T, Expression) case Opcode::Br##Name##Charge:
#include "jit/interp/Bytecode.def"
  case Opcode::JumpCharge:
    return true;
  default:
    return false;
  }
}

/// Whether the machine can divide by `imm`, which the handler does not look at.
static bool canDivideBy(Opcode op, int32_t imm) {
  switch (op) {
#define WRIT_DIVISION(Name, Mnemonic, T, Expression)                                               \
  case Opcode::Name##Imm:                                                                          \
    return imm != 0 && (!std::is_signed_v<T> || imm != -1);
#include "jit/interp/Bytecode.def"
  default:
    return true;
  }
}

static bool isTrap(uint32_t kind) {
  return kind != uint32_t(TrapKind::None) && kind < uint32_t(TrapKind::Internal) &&
         parseTrapKind(trapName(TrapKind(kind))) == TrapKind(kind);
}

//===----------------------------------------------------------------------===//
// The check
//===----------------------------------------------------------------------===//

namespace {

class CodeCheck {
public:
  CodeCheck(const Code &code, const std::vector<Opcode> &ops, const CodeSurroundings &around)
      : code(code), ops(ops), around(around), info(around.info) {}
  bool run();

private:
  bool checkModule();
  bool checkSides();
  bool checkRegion(size_t index);
  bool checkFunction(const Function &function);
  bool checkPrologue(uint32_t &at);
  bool checkOp(uint32_t at);
  bool checkJumps(uint32_t at, Opcode op);
  bool checkSwitch(uint32_t at);
  bool checkNumber(uint32_t at, Opcode op);
  bool checkData(uint32_t at, Opcode op);
  bool checkControl(uint32_t at, Opcode op);
  bool checkCall(uint32_t at, Opcode op);
  bool checkFrames(const Cell &data, bool isTail) const;

  bool isOp(uint64_t at) const { return at < ops.size() && ops[at] != Opcode::Data; }
  bool isCharge(uint64_t at) const { return isOp(at) && firstOf(ops[at]) == Opcode::Charge; }
  /// In this function, and where an op begins.
  bool isTarget(uint32_t at, int32_t distance) const {
    int64_t to = int64_t(at) + distance;
    return to >= func->begin && to < func->end && isOp(uint64_t(to));
  }
  bool isWord(uint32_t word) const { return word < func->roomWords; }
  static bool hasCounts(const Cell &data, const FuncType &type) {
    return data.extra[0] == type.results.size() && data.extra[1] == type.params.size();
  }

  const Code &code;
  const std::vector<Opcode> &ops;
  const CodeSurroundings &around;
  const ModuleInfo &info;
  size_t importedGlobals = 0;
  size_t numCharges = 0; ///< Ops of that kind.
  const Function *func = nullptr;
  uint32_t frameBytes = 0; ///< What `func` takes.
};

} // namespace

/// Whether functions are those that are declared.
bool CodeCheck::checkModule() {
  size_t imported = std::ranges::count_if(info.funcs, [](auto &f) { return f.import.has_value(); });
  importedGlobals =
      std::ranges::count_if(info.globals, [](auto &g) { return g.import.has_value(); });
  if (code.numImports != imported ||
      code.functions.size() != (around.isWhole ? info.funcs.size() - imported : 1))
    return false;
  for (size_t i = 0; i < code.functions.size(); ++i) {
    const Function &function = code.functions[i];
    if (function.index < imported || function.index >= info.funcs.size() ||
        (around.isWhole && function.index != imported + i))
      return false;
    const FuncType &type = info.funcs[function.index].type;
    if (function.params != type.params.size() || function.results != type.results.size())
      return false;
  }
  return true;
}

/// Markers lie behind the charge, between ops, with nothing before the last one that could leave:
/// the cells up to any of them can be copied and run.
bool CodeCheck::checkRegion(size_t index) {
  const Region &region = code.regions[index];
  bool isLast = index + 1 == code.regions.size();
  size_t end = isLast ? code.markers.size() : code.regions[index + 1].firstMarker;
  if (!isCharge(region.cell) || code.cells[region.cell].uimm != region.price ||
      region.function >= code.functions.size() || region.firstMarker > end ||
      end > code.markers.size())
    return false;
  const Function &function = code.functions[region.function];
  if (region.cell < function.begin || region.cell >= function.end ||
      region.liveWords > function.roomWords)
    return false;
  uint32_t cell = region.cell + 1, bound = function.end;
  if (!isLast)
    bound = std::min(bound, code.regions[index + 1].cell);
  for (size_t i = region.firstMarker; i < end; ++i) {
    const Marker &marker = code.markers[i];
    if (marker.cell < cell || marker.cell > bound || marker.price >= around.numCharges ||
        (marker.cell < function.end && !isOp(marker.cell)))
      return false;
    for (; cell < marker.cell; ++cell)
      if (isOp(cell) && !isStraight(firstOf(ops[cell])))
        return false;
  }
  return true;
}

/// The tables beside the cells.
bool CodeCheck::checkSides() {
  // Each charge has a region: there are as many, and no two have the same.
  if (code.regions.size() != numCharges)
    return false;
  for (size_t i = 0; i < code.regions.size(); ++i)
    if ((i > 0 && code.regions[i].cell <= code.regions[i - 1].cell) || !checkRegion(i))
      return false;
  for (size_t i = 0; i < code.positions.size(); ++i)
    if (!isOp(code.positions[i].cell) ||
        (i > 0 && code.positions[i].cell < code.positions[i - 1].cell))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

bool CodeCheck::checkSwitch(uint32_t at) {
  for (size_t i = 0; i <= code.cells[at].uimm; ++i) {
    int32_t distance;
    std::memcpy(&distance, reinterpret_cast<const char *>(&code.cells[at + 1]) + 4 * i, 4);
    if (!isTarget(at, distance))
      return false;
  }
  return true;
}

bool CodeCheck::checkJumps(uint32_t at, Opcode op) {
  int32_t distance = code.cells[at].imm;
  if (!isTarget(at, distance))
    return false;
  if (!paysCharges(op))
    return true;
  return isCharge(uint32_t(int64_t(at) + distance)) &&
         (op == Opcode::JumpCharge || (at + 1 < func->end && isCharge(at + 1)));
}

/// Immediates that are indices.
bool CodeCheck::checkNumber(uint32_t at, Opcode op) {
  uint32_t number = code.cells[at].uimm;
  switch (op) {
  case Opcode::FarLoad:
  case Opcode::FarStore:
    return isWord(number);
  case Opcode::GlobalGet:
    return number < info.globals.size() - importedGlobals;
  case Opcode::GlobalSet:
    return number < info.globals.size() - importedGlobals &&
           info.globals[importedGlobals + number].isMutable;
  case Opcode::ImportedGet:
    return number < importedGlobals;
  case Opcode::ImportedSet:
    return number < importedGlobals && info.globals[number].isMutable;
  case Opcode::RefFunc:
    return number < info.funcs.size();
  case Opcode::TableGet:
  case Opcode::TableSet:
  case Opcode::TableSize:
    return number < info.tables.size();
  case Opcode::DataDrop:
    return number < info.data.size();
  case Opcode::ElemDrop:
    return number < info.elems.size();
  case Opcode::Charge:
  case Opcode::ChargeUnits:
    return number < around.numCharges;
  case Opcode::Profile:
    return number / 2 < info.funcs.size();
  case Opcode::MemoryGrow:
  case Opcode::MemoryCopy:
  case Opcode::MemoryFill:
    return !info.memories.empty();
  default:
    return canDivideBy(op, code.cells[at].imm);
  }
}

/// Indices in the next cell.
bool CodeCheck::checkData(uint32_t at, Opcode op) {
  const uint32_t *numbers = code.cells[at + 1].data;
  switch (op) {
  case Opcode::MemoryInit:
    return !info.memories.empty() && numbers[0] < info.data.size();
  case Opcode::TableGrow:
  case Opcode::TableFill:
    return numbers[0] < info.tables.size();
  case Opcode::TableCopy:
    return numbers[0] < info.tables.size() && numbers[1] < info.tables.size();
  default: // TableInit
    return numbers[0] < info.tables.size() && numbers[1] < info.elems.size();
  }
}

/// The callee's frame, with the return address before it, and its words are in the room of ours; in
/// a tail call they are our own, and the frame that is given back is what was taken.
bool CodeCheck::checkFrames(const Cell &data, bool isTail) const {
  uint32_t words = std::max(data.extra[0], data.extra[1]);
  if (isTail)
    return data.data[1] == frameBytes && words <= func->roomWords && data.extra[0] == func->results;
  return data.data[1] >= 1 && data.data[1] <= func->roomWords &&
         words <= func->roomWords - data.data[1] && isWord(data.data[0]);
}

bool CodeCheck::checkCall(uint32_t at, Opcode op) {
  const Cell &cell = code.cells[at], &next = code.cells[at + 1];
  switch (op) {
  case Opcode::Call:
  case Opcode::TailCall: {
    if (!checkFrames(next, op == Opcode::TailCall))
      return false;
    if (!around.isWhole)
      return cell.imm == 0; // It is never reached.
    int64_t to = int64_t(at) + cell.imm;
    if (to < 0 || to >= int64_t(ops.size()))
      return false;
    const Function &callee = code.functionAt(uint32_t(to));
    return callee.begin == to && hasCounts(next, info.funcs[callee.index].type);
  }
  case Opcode::CallImport:
  case Opcode::TailCallImport:
    return checkFrames(next, op == Opcode::TailCallImport) && cell.uimm < code.numImports &&
           hasCounts(next, info.funcs[cell.uimm].type);
  case Opcode::CallIndirect:
    return checkFrames(code.cells[at + 2], false) && cell.uimm < info.tables.size() &&
           hasCounts(code.cells[at + 2], signatureType(next.data[0]));
  default: // TailCallIndirect
    return checkFrames(next, true) && cell.uimm < info.tables.size() &&
           hasCounts(next, signatureType(next.data[0]));
  }
}

bool CodeCheck::checkControl(uint32_t at, Opcode op) {
  const Cell &cell = code.cells[at];
  switch (op) {
  case Opcode::Return:
    return cell.uimm == frameBytes && func->results != 1;
  case Opcode::ReturnOne:
    return cell.uimm == frameBytes && func->results == 1;
  case Opcode::Trap:
    return isTrap(cell.uimm);
  case Opcode::Enter: // Only at the start.
  case Opcode::OutOfGas:
  case Opcode::Data:
  case Opcode::Exit:
    return false;
  default:
    return checkNumber(at, op);
  }
}

/// One op, with its data.
bool CodeCheck::checkOp(uint32_t at) {
  Opcode op = firstOf(ops[at]);
  if (op != ops[at] && (at + 1 >= func->end || firstOf(ops[at + 1]) != pairInfo(ops[at]).second))
    return false;
  const Cell &cell = code.cells[at];
  Format format = opInfo(op).format;
  unsigned fields = wordFields(format);
  for (uint32_t word : {cell.a, cell.b, cell.c, cell.d}) {
    if ((fields & 1) && !isWord(word))
      return false;
    fields >>= 1;
  }
  switch (format) {
  case Format::J:
  case Format::SSJ:
  case Format::SHJ:
    return checkJumps(at, op);
  case Format::SwitchTable:
    return checkSwitch(at);
  case Format::DSSData:
  case Format::SSSData:
    return checkData(at, op);
  case Format::CallJ:
  case Format::CallI:
  case Format::CallS:
  case Format::TailJ:
  case Format::TailI:
  case Format::TailS:
    return checkCall(at, op);
  default:
    return checkControl(at, op);
  }
}

/// A function may begin with charges; then it takes its frame, once. `at` is then what follows.
bool CodeCheck::checkPrologue(uint32_t &at) {
  at = func->begin;
  while (at < func->end && ops[at] != Opcode::Enter) {
    bool isPaired = ops[at] != Opcode::Charge;
    if (!isCharge(at) || !checkOp(at) || (isPaired && ops[at + 1] != Opcode::Enter))
      return false;
    ++numCharges;
    ++at;
  }
  if (at >= func->end)
    return false;
  const Cell &enter = code.cells[at], &data = code.cells[at + 1];
  frameBytes = enter.uimm;
  at += 2;
  return data.data[1] == func->roomWords && data.data[0] <= func->roomWords &&
         enter.a <= func->roomWords - data.data[0];
}

bool CodeCheck::checkFunction(const Function &function) {
  func = &function;
  if (function.begin >= function.end || !isOp(function.begin) ||
      function.params > function.roomWords || function.results > function.roomWords)
    return false;
  for (FrameConstant constant : function.constants)
    if (!isWord(constant.word))
      return false;
  uint32_t at = 0;
  if (!checkPrologue(at))
    return false;
  Opcode last = Opcode::Enter;
  for (; at < function.end; ++at) {
    if (!isOp(at))
      continue; // Data of the op before.
    last = firstOf(ops[at]);
    if (!checkOp(at))
      return false;
    numCharges += last == Opcode::Charge;
  }
  // Data cells of the last op do not go on in the next function: that begins with an op.
  return endsCode(last);
}

bool CodeCheck::run() {
  if (!checkModule())
    return false;
  for (const Function &function : code.functions)
    if (!checkFunction(function))
      return false;
  return checkSides();
}

bool writ::interp::isSound(const Code &code, const std::vector<Opcode> &ops,
                           const CodeSurroundings &surroundings) {
  return CodeCheck(code, ops, surroundings).run();
}
