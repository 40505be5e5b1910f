//===- Reprice.cpp - Fill another schedule into a metered module ----------===//
#include "lowering/wasm/Reprice.h"

#include "lowering/wasm/Code.h"
#include "lowering/wasm/Instructions.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <string>

using namespace writ;
using namespace writ::wasmgen;

namespace {
/// Reads numbers and names. Once something is missing it gives zeros, and `failed` says so.
class Reader {
public:
  explicit Reader(std::span<const uint8_t> bytes) : rest(bytes) {}

  uint8_t byte() {
    if (rest.empty()) {
      hasFailed = true;
      return 0;
    }
    uint8_t value = rest.front();
    rest = rest.subspan(1);
    return value;
  }
  uint64_t number() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      uint8_t part = byte();
      value |= uint64_t(part & 0x7f) << shift;
      if (!(part & 0x80))
        return value;
    }
    hasFailed = true;
    return 0;
  }
  std::span<const uint8_t> take(uint64_t size) {
    if (size > rest.size()) {
      hasFailed = true;
      size = 0;
    }
    auto taken = rest.first(size);
    rest = rest.subspan(size);
    return taken;
  }
  std::string name() {
    auto bytes = take(number());
    return {bytes.begin(), bytes.end()};
  }
  bool atEnd() const { return rest.empty() || hasFailed; }
  bool failed() const { return hasFailed; }
  size_t left() const { return rest.size(); }

private:
  std::span<const uint8_t> rest;
  bool hasFailed = false;
};

struct Section {
  uint8_t id = 0;
  std::span<const uint8_t> contents;
};
} // namespace

static std::vector<Section> readSections(Reader &reader) {
  std::vector<Section> sections;
  reader.take(8);
  while (!reader.atEnd()) {
    uint8_t id = reader.byte();
    sections.push_back({id, reader.take(reader.number())});
  }
  return sections;
}

static void skipLimits(Reader &reader) {
  bool hasMaximum = reader.byte() & 1;
  reader.number();
  if (hasMaximum)
    reader.number();
}

/// The names of imported functions.
static std::vector<std::pair<std::string, std::string>>
readImports(std::span<const uint8_t> contents) {
  std::vector<std::pair<std::string, std::string>> names;
  Reader reader(contents);
  for (uint64_t left = reader.number(); left > 0 && !reader.failed(); --left) {
    std::string module = reader.name(), name = reader.name();
    switch (reader.byte()) {
    case 0:
      reader.number();
      names.emplace_back(std::move(module), std::move(name));
      break;
    case 1:
      reader.byte();
      skipLimits(reader);
      break;
    case 2:
      skipLimits(reader);
      break;
    default:
      reader.take(2);
    }
  }
  return names;
}

namespace {
/// What `writ.charges` says (docs/wasm-target.md).
struct Charges {
  std::vector<uint64_t> prices;
  size_t held = 0; ///< So many of them are in globals.
  struct Patch {
    uint64_t at; ///< In the contents of the code section.
    uint64_t price;
  };
  std::vector<Patch> patches;
};
} // namespace

/// The prices under `schedule`, in order; none if they make no sense.
static std::optional<std::vector<uint64_t>>
readPrices(Reader &reader, const Schedule &schedule,
           const std::vector<std::pair<std::string, std::string>> &imports) {
  std::vector<uint64_t> prices;
  for (uint64_t left = reader.number(); left > 0; --left) {
    CostCounts counts;
    int costClass = -1;
    uint8_t packed = reader.byte();
    if (packed == 0) {
      uint64_t import = reader.number();
      if (reader.failed() || import >= imports.size())
        return std::nullopt;
      prices.push_back(schedule.hostPrice(imports[import].first, imports[import].second));
      continue;
    }
    for (; packed != 0; packed = reader.byte()) {
      uint64_t distance = packed >> 4, count = packed & 15;
      distance += distance == 15 ? reader.number() : 0;
      count += count == 15 ? reader.number() : 0;
      if (reader.failed() || distance == 0 || distance > numCostClasses ||
          costClass + int(distance) >= int(numCostClasses) || count > UINT32_MAX)
        return std::nullopt;
      costClass += int(distance);
      counts.push_back({CostClass(costClass), uint32_t(count)});
    }
    if (reader.failed())
      return std::nullopt;
    prices.push_back(amount(counts, schedule));
  }
  return prices;
}

