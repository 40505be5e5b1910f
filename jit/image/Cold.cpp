//===- Cold.cpp - Regions that cannot be paid, from native code -----------===//

#include "jit/image/Cold.h"

#include "jit/image/ImageCode.h"
#include "jit/interp/Interpreter.h"
#include "jit/runtime/Entry.h"
#include "jit/runtime/Instance.h"
#include "jit/singlepass/Registers.h"

#include <algorithm>
#include <cstring>

using namespace writ;
using namespace writ::singlepass;

/// The canonical NaN in place of any other one.
static uint64_t exact(uint64_t bits, bool isNarrow) {
  if (isNarrow)
    return (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits;
  return (bits & ~(uint64_t(1) << 63)) > 0x7ff0000000000000 ? 0x7ff8000000000000 : bits;
}

static uint64_t fetch(const ColdWord &word, const NativeRegisters &registers) {
  uint64_t bits = word.value;
  switch (word.place) {
  case ColdWord::Place::General:
    bits = registers.general[word.value];
    break;
  case ColdWord::Place::Vector:
    bits = registers.vector[word.value];
    break;
  case ColdWord::Place::Stack:
    std::memcpy(&bits, reinterpret_cast<const char *>(registers.general[rsp]) + word.value, 8);
    break;
  case ColdWord::Place::Constant:
    break;
  }
  if (word.isNarrow)
    bits = uint32_t(bits);
  return word.isExact ? bits : exact(bits, word.isNarrow);
}

/// What the interpreter finds to have nothing that can be observed is not listed.
static const ColdRegion *findListed(const ColdFunction &function, uint32_t region) {
  auto found = std::partition_point(function.regions.begin(), function.regions.end(),
                                    [&](const ColdRegion &r) { return r.region < region; });
  return found != function.regions.end() && found->region == region ? &*found : nullptr;
}

/// Leaves the trap in the activation. `registers` is null if the words are in the context.
static void run(InstanceContext *context, uint32_t number, uint64_t gas,
                const NativeRegisters *registers) {
  Activation *activation = context->activation;
  const auto &code = static_cast<const ImageCode &>(context->instance->tier().baseline());
  ImageCode::RegionPlace place = code.findRegion(number);
  Result<const ColdFunction *> function = code.cold()->function(place.func);
  if (!function) {
    setInternalFailure(activation, function.error().message.c_str());
    return;
  }
  const ColdRegion *region = findListed(**function, place.region);
  if (!region) {
    activation->gas = 0;
    activation->trap = {TrapKind::OutOfGas, place.func, ~0u, context->instance};
    return;
  }
  const interp::Code &toRun = *(*function)->code;
  if (!registers) {
    interp::runRegion(context, toRun, region->number, gas, context->coldFrame);
    return;
  }
  if (region->takesStack)
    activation->stackLeft = registers->general[stackReg];
  std::vector<uint64_t> words(toRun.regions[region->number].liveWords);
  for (const ColdWord &word : region->words)
    if (word.frameIndex < words.size())
      words[word.frameIndex] = fetch(word, *registers);
  interp::runRegion(context, toRun, region->number, gas, words.data());
}

void writ::runCold(InstanceContext *context, uint32_t region, uint64_t gas,
                   const NativeRegisters *registers) {
  run(context, region, gas, registers); // Apart, so that nothing is left to be destroyed.
  leaveByTrap(context->activation);
}

void writ::runColdFrame(InstanceContext *context, uint32_t region, uint64_t gas) {
  run(context, region, gas, nullptr);
  leaveByTrap(context->activation);
}
