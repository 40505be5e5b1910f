//===- OperandStack.cpp - The typed stack of one body ---------------------===//
#include "frontend/wasm/BodyValidator.h"

#include <algorithm>
#include <fmt/format.h>

namespace writ::wasm {

// Four bytes before the first operand let the fixed signatures be compared as one word.
static constexpr size_t padding = 4;

void BodyValidator::growStack(size_t more) {
  size_t height = size_t(sp - stackStart);
  size_t needed = height + more;
  // One above the limit is representable, so that it is the op that exceeds it which fails.
  size_t most = size_t(state.policy.limits.operands) + 1;
  if (needed > most) {
    checks.within(&Limits::operands, needed - 1, opOffset);
    sp = frameBase; // Room for whatever the op still pushes.
    return;
  }
  size_t size = std::min(std::max({needed, 2 * height, size_t(1024)}), most);
  stack.resize(padding + size);
  stackStart = stack.data() + padding;
  stackEnd = stackStart + size;
  sp = stackStart + height;
  setFrameBase();
}

void BodyValidator::setFrameBase() {
  frameBase = stackStart + (frames.empty() ? 0 : frames.back().height);
}

void BodyValidator::pushAll(Types types) {
  if (types.size() > size_t(stackEnd - sp))
    growStack(types.size());
  if (checks.failure.isSet())
    return;
  for (ValueType type : types) {
    *sp++ = type;
    bytes += operandBytes(type);
  }
}

void BodyValidator::failMissing() {
  if (!frames.back().isUnreachable)
    fail(fmt::format("{} finds no operand", opText()));
}

void BodyValidator::popSlow(ValueType expected) {
  if (sp == frameBase && !frames.back().isUnreachable)
    return fail(fmt::format("{} finds no operand; expected {}", opText(), valueTypeName(expected)));
  ValueType found = popAny();
  if (found != expected && found != anyType)
    fail(fmt::format("operand of {} is {}; expected {}", opText(), valueTypeName(found),
                     valueTypeName(expected)));
}

void BodyValidator::popAll(Types types) {
  for (size_t i = types.size(); i > 0 && !checks.failure.isSet(); --i)
    pop(types[i - 1]);
}

bool BodyValidator::chargeTraffic(uint64_t values) {
  traffic += values;
  if (traffic <= trafficLimit)
    return true;
  fail(
      fmt::format("branches, calls and blocks up to here pass {} operands; a body of this size may "
                  "pass {}",
                  traffic, trafficLimit),
      ErrorKind::Limit);
  return false;
}

void LocalTypes::begin(Types params, size_t bodyBytes) {
  flat.assign(params.begin(), params.end());
  runs.clear();
  flatLimit = params.size() + 4 * bodyBytes + 256;
  count = uint32_t(params.size());
}

void LocalTypes::add(LocalRun run) {
  count += run.count;
  size_t spelledOut = std::min<size_t>(run.count, flatLimit - flat.size());
  flat.insert(flat.end(), spelledOut, run.type);
  if (flat.size() < count)
    runs.push_back({count, run.type});
}

ValueType LocalTypes::find(uint32_t index) const {
  auto run = std::upper_bound(runs.begin(), runs.end(), index,
                              [](uint32_t index, const Run &run) { return index < run.end; });
  return run->type;
}

} // namespace writ::wasm