static std::optional<Charges>
readCharges(Reader reader, const Schedule &schedule,
            const std::vector<std::pair<std::string, std::string>> &imports) {
  if (reader.number() != 2)
    return std::nullopt;
  Charges charges;
  charges.held = reader.number();
  std::optional<std::vector<uint64_t>> prices = readPrices(reader, schedule, imports);
  if (!prices || charges.held > prices->size())
    return std::nullopt;
  charges.prices = std::move(*prices);
  uint64_t at = 0;
  for (uint64_t left = reader.number(); left > 0; --left) {
    at += reader.number();
    uint64_t number = reader.number();
    if (reader.failed() || number >= charges.prices.size())
      return std::nullopt;
    charges.patches.push_back({at, charges.prices[number]});
  }
  return charges;
}

/// Past a constant expression of one instruction.
static void skipExpression(Reader &reader) {
  switch (reader.byte()) {
  case f32ConstCode:
    reader.take(4);
    break;
  case f64ConstCode:
    reader.take(8);
    break;
  case refNullCode:
    reader.byte();
    break;
  default: // A number, signed or not: the last byte is the one without the high bit.
    while (reader.byte() & 0x80)
      continue;
  }
  if (reader.byte() != endCode)
    reader.take(SIZE_MAX);
}

/// The global section's contents with its last globals replaced; empty if those are no prices.
static std::vector<uint8_t> replaceGlobals(std::span<const uint8_t> contents,
                                           std::span<const uint64_t> prices) {
  Reader reader(contents);
  uint64_t count = reader.number();
  if (prices.size() > count)
    return {};
  std::vector<uint8_t> made;
  Encoder out(made);
  out.number(count);
  size_t start = contents.size() - reader.left();
  for (uint64_t left = count - prices.size(); left > 0 && !reader.failed(); --left) {
    reader.take(2);
    skipExpression(reader);
  }
  out.raw(contents.subspan(start, contents.size() - reader.left() - start));
  for (uint64_t price : prices) {
    bool isPrice = reader.byte() == typeCode(ValueType::I64) && reader.byte() == 0;
    skipExpression(reader);
    if (!isPrice || reader.failed())
      return {};
    for (uint8_t byte : {typeCode(ValueType::I64), uint8_t(0), uint8_t(i64ConstCode)})
      out.byte(byte);
    out.signedNumber(int64_t(price));
    out.byte(endCode);
  }
  return reader.failed() ? std::vector<uint8_t>() : made;
}

/// The code section's contents with the prices in it replaced; empty if there are none.
static std::vector<uint8_t> replaceInCode(std::span<const uint8_t> contents,
                                          const std::vector<Charges::Patch> &patches) {
  std::vector<uint8_t> made(contents.begin(), contents.end());
  for (auto [at, price] : patches) {
    if (at == 0 || at > made.size() || made.size() - at < patchSize ||
        made[at - 1] != i64ConstCode || made[at + patchSize - 1] >= 0x80)
      return {};
    std::vector<uint8_t> bytes;
    Encoder(bytes).patch(price);
    std::ranges::copy(bytes, made.begin() + ptrdiff_t(at));
  }
  return made;
}

Result<std::vector<uint8_t>> writ::reprice(std::span<const uint8_t> module,
                                           const Schedule &schedule, std::string_view name) {
  auto refuse = [&](std::string_view what) { return badInput(fmt::format("{}: {}", name, what)); };
  Reader reader(module);
  std::vector<Section> sections = readSections(reader);
  if (reader.failed() || module.size() < 8)
    return refuse("is no WebAssembly module");
  std::vector<std::pair<std::string, std::string>> imports;
  std::optional<Charges> charges;
  bool hasCharges = false;
  for (const Section &section : sections) {
    if (section.id == importSection)
      imports = readImports(section.contents);
    Reader custom(section.contents);
    if (section.id != customSection || custom.name() != "writ.charges")
      continue;
    hasCharges = true;
    charges = readCharges(custom, schedule, imports);
  }
  if (!hasCharges)
    return refuse("has no section writ.charges: it was not made by `writ compile --target wasm32`, "
                  "or with --no-charges");
  bool fits = charges.has_value(), hasGlobals = false, hasCode = false;
  std::vector<uint8_t> made(module.begin(), module.begin() + 8);
  Encoder out(made);
  for (const Section &section : sections) {
    std::vector<uint8_t> changed;
    std::span<const uint8_t> contents = section.contents;
    if (fits && section.id == globalSection && charges->held != 0) {
      changed = replaceGlobals(contents, std::span(charges->prices).first(charges->held));
      hasGlobals = !changed.empty();
      contents = changed;
    }
    if (fits && section.id == codeSection && !charges->patches.empty()) {
      changed = replaceInCode(contents, charges->patches);
      hasCode = !changed.empty();
      contents = changed;
    }
    out.byte(section.id);
    out.number(contents.size());
    out.raw(contents);
  }
  fits &= hasGlobals || charges->held == 0;
  if (!fits || (!hasCode && !charges->patches.empty()))
    return refuse("has a section writ.charges that does not fit its globals and code");
  return made;
}
