//===- CodeRegistry.cpp - Lock-free for readers, copied by writers --------===//
#include "jit/runtime/CodeRegistry.h"

#include <algorithm>
#include <atomic>
#include <mutex>

using namespace writ;

namespace {

/// Never changed once published; sorted by address.
using Snapshot = std::vector<std::shared_ptr<const CodeRange>>;

struct Registry {
  std::mutex mutex; ///< For writers.
  std::atomic<const Snapshot *> published{new Snapshot};
  std::atomic<uint32_t> readers{0};
  std::vector<std::unique_ptr<const Snapshot>> retired; ///< May still have readers.

  /// Called with the mutex held.
  void publish(std::unique_ptr<const Snapshot> next) {
    retired.emplace_back(published.exchange(next.release()));
    // A reader that counts itself in from here on sees the new snapshot.
    if (readers.load() == 0)
      retired.clear();
  }
};

} // namespace

CodePager::~CodePager() = default;

// Constructed before it can be needed in a signal handler, and never destroyed.
static Registry &registry = *new Registry;

static uintptr_t beginOf(const CodeRange &range) {
  return reinterpret_cast<uintptr_t>(range.begin);
}

/// The first range that ends behind `pc`.
static Snapshot::const_iterator firstEndingBehind(const Snapshot &ranges, uintptr_t pc) {
  return std::partition_point(ranges.begin(), ranges.end(), [&](const auto &range) {
    return beginOf(*range) + range->bytes <= pc;
  });
}

bool writ::addCode(std::shared_ptr<const CodeRange> range) {
  std::lock_guard lock(registry.mutex);
  auto next = std::make_unique<Snapshot>(*registry.published.load());
  auto place = firstEndingBehind(*next, beginOf(*range));
  if (place != next->end() && beginOf(**place) < beginOf(*range) + range->bytes)
    return false;
  next->insert(place, std::move(range));
  registry.publish(std::move(next));
  return true;
}

void writ::removeCode(const std::shared_ptr<const CodeRange> &range) {
  std::lock_guard lock(registry.mutex);
  auto next = std::make_unique<Snapshot>(*registry.published.load());
  std::erase(*next, range);
  registry.publish(std::move(next));
}

/// Null, or why there are none.
static const char *tablesOf(const CodeRange &range, CodeTables &tables) {
  if (range.pager)
    return range.pager->fetchTables(tables);
  tables = {range.faults, range.sites};
  return nullptr;
}

static CodeAddress describe(const CodeRange &range, uintptr_t pc) {
  CodeAddress answer{std::nullopt, range.gas, nullptr};
  CodeTables tables;
  answer.failure = tablesOf(range, tables);
  if (answer.failure)
    return answer;
  uint64_t offset = pc - beginOf(range);
  auto found = std::partition_point(tables.faults.begin(), tables.faults.end(),
                                    [&](const FaultSite &fault) { return fault.pc < offset; });
  if (found != tables.faults.end() && found->pc == offset && found->site < tables.sites.size())
    answer.site = tables.sites[found->site];
  return answer;
}

/// What `use` makes of the range that `pc` is in.
template <typename T, typename Use>
static std::optional<T> withRange(uintptr_t pc, Use use) {
  registry.readers.fetch_add(1);
  const Snapshot &ranges = *registry.published.load();
  std::optional<T> answer;
  if (auto found = firstEndingBehind(ranges, pc); found != ranges.end() && pc >= beginOf(**found))
    answer = use(**found);
  registry.readers.fetch_sub(1);
  return answer;
}

std::optional<CodeAddress> writ::findCode(uintptr_t pc) {
  return withRange<CodeAddress>(pc, [&](const CodeRange &range) { return describe(range, pc); });
}

SiteAnswer writ::findTrapSite(uintptr_t returnAddress, uint32_t index) {
  // The call may be the last instruction.
  auto answer = withRange<SiteAnswer>(returnAddress - 1, [&](const CodeRange &range) {
    SiteAnswer answer;
    CodeTables tables;
    answer.failure = tablesOf(range, tables);
    if (index < tables.sites.size())
      answer.site = tables.sites[index];
    return answer;
  });
  return answer.value_or(SiteAnswer());
}

FetchAnswer writ::fetchCode(uintptr_t address) {
  auto answer = withRange<FetchAnswer>(address, [&](const CodeRange &range) {
    if (!range.pager)
      return FetchAnswer();
    return FetchAnswer{true, range.pager->fetch(address - beginOf(range))};
  });
  return answer.value_or(FetchAnswer());
}
