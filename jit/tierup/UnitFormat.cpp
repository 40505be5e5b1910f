//===- UnitFormat.cpp - What goes to a compiler's process and back --------===//

#include "jit/tierup/UnitFormat.h"

#include <cstring>
#include <string>

using namespace writ;

namespace {

class Writer {
public:
  void number(uint64_t value) {
    for (unsigned i = 0; i < 8; ++i)
      bytes.push_back(uint8_t(value >> (8 * i)));
  }
  void block(std::span<const uint8_t> block) {
    number(block.size());
    bytes.insert(bytes.end(), block.begin(), block.end());
  }
  template <typename List, typename Each>
  void list(const List &items, Each each) {
    number(items.size());
    for (const auto &item : items)
      each(item);
  }
  void charges(const std::vector<CostCounts> &charges) {
    list(charges, [&](const CostCounts &counts) {
      list(counts, [&](const CostCount &count) {
        number(uint64_t(count.costClass));
        number(count.count);
      });
    });
  }
  void types(const std::vector<ValueType> &types) {
    list(types, [&](ValueType type) { number(uint64_t(type)); });
  }

  std::vector<uint8_t> bytes;
};

/// Once something is missing or wrong, gives zeros and remembers that.
class Reader {
public:
  explicit Reader(std::span<const uint8_t> bytes) : rest(bytes) {}

  uint64_t number(uint64_t most = UINT64_MAX) {
    uint64_t value = 0;
    if (rest.size() < 8) {
      isBad = true;
      return 0;
    }
    std::memcpy(&value, rest.data(), 8);
    rest = rest.subspan(8);
    if (value <= most)
      return value;
    isBad = true;
    return 0;
  }
  uint32_t number32() { return uint32_t(number(UINT32_MAX)); }
  std::vector<uint8_t> block() {
    uint64_t size = number(rest.size());
    if (size > rest.size()) {
      isBad = true;
      return {};
    }
    std::vector<uint8_t> block(rest.begin(), rest.begin() + long(size));
    rest = rest.subspan(size);
    return block;
  }
  /// Each item takes at least 8 bytes, so that no list is longer than what there is.
  template <typename Each>
  void list(Each each) {
    uint64_t count = number(rest.size() / 8);
    for (uint64_t i = 0; i < count && !isBad; ++i)
      each();
  }
  std::vector<CostCounts> charges() {
    std::vector<CostCounts> charges;
    list([&] {
      CostCounts &counts = charges.emplace_back();
      list([&] {
        auto costClass = CostClass(number(numCostClasses - 1));
        counts.push_back({costClass, number32()});
      });
    });
    return charges;
  }
  std::vector<ValueType> types() {
    std::vector<ValueType> types;
    list([&] { types.push_back(ValueType(number(uint64_t(ValueType::ExternRef)))); });
    return types;
  }
  bool isDone() const { return !isBad && rest.empty(); }
  bool failed() const { return isBad; }

private:
  std::span<const uint8_t> rest;
  bool isBad = false;
};

} // namespace

std::vector<uint8_t> writ::encode(const ChildRequest &request) {
  Writer writer;
  writer.number(request.limits.memoryBytes);
  writer.number(request.limits.cpuSeconds);
  writer.number(request.limits.wallSeconds);
  writer.number(request.unit.func);
  writer.number(request.unit.loop);
  writer.block(request.options);
  writer.charges(request.charges);
  writer.number(request.numOwnCharges);
  writer.block(request.bytes);
  return writer.bytes;
}

Result<ChildRequest> writ::decodeRequest(std::span<const uint8_t> bytes) {
  Reader reader(bytes);
  ChildRequest request;
  request.limits.memoryBytes = reader.number();
  request.limits.cpuSeconds = reader.number();
  request.limits.wallSeconds = reader.number();
  request.unit.func = reader.number32();
  request.unit.loop = reader.number32();
  request.options = reader.block();
  request.charges = reader.charges();
  request.numOwnCharges = uint32_t(reader.number(request.charges.size()));
  request.bytes = reader.block();
  if (!reader.isDone())
    return internalError("this is not a request to compile");
  return request;
}

//===----------------------------------------------------------------------===//
// Answers
//===----------------------------------------------------------------------===//

static void encodeImage(Writer &writer, const UnitImage &image) {
  writer.block(image.code);
  writer.number(image.entry);
  writer.list(image.faults, [&](FaultSite fault) {
    writer.number(fault.pc);
    writer.number(fault.site);
  });
  writer.list(image.sites, [&](const TrapSite &site) {
    writer.number(uint64_t(site.kind));
    writer.number(site.func);
    writer.number(site.offset);
    writer.number(site.refund);
    writer.number(site.owed);
  });
  writer.list(image.callTypes, [&](const FuncType &type) {
    writer.types(type.params);
    writer.types(type.results);
  });
  writer.charges(image.addedCharges);
}

std::vector<uint8_t> writ::encode(const Result<UnitImage> &answer) {
  Writer writer;
  writer.number(answer ? 1 : 0);
  if (answer) {
    encodeImage(writer, *answer);
    return writer.bytes;
  }
  const Error &error = answer.error();
  writer.number(uint64_t(error.kind));
  const auto *text = reinterpret_cast<const uint8_t *>(error.message.data());
  writer.block({text, error.message.size()});
  return writer.bytes;
}

static UnitImage decodeImage(Reader &reader) {
  UnitImage image;
  image.code = reader.block();
  image.entry = reader.number32();
  reader.list([&] {
    uint32_t pc = reader.number32();
    image.faults.push_back({pc, reader.number32()});
  });
  reader.list([&] {
    TrapSite &site = image.sites.emplace_back();
    site.kind = TrapKind(reader.number(UINT8_MAX));
    site.func = reader.number32();
    site.offset = reader.number32();
    site.refund = reader.number32();
    site.owed = reader.number32();
  });
  reader.list([&] {
    FuncType &type = image.callTypes.emplace_back();
    type.params = reader.types();
    type.results = reader.types();
  });
  image.addedCharges = reader.charges();
  return image;
}

Result<UnitImage> writ::decodeAnswer(std::span<const uint8_t> bytes) {
  Reader reader(bytes);
  Error strange = internalError("the compiler's process gave an answer that nobody understands");
  if (reader.number(1) == 1) {
    UnitImage image = decodeImage(reader);
    if (!reader.isDone())
      return strange;
    return image;
  }
  auto kind = ErrorKind(reader.number(uint64_t(ErrorKind::Internal)));
  std::vector<uint8_t> text = reader.block();
  if (!reader.isDone())
    return strange;
  constexpr size_t longest = 1000;
  return Error{kind,
               std::string(text.begin(), text.begin() + long(std::min(text.size(), longest)))};
}
