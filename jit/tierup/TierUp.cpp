//===- TierUp.cpp - Which functions are hot, and their better code --------===//

#include "jit/tierup/TierUp.h"

#include "jit/runtime/Signatures.h"

#include <algorithm>
#include <cstring>

using namespace writ;

/// Machine numbers of registers.
static constexpr size_t rdx = 2, r10 = 10, r11 = 11;

TierUp::TierUp(Baseline given, std::unique_ptr<UnitCompiler> compiler, TierUpOptions options)
    : baseline(std::move(given)), compiler(std::move(compiler)), options(std::move(options)),
      isWaiting(!this->options.queue), queue(this->options.queue),
      functions(baseline.ticks->frames.size()), loops(baseline.ticks->sites.size()) {
  this->options.queue.reset(); // Its threads must not end it, and jobs hold on to this.
  for (Function &function : functions)
    function.ticksLeft = int32_t(this->options.hotTicks);
}

//===----------------------------------------------------------------------===//
// Counters
//===----------------------------------------------------------------------===//

void TierUp::startCounters(std::span<int32_t> counters) const {
  for (size_t i = 0; i < counters.size(); ++i)
    counters[i] = functions[i].ticksLeft.load(std::memory_order_relaxed);
}

/// Of instances that ran at the same time, the one counts that saw most. A function may become
/// hot in many short instances.
void TierUp::endCounters(std::span<const int32_t> counters) {
  for (size_t i = 0; i < counters.size(); ++i) {
    std::atomic<int32_t> &left = functions[i].ticksLeft;
    if (counters[i] < left.load(std::memory_order_relaxed))
      left.store(std::max(counters[i], 0), std::memory_order_relaxed);
  }
}

void *TierUp::tick(InstanceContext *context, uint32_t index, TickRegisters *registers) {
  const TickSite &site = baseline.ticks->sites[index];
  request(site.func, noTick);
  void *code = nullptr;
  if (site.loop != 0) {
    request(site.func, index);
    code = loops[index].code.load(std::memory_order_acquire);
  }
  uint32_t own = site.func - baseline.numImports;
  bool mustPoll = site.loop != 0 && loops[index].state.load() == State::Queued;
  tickCounters(context, baseline.numOwnGlobals)[own] =
      int32_t(mustPoll ? options.pollTicks : options.hotTicks);
  if (!code)
    return nullptr;
  switches.fetch_add(1, std::memory_order_relaxed);
  return leave(context, site, registers, code);
}

//===----------------------------------------------------------------------===//
// Out of a frame
//===----------------------------------------------------------------------===//

static uint64_t wordAt(const uint8_t *address) {
  uint64_t word;
  std::memcpy(&word, address, sizeof(word));
  return word;
}

static uint64_t readPlace(const TickPlace &place, TickRegisters *registers) {
  uint64_t word = 0;
  switch (place.in) {
  case TickPlace::In::General:
    word = registers->general[place.where];
    break;
  case TickPlace::In::Vector:
    word = registers->vectors[place.where][0];
    break;
  case TickPlace::In::Frame:
    word = wordAt(registers->stack() + place.where);
    break;
  case TickPlace::In::Constant:
    word = place.bits;
    break;
  case TickPlace::In::Nowhere:
    break;
  }
  return place.isWide ? word : uint32_t(word);
}

/// Puts what lives on where the unit looks for it, and everything else as it was when the function
/// was called: the unit is called in its place.
void *TierUp::leave(InstanceContext *context, const TickSite &site, TickRegisters *registers,
                    void *code) {
  const TickPlace *places = baseline.ticks->places.data() + site.firstPlace;
  for (uint32_t i = 0; i < site.numPlaces; ++i)
    context->coldFrame[i] = readPlace(places[i], registers);
  const TickFrame &frame = baseline.ticks->frames[site.func - baseline.numImports];
  uint8_t *stack = registers->stack();
  uint8_t *returnAddress = stack + frame.bytes + 8 * size_t(frame.numSaved);
  for (uint32_t i = 0; i < frame.numSaved; ++i)
    registers->general[frame.saved[i]] = wordAt(returnAddress - 8 * size_t(i + 1));
  registers->general[rdx] = frame.stackLeft == ~0u ? 0 : wordAt(stack + frame.stackLeft);
  registers->general[r10] = reinterpret_cast<uint64_t>(returnAddress);
  registers->general[r11] = reinterpret_cast<uint64_t>(code);
  return code;
}

