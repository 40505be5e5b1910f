//===- InstructionTypes.cpp - Where instructions begin, what they take ----===//
#include "lowering/wasm/InstructionTypes.h"

#include "lowering/wasm/Instructions.h"
#include "lowering/wasm/Numbering.h"

#include <string_view>

using namespace writ;
using namespace writ::wasmgen;

//===----------------------------------------------------------------------===//
// Where they begin
//===----------------------------------------------------------------------===//

namespace {
/// Walks over code with gaps.
class Walker {
public:
  explicit Walker(const Code &code) : code(code) {}

  bool atEnd() const { return at == code.bytes.size() && !atGap(); }
  void skipInstruction();

  uint32_t at = 0, gap = 0;

private:
  bool atGap() const { return gap < code.gaps.size() && code.gaps[gap].at == at; }
  uint8_t byte() { return code.bytes[at++]; }
  /// A number, or the gap in its place; of long ones, the low bits.
  uint64_t number();
  void numbers(uint64_t count) {
    for (; count > 0; --count)
      number();
  }

  const Code &code;
};
} // namespace

uint64_t Walker::number() {
  if (atGap()) {
    ++gap;
    return 0;
  }
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    uint8_t part = byte();
    if (shift < 64)
      value |= uint64_t(part & 0x7f) << shift;
    if (!(part & 0x80))
      return value;
  }
}

/// Numbers behind an instruction of the families with code 0xfc.
static unsigned countMiscNumbers(uint64_t code) {
  constexpr uint64_t firstBulk = 8;
  constexpr uint8_t counts[] = {2, 1, 2, 1, 2, 1, 2, 1, 1, 1};
  return code < firstBulk ? 0 : counts[code - firstBulk];
}

void Walker::skipInstruction() {
  if (atGap()) { // A whole one.
    ++gap;
    return;
  }
  uint8_t code = byte();
  if (code >= 0x28 && code <= 0x3e) // Loads and stores.
    return numbers(2);
  switch (code) {
  case blockCode:
  case loopCode:
  case ifCode:
  case brCode:
  case brIfCode:
  case callCode:
  case returnCallCode:
  case localGetCode:
  case localSetCode:
  case localTeeCode:
  case globalGetCode:
  case globalSetCode:
  case tableGetCode:
  case tableSetCode:
  case memorySizeCode:
  case memoryGrowCode:
  case i32ConstCode:
  case i64ConstCode:
  case refNullCode:
  case refFuncCode:
    return numbers(1);
  case callIndirectCode:
  case returnCallIndirectCode:
    return numbers(2);
  case brTableCode:
    return numbers(number() + 1);
  case typedSelectCode:
    return numbers(number());
  case f32ConstCode:
    at += 4;
    return;
  case f64ConstCode:
    at += 8;
    return;
  case miscCode:
    return numbers(countMiscNumbers(number()));
  default:
    return;
  }
}

std::vector<InstructionRange> wasmgen::splitInstructions(const Body &body) {
  std::vector<InstructionRange> found;
  Walker walker(body.code);
  const std::vector<Place> &places = body.code.places;
  for (uint32_t place = 0; !walker.atEnd();) {
    InstructionRange range;
    range.begin = walker.at;
    range.firstGap = walker.gap;
    range.place = place;
    range.hasPlace = place < places.size() && places[place].at == range.begin &&
                     places[place].gaps == range.firstGap;
    place += range.hasPlace;
    walker.skipInstruction();
    range.end = walker.at;
    range.endGap = walker.gap;
    found.push_back(range);
  }
  return found;
}

//===----------------------------------------------------------------------===//
// What they take
//===----------------------------------------------------------------------===//

namespace {
/// Instructions with consecutive codes; types are i, l, f and d.
struct TypeRow {
  uint8_t first, last;
  std::string_view params, results;
};
} // namespace

static constexpr TypeRow typeRows[] = {
    {0x28, 0x28, "i", "i"},  {0x29, 0x29, "i", "l"},  {0x2a, 0x2a, "i", "f"},
    {0x2b, 0x2b, "i", "d"},  {0x2c, 0x2f, "i", "i"},  {0x30, 0x35, "i", "l"},
    {0x36, 0x36, "ii", ""},  {0x37, 0x37, "il", ""},  {0x38, 0x38, "if", ""},
    {0x39, 0x39, "id", ""},  {0x3a, 0x3b, "ii", ""},  {0x3c, 0x3e, "il", ""},
    {0x41, 0x41, "", "i"},   {0x42, 0x42, "", "l"},   {0x43, 0x43, "", "f"},
    {0x44, 0x44, "", "d"},   {0x45, 0x45, "i", "i"},  {0x46, 0x4f, "ii", "i"},
    {0x50, 0x50, "l", "i"},  {0x51, 0x5a, "ll", "i"}, {0x5b, 0x60, "ff", "i"},
    {0x61, 0x66, "dd", "i"}, {0x67, 0x69, "i", "i"},  {0x6a, 0x6c, "ii", "i"},
    {0x71, 0x78, "ii", "i"}, {0x79, 0x7b, "l", "l"},  {0x7c, 0x7e, "ll", "l"},
    {0x83, 0x8a, "ll", "l"}, {0xa7, 0xa7, "l", "i"},  {0xac, 0xad, "i", "l"},
    {0xc0, 0xc1, "i", "i"},  {0xc2, 0xc4, "l", "l"}};

static std::vector<ValueType> typesOf(std::string_view letters) {
  std::vector<ValueType> types;
  for (char letter : letters)
    types.push_back(letter == 'i'   ? ValueType::I32
                    : letter == 'l' ? ValueType::I64
                    : letter == 'f' ? ValueType::F32
                                    : ValueType::F64);
  return types;
}

/// Of a global, or of a function that code brings along.
std::optional<FuncType> InstructionTypes::findWithGap(uint8_t instruction, const Gap &gap) {
  if (instruction == callCode && gap.kind == GapKind::Helper) {
    auto [found, isNew] = helpers.try_emplace(Helper(gap.index));
    if (isNew)
      found->second = module.types[makeHelper(Helper(gap.index), needs).type];
    return found->second;
  }
  ValueType type = ValueType::I64;
  if (gap.kind == GapKind::Global)
    type = module.info.globals[gap.index].type;
  else if (gap.kind == GapKind::Meter)
    type = meterGlobals[gap.index].type;
  else if (gap.kind != GapKind::Limit && gap.kind != GapKind::Price)
    return std::nullopt;
  if (instruction == globalGetCode)
    return FuncType{{}, {type}};
  if (instruction == globalSetCode)
    return FuncType{{type}, {}};
  return std::nullopt;
}

/// Of a gap that is an instruction.
static std::optional<FuncType> findWhole(GapKind kind) {
  switch (kind) {
  case GapKind::Charge:
  case GapKind::Enter:
  case GapKind::EnterLeaf:
  case GapKind::Leave:
    return FuncType{};
  default:
    return std::nullopt;
  }
}

std::optional<FuncType> InstructionTypes::find(const Body &body, const InstructionRange &range) {
  bool hasGap = range.firstGap < range.endGap;
  if (range.begin == range.end)
    return findWhole(body.code.gaps[range.firstGap].kind);
  uint8_t instruction = body.code.bytes[range.begin];
  if (hasGap)
    return findWithGap(instruction, body.code.gaps[range.firstGap]);
  for (const TypeRow &row : typeRows)
    if (instruction >= row.first && instruction <= row.last)
      return FuncType{typesOf(row.params), typesOf(row.results)};
  return std::nullopt;
}
