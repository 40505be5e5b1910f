//===- Table.cpp - Tables, and what exports are called --------------------===//
#include "jit/runtime/Table.h"

#include "jit/runtime/Memory.h"
#include "jit/runtime/Signatures.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

using namespace writ;

Table::Table(ValueType element, SizeLimits limits, uint32_t maxElements)
    : element(element), limit(std::min(limits.max.value_or(~0u), maxElements)),
      declaredMax(limits.max) {}

Table::~Table() { std::free(view.elements); }

Result<std::unique_ptr<Table>> Table::create(ValueType element, SizeLimits limits, uint64_t initial,
                                             uint32_t maxElements) {
  if (limits.min > maxElements)
    return Error{ErrorKind::Limit, fmt::format("a table of {} elements exceeds the limit of {}",
                                               limits.min, maxElements)};
  std::unique_ptr<Table> table(new Table(element, limits, maxElements));
  if (Result<uint32_t> grown = table->grow(limits.min, initial); !grown)
    return grown.error();
  return table;
}

Result<uint32_t> Table::grow(uint32_t delta, uint64_t value) {
  uint32_t old = size();
  if (delta > limit || old > limit - delta)
    return ~0u;
  if (delta == 0)
    return old;
  // The kernel moves large blocks by remapping them, so that growth is not quadratic.
  size_t bytes = (size_t(old) + delta) * sizeof(uint64_t);
  auto *elements = static_cast<uint64_t *>(std::realloc(view.elements, bytes));
  if (!elements)
    return internalError(fmt::format("no memory for {} more table elements", delta));
  std::fill_n(elements + old, delta, value);
  view = {elements, uint64_t(old) + delta};
  return old;
}

static std::string describeLimits(SizeLimits limits) {
  if (limits.max)
    return fmt::format("{{min {}, max {}}}", limits.min, *limits.max);
  return fmt::format("{{min {}}}", limits.min);
}

std::string writ::describeFunction(const FuncType &type) { return "function " + toString(type); }

std::string writ::describeTable(ValueType element, SizeLimits limits) {
  return fmt::format("table of {} {}", valueTypeName(element), describeLimits(limits));
}

std::string writ::describeMemory(SizeLimits limits) { return "memory " + describeLimits(limits); }

std::string writ::describeGlobal(ValueType type, bool isMutable) {
  return fmt::format("{} global of {}", isMutable ? "mutable" : "immutable", valueTypeName(type));
}

namespace {
struct Describer {
  std::string operator()(const FuncRef *func) const {
    return describeFunction(signatureType(func->type));
  }
  std::string operator()(const Table *table) const {
    return describeTable(table->elementType(), table->type());
  }
  std::string operator()(const Memory *memory) const { return describeMemory(memory->type()); }
  std::string operator()(const Global *global) const {
    return describeGlobal(global->type(), global->isMutable());
  }
};
} // namespace

std::string writ::describe(const Extern &value) { return std::visit(Describer(), value); }