//===----------------------------------------------------------------------===//
// Compiles
//===----------------------------------------------------------------------===//

bool TierUp::request(uint32_t func, uint32_t tick) {
  State expected = State::Cold;
  if (!stateOf(func, tick).compare_exchange_strong(expected, State::Queued))
    return false;
  pending.fetch_add(1);
  auto job = [self = shared_from_this(), func, tick] { self->compile(func, tick); };
  if (isWaiting)
    std::thread(job).join(); // Contracts have little stack, compilers need much.
  else if (auto alive = queue.lock())
    alive->push(job);
  return true;
}

void TierUp::compile(uint32_t func, uint32_t tick) {
  {
    std::lock_guard lock(mutex);
    if (!module)
      return;
  }
  uint32_t loop = tick == noTick ? 0 : baseline.ticks->sites[tick].loop;
  Result<UnitImage> image = compiler->compile({func, loop});
  if (Result<void> published = publish(func, tick, std::move(image)); !published) {
    std::lock_guard lock(mutex);
    if (sums.failed++ == 0)
      sums.firstFailure = published.error().message;
    stateOf(func, tick) = State::Failed;
  }
  if (pending.fetch_sub(1) == 1)
    compiler->rest();
}

static bool isSame(const std::vector<FuncType> &types, const std::vector<uint32_t> &interned) {
  return std::equal(types.begin(), types.end(), interned.begin(), interned.end(),
                    [](const FuncType &type, uint32_t id) { return internSignature(type) == id; });
}

Result<void> TierUp::publish(uint32_t func, uint32_t tick, Result<UnitImage> image) {
  if (!image)
    return image.error();
  if (!isSame(image->callTypes, baseline.callTypes))
    return internalError("a unit takes other signatures for the module's");
  size_t numCharges = baseline.numCharges + image->addedCharges.size();
  if (Result<void> checked = checkUnit(*image, func, numCharges); !checked)
    return checked;
  std::lock_guard lock(mutex);
  if (!module)
    return {};
  if (sums.codeBytes + image->code.size() > options.mostCodeBytes)
    return Error{ErrorKind::Limit, "the module's code has become too large"};
  if (Result<void> added = module->addCharges(image->addedCharges); !added)
    return added;
  Result<std::unique_ptr<LoadedUnit>> unit = LoadedUnit::load(std::move(*image));
  if (!unit)
    return unit.error();
  sums.codeBytes += (*unit)->bytes();
  ++(tick == noTick ? sums.functions : sums.loops);
  void *code = (*unit)->entry();
  if (options.onCode)
    options.onCode(func, tick == noTick ? 0 : baseline.ticks->sites[tick].loop, (*unit)->code());
  units.push_back(std::move(*unit));
  if (tick == noTick) {
    void *&entry = baseline.entries[func - baseline.numImports];
    std::atomic_ref<void *>(entry).store(code, std::memory_order_release);
  } else {
    loops[tick].code.store(code, std::memory_order_release);
  }
  stateOf(func, tick) = State::Ready;
  return {};
}

void TierUp::attach(const CompiledModule *to) {
  std::lock_guard lock(mutex);
  module = to;
}

TierUpCounts TierUp::counts() const {
  std::lock_guard lock(mutex);
  TierUpCounts counts = sums;
  counts.switches = switches.load();
  return counts;
}
