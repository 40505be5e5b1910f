//===- RuntimeCalls.cpp - What code of every tier calls -------------------===//
#include "jit/runtime/RuntimeCalls.h"

#include "jit/runtime/CodeRegistry.h"
#include "jit/runtime/Entry.h"
#include "jit/runtime/Instance.h"
#include "jit/runtime/Profiler.h"
#include "jit/runtime/TakeTrap.h"

#include <algorithm>
#include <cstring>

using namespace writ;

/// Each piece of code has its own sites, and a tier may have many: the caller says which it is.
static void trapAtSite(InstanceContext *context, uint32_t index) {
  SiteAnswer answer = findTrapSite(reinterpret_cast<uintptr_t>(__builtin_return_address(0)), index);
  std::span<const TrapSite> own;
  if (!answer.site && !answer.failure)
    own = context->instance->tier().trapSites();
  if (answer.site)
    takeTrap(context, *answer.site);
  else if (index < own.size())
    takeTrap(context, own[index]);
  else
    setInternalFailure(context->activation,
                       answer.failure ? answer.failure : "code traps at a site that is not listed");
  leaveByTrap(context->activation);
}

static void propagate(InstanceContext *context) { leaveByTrap(context->activation); }

static void coldWithoutInterpreter(InstanceContext *context, uint32_t, uint64_t) {
  setInternalFailure(context->activation, "a cold path was taken on a tier that has none");
  leaveByTrap(context->activation);
}

static void *tickInCodeThatDoesNotCount(InstanceContext *, uint32_t, TickRegisters *) {
  return nullptr;
}

static void coldWithRegistersOnly(InstanceContext *context, uint32_t region, uint64_t gas,
                                  const NativeRegisters *) {
  coldWithoutInterpreter(context, region, gas);
}

/// Is `[from, from + count)` not within `[0, size)`?
static bool isOutside(uint64_t from, uint64_t count, uint64_t size) { return from + count > size; }

static constexpr uint32_t memoryTrap = uint32_t(TrapKind::MemoryOutOfBounds);
static constexpr uint32_t tableTrap = uint32_t(TrapKind::TableOutOfBounds);

/// The answer of a growth; a failure of the machine must not become an answer.
static uint32_t grown(InstanceContext *context, const Result<uint32_t> &result) {
  if (result)
    return *result;
  setInternalFailure(context->activation, result.error().message.c_str());
  leaveByTrap(context->activation);
}

static uint32_t memoryGrow(InstanceContext *context, uint32_t pages) {
  return grown(context, context->instance->memory()->grow(pages));
}

static uint32_t memoryCopy(InstanceContext *context, uint32_t dst, uint32_t src, uint32_t bytes) {
  uint64_t size = context->memoryBytes;
  if (isOutside(dst, bytes, size) || isOutside(src, bytes, size))
    return memoryTrap;
  std::memmove(context->memoryBase + dst, context->memoryBase + src, bytes);
  return 0;
}

static uint32_t memoryFill(InstanceContext *context, uint32_t dst, uint32_t value, uint32_t bytes) {
  if (isOutside(dst, bytes, context->memoryBytes))
    return memoryTrap;
  std::memset(context->memoryBase + dst, int(value & 0xff), bytes);
  return 0;
}

static uint32_t memoryInit(InstanceContext *context, uint32_t segment, uint32_t dst, uint32_t src,
                           uint32_t bytes) {
  std::string_view data = context->instance->dataSegment(segment);
  if (isOutside(dst, bytes, context->memoryBytes) || isOutside(src, bytes, data.size()))
    return memoryTrap;
  if (bytes != 0)
    std::memcpy(context->memoryBase + dst, data.data() + src, bytes);
  return 0;
}

static void dataDrop(InstanceContext *context, uint32_t segment) {
  context->instance->dropData(segment);
}

static uint32_t tableGrow(InstanceContext *context, uint32_t table, uint64_t value,
                          uint32_t count) {
  return grown(context, context->instance->table(table).grow(count, value));
}

static uint32_t tableFill(InstanceContext *context, uint32_t table, uint32_t dst, uint64_t value,
                          uint32_t count) {
  TableView &view = *context->tables[table];
  if (isOutside(dst, count, view.size))
    return tableTrap;
  std::fill_n(view.elements + dst, count, value);
  return 0;
}

static void copyWords(uint64_t *to, const uint64_t *from, uint64_t count) {
  if (count != 0) // Pointers of empty tables may be null.
    std::memmove(to, from, count * sizeof(uint64_t));
}

static uint32_t tableCopy(InstanceContext *context, uint32_t dstTable, uint32_t srcTable,
                          uint32_t dst, uint32_t src, uint32_t count) {
  TableView &to = *context->tables[dstTable], &from = *context->tables[srcTable];
  if (isOutside(dst, count, to.size) || isOutside(src, count, from.size))
    return tableTrap;
  copyWords(to.elements + dst, from.elements + src, count);
  return 0;
}

static uint32_t tableInit(InstanceContext *context, uint32_t segment, uint32_t table, uint32_t dst,
                          uint32_t src, uint32_t count) {
  TableView &to = *context->tables[table];
  std::span<const uint64_t> from = context->instance->elemSegment(segment);
  if (isOutside(dst, count, to.size) || isOutside(src, count, from.size()))
    return tableTrap;
  copyWords(to.elements + dst, from.data() + src, count);
  return 0;
}

static void elemDrop(InstanceContext *context, uint32_t segment) {
  context->instance->dropElem(segment);
}

static void profile(InstanceContext *context, uint32_t event) {
  Profiler *profiler = context->activation->profiler;
  if (!profiler)
    return;
  if (event % 2 != 0)
    profiler->leave(context->gas);
  else
    profiler->enter(*context->instance, event / 2, context->gas);
}

static constexpr RuntimeCalls standardCalls = {
    .trap = trapAtSite,
    .propagate = propagate,
    .cold = coldWithoutInterpreter,
    .memoryGrow = memoryGrow,
    .memoryCopy = memoryCopy,
    .memoryFill = memoryFill,
    .memoryInit = memoryInit,
    .dataDrop = dataDrop,
    .tableGrow = tableGrow,
    .tableFill = tableFill,
    .tableCopy = tableCopy,
    .tableInit = tableInit,
    .elemDrop = elemDrop,
    .profile = profile,
    .tick = tickInCodeThatDoesNotCount,
    .coldWithRegisters = coldWithRegistersOnly,
};

const RuntimeCalls &writ::standardRuntimeCalls() { return standardCalls; }
