//===- UnitFormat.cpp - What goes to a compiler's process and back --------===//

#include "jit/tierup/UnitFormat.h"

#include "hostabi/Bytes.h"
#include "jit/image/ModuleInfoFormat.h"

#include <algorithm>
#include <string>

using namespace writ;

static std::vector<uint8_t> copyOf(std::span<const uint8_t> bytes) {
  return {bytes.begin(), bytes.end()};
}

std::vector<uint8_t> writ::encode(const ChildRequest &request) {
  ByteWriter writer;
  writer.number64(request.limits.memoryBytes);
  writer.number64(request.limits.cpuSeconds);
  writer.number64(request.limits.wallSeconds);
  writer.number32(request.unit.func);
  writer.number32(request.unit.loop);
  writer.block(request.options);
  writeCharges(writer, request.charges);
  writer.number32(request.numOwnCharges);
  writer.block(request.bytes);
  return writer.bytes;
}

Result<ChildRequest> writ::decodeRequest(std::span<const uint8_t> bytes) {
  ByteReader reader(bytes);
  ChildRequest request;
  request.limits.memoryBytes = reader.number64();
  request.limits.cpuSeconds = reader.number64();
  request.limits.wallSeconds = reader.number64();
  request.unit.func = reader.number32();
  request.unit.loop = reader.number32();
  request.options = copyOf(reader.block());
  request.charges = readCharges(reader);
  request.numOwnCharges = reader.number32(uint32_t(request.charges.size()));
  request.bytes = copyOf(reader.block());
  if (!reader.isDone())
    return internalError("this is not a request to compile");
  return request;
}

//===----------------------------------------------------------------------===//
// Answers
//===----------------------------------------------------------------------===//

static void encodeImage(ByteWriter &writer, const UnitImage &image) {
  writer.block(image.code);
  writer.number32(image.entry);
  writer.count(image.faults.size());
  for (FaultSite fault : image.faults) {
    writer.number32(fault.pc);
    writer.number32(fault.site);
  }
  writer.count(image.sites.size());
  for (const TrapSite &site : image.sites) {
    writer.number8(uint8_t(site.kind));
    for (uint32_t number : {site.func, site.offset, site.refund, site.owed})
      writer.number32(number);
  }
  writer.count(image.callTypes.size());
  for (const FuncType &type : image.callTypes)
    writeFuncType(writer, type);
  writeCharges(writer, image.addedCharges);
}

std::vector<uint8_t> writ::encode(const Result<UnitImage> &answer) {
  ByteWriter writer;
  writer.number8(answer ? 1 : 0);
  if (answer) {
    encodeImage(writer, *answer);
    return writer.bytes;
  }
  const Error &error = answer.error();
  writer.number8(uint8_t(error.kind));
  writer.text(error.message);
  return writer.bytes;
}

static UnitImage decodeImage(ByteReader &reader) {
  UnitImage image;
  image.code = copyOf(reader.block());
  image.entry = reader.number32();
  image.faults.resize(reader.count(8));
  for (FaultSite &fault : image.faults) {
    fault.pc = reader.number32();
    fault.site = reader.number32();
  }
  image.sites.resize(reader.count(17));
  for (TrapSite &site : image.sites) {
    site.kind = TrapKind(reader.number8());
    for (uint32_t *number : {&site.func, &site.offset, &site.refund, &site.owed})
      *number = reader.number32();
  }
  image.callTypes.resize(reader.count(8));
  for (FuncType &type : image.callTypes)
    type = readFuncType(reader);
  image.addedCharges = readCharges(reader);
  return image;
}

Result<UnitImage> writ::decodeAnswer(std::span<const uint8_t> bytes) {
  ByteReader reader(bytes);
  Error strange = internalError("the compiler's process gave an answer that nobody understands");
  if (reader.number8(1) == 1) {
    UnitImage image = decodeImage(reader);
    if (!reader.isDone())
      return strange;
    return image;
  }
  auto kind = ErrorKind(reader.number8(uint8_t(ErrorKind::Internal)));
  std::string_view text = reader.text();
  if (!reader.isDone())
    return strange;
  constexpr size_t longest = 1000;
  return Error{kind, std::string(text.substr(0, longest))};
}
