//===- ChargeFormat.cpp - Charge tables in artifacts ----------------------===//
#include "jit/image/ChargeFormat.h"

#include "jit/image/ModuleInfoFormat.h"

#include <algorithm>

using namespace writ;
using namespace writ::cache;

//===----------------------------------------------------------------------===//
// Amounts: how many schedules; of each its prices and the bytes of an amount; the amounts
//===----------------------------------------------------------------------===//

static constexpr size_t scheduleBytes = 8 * numCostClasses + 1;

static uint8_t widthFor(std::span<const uint64_t> amounts) {
  uint64_t largest = amounts.empty() ? 0 : *std::ranges::max_element(amounts);
  return largest <= UINT16_MAX ? 2 : largest <= UINT32_MAX ? 4 : 8;
}

static void writeAmounts(ByteWriter &writer, std::span<const uint64_t> amounts) {
  uint8_t width = widthFor(amounts);
  for (uint64_t amount : amounts)
    for (uint8_t i = 0; i < width; ++i)
      writer.number8(uint8_t(amount >> (8 * i)));
}

std::vector<SectionBytes> writ::makeChargeSections(const std::vector<CostCounts> &charges) {
  ByteWriter counts, head, amounts;
  writeCharges(counts, charges);
  std::span<const std::string_view> names = shippedScheduleNames();
  head.count(names.size());
  std::vector<uint64_t> filled(charges.size());
  for (std::string_view name : names) {
    const ClassPrices &prices = shippedSchedule(name)->classPrices;
    refill(filled, charges, prices);
    for (uint64_t price : prices)
      head.number64(price);
    head.number8(widthFor(filled));
    writeAmounts(amounts, filled);
  }
  head.raw(amounts.bytes);
  std::vector<SectionBytes> sections;
  sections.push_back({SectionId::Charges, std::move(counts.bytes)});
  sections.push_back({SectionId::Amounts, std::move(head.bytes)});
  return sections;
}

template <typename T>
static void widen(std::span<const uint8_t> bytes, std::vector<uint64_t> &amounts) {
  for (size_t i = 0; i < amounts.size(); ++i) {
    T amount;
    std::memcpy(&amount, bytes.data() + i * sizeof(T), sizeof(T));
    amounts[i] = amount;
  }
}

static Error damaged() { return badInput("artifact: its amounts do not fit its charges"); }

namespace {

class ArtifactCharges final : public ChargeSource {
public:
  ArtifactCharges(std::shared_ptr<const Artifact> artifact, size_t count)
      : artifact(std::move(artifact)), count(count) {}

  size_t size() const override { return count; }

  Result<std::vector<CostCounts>> read() const override {
    auto bytes = artifact->read(SectionId::Charges);
    if (!bytes)
      return bytes.error();
    ByteReader reader(*bytes);
    auto charges = readCharges(reader);
    if (!reader.isDone() || charges.size() != count)
      return badInput("artifact: its charge table is damaged");
    return charges;
  }

  Result<std::vector<uint64_t>> amounts(const ClassPrices &prices) const override;

private:
  Result<std::vector<uint64_t>> amountsAt(std::span<const uint8_t> start, uint64_t offset,
                                          uint8_t width) const;

  std::shared_ptr<const Artifact> artifact;
  size_t count;
};

} // namespace

/// `start` is what has been read of the section.
Result<std::vector<uint64_t>> ArtifactCharges::amountsAt(std::span<const uint8_t> start,
                                                         uint64_t offset, uint8_t width) const {
  std::vector<uint8_t> read;
  std::span<const uint8_t> bytes;
  if (offset + count * width <= start.size()) {
    bytes = start.subspan(offset, count * width);
  } else {
    auto made = artifact->read(*artifact->find(SectionId::Amounts), offset, count * width);
    if (!made)
      return made.error();
    read = std::move(*made);
    bytes = read;
  }
  std::vector<uint64_t> amounts(count);
  if (width == 2)
    widen<uint16_t>(bytes, amounts);
  else if (width == 4)
    widen<uint32_t>(bytes, amounts);
  else
    widen<uint64_t>(bytes, amounts);
  for (uint64_t amount : amounts)
    if (amount > maxGas)
      return damaged();
  return amounts;
}

Result<std::vector<uint64_t>> ArtifactCharges::amounts(const ClassPrices &wanted) const {
  const Artifact::Section *section = artifact->find(SectionId::Amounts);
  if (!section)
    return std::vector<uint64_t>();
  // All prices are in there, and the amounts of the usual schedule too.
  constexpr uint32_t most = 16, startBytes = 16384;
  static_assert(4 + most * scheduleBytes <= startBytes);
  auto start = artifact->read(*section, 0, std::min<uint64_t>(section->size, startBytes));
  if (!start)
    return start.error();
  ByteReader reader(*start);
  uint32_t schedules = reader.number32(most);
  uint64_t offset = 4 + schedules * scheduleBytes;
  for (uint32_t i = 0; i < schedules; ++i) {
    ClassPrices prices;
    for (uint64_t &price : prices)
      price = reader.number64();
    uint8_t width = reader.number8();
    if (width != 2 && width != 4 && width != 8)
      return damaged();
    if (prices == wanted)
      return amountsAt(*start, offset, width);
    offset += uint64_t(count) * width;
  }
  return std::vector<uint64_t>();
}

std::shared_ptr<const ChargeSource> writ::makeChargeSource(std::shared_ptr<const Artifact> artifact,
                                                           size_t numCharges) {
  return std::make_shared<ArtifactCharges>(std::move(artifact), numCharges);
}

Result<void> writ::checkCharges(const Artifact &artifact, size_t numCharges) {
  // Not owned: it does not outlive this.
  ArtifactCharges charges({std::shared_ptr<void>(), &artifact}, numCharges);
  auto counts = charges.read();
  auto amounts = artifact.read(SectionId::Amounts);
  if (!counts || !amounts)
    return counts ? amounts.error() : counts.error();
  auto made = makeChargeSections(*counts);
  return made.back().bytes == *amounts ? Result<void>() : Result<void>(damaged());
}
