//===- Observation.cpp - All that a run lets one see, for comparison ------===//
#include "tests/support/Observation.h"

#include "llvm/Support/xxhash.h"

#include <fmt/format.h>

namespace writ::test {

uint64_t portableBits(ValueType type, uint64_t bits, const Instance *self) {
  if (type == ValueType::I32 || type == ValueType::F32)
    return uint32_t(bits);
  if (type != ValueType::FuncRef || bits == 0)
    return bits;
  const auto *ref = reinterpret_cast<const FuncRef *>(bits);
  uint64_t owner = !ref->context ? 1 : self && ref->context == self->context() ? 2 : 3;
  return owner << 32 | ref->index;
}

void Observation::addOutcome(const CallOutcome &outcome, std::span<const ValueType> types,
                             const Instance *self) {
  add("trap", uint64_t(outcome.trap.kind));
  add("gas used", outcome.gasUsed);
  // Where gas ran out is only known to the region in code that charges ahead.
  if (outcome.trapped() && outcome.trap.kind != TrapKind::OutOfGas) {
    add("trap function", outcome.trap.func);
    add("trap offset", outcome.trap.offset);
    add("host message", llvm::xxh3_64bits(llvm::StringRef(outcome.hostMessage)));
  }
  for (size_t i = 0; i < outcome.values.size(); ++i)
    add("result", portableBits(types[i], outcome.values[i], self), uint32_t(i));
}

void Observation::addError(const Error &error) {
  add("error", uint64_t(error.kind));
  add("error message", llvm::xxh3_64bits(llvm::StringRef(error.message)));
}

void Observation::addState(const Instance &instance) {
  const ModuleInfo &info = instance.module().info();
  if (const Memory *memory = instance.memory()) {
    add("memory bytes", memory->bytes());
    add("memory hash", llvm::xxh3_64bits({memory->base(), size_t(memory->bytes())}));
  }
  for (uint32_t i = 0; i < info.globals.size(); ++i)
    add("global", portableBits(info.globals[i].type, instance.global(i).get(), &instance), i);
  for (uint32_t i = 0; i < info.tables.size(); ++i) {
    const Table &table = instance.table(i);
    uint64_t hash = 0;
    for (uint32_t j = 0; j < table.size(); ++j)
      hash = hash * 0x9e3779b97f4a7c15 + portableBits(table.elementType(), table.get(j), &instance);
    add("table size", table.size(), i);
    add("table hash", hash, i);
  }
  for (uint32_t i = 0; i < info.data.size(); ++i)
    add("data segment bytes", instance.dataSegment(i).size(), i);
  for (uint32_t i = 0; i < info.elems.size(); ++i)
    add("element segment size", instance.elemSegment(i).size(), i);
}

std::string Observation::difference(const Observation &a, const Observation &b) {
  for (size_t i = 0; i < a.facts.size() || i < b.facts.size(); ++i) {
    if (i >= a.facts.size())
      return fmt::format("nothing against {} {}: {:#x}", b.facts[i].what, b.facts[i].index,
                         b.facts[i].value);
    if (i >= b.facts.size())
      return fmt::format("{} {}: {:#x} against nothing", a.facts[i].what, a.facts[i].index,
                         a.facts[i].value);
    const Fact &x = a.facts[i], &y = b.facts[i];
    if (x == y)
      continue;
    if (x.what == "trap" && y.what == "trap")
      return fmt::format("trap: {} against {}", trapName(TrapKind(x.value)),
                         trapName(TrapKind(y.value)));
    return fmt::format("{} {}: {:#x} against {} {}: {:#x}", x.what, x.index, x.value, y.what,
                       y.index, y.value);
  }
  return {};
}

} // namespace writ::test
