//===- NameSection.cpp - Debug names of the module and its functions ------===//
//
// Names are a help for people: whatever is wrong with this section, the module
// stays as valid as it was and just has fewer names.
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/ReadState.h"

namespace writ::wasm {

static std::string readDebugName(Cursor &in, Failure &failure) {
  Cursor text = in.take(in.readU32());
  std::span<const uint8_t> bytes = text.bytes();
  if (!isUtf8(bytes))
    failure.report(text.offset(), "malformed UTF-8 encoding");
  return std::string(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

static void readFunctionNames(Module &module, Cursor in, Failure &failure) {
  for (uint32_t count = in.readU32(); count > 0 && !failure.isSet(); --count) {
    uint32_t index = in.readU32();
    std::string name = readDebugName(in, failure);
    if (!failure.isSet() && index < module.info.funcs.size())
      module.info.funcs[index].name = std::move(name);
  }
}

void readNameSection(Module &module, std::span<const uint8_t> contents) {
  Failure ignored;
  Cursor in(contents, ignored);
  while (!in.atEnd() && !ignored.isSet()) {
    uint8_t kind = in.readByte();
    Cursor part = in.take(in.readU32());
    if (ignored.isSet())
      return;
    if (kind == 0) {
      std::string name = readDebugName(part, ignored);
      if (!ignored.isSet())
        module.info.name = std::move(name);
    } else if (kind == 1) {
      readFunctionNames(module, part, ignored);
    }
  }
}

} // namespace writ::wasm
