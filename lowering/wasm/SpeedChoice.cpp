//===- SpeedChoice.cpp - Which functions are worth more bytes -------------===//
#include "lowering/wasm/SpeedChoice.h"

#include <algorithm>
#include <tuple>

using namespace writ;
using namespace writ::wasmgen;

static constexpr unsigned mostHeat = 6;

/// A function that is called in a loop is in a loop; recursion counts as one.
void SpeedChoice::spreadHeat() {
  for (unsigned round = 0; round < 4; ++round)
    for (auto &[index, form] : forms)
      for (const Gap &gap : form.bodies[0].code.gaps) {
        auto callee = gap.kind == GapKind::Func ? forms.find(gap.index) : forms.end();
        if (callee == forms.end())
          continue;
        unsigned heat = gap.index == index ? 1 : std::min(mostHeat, form.heat + gap.heat);
        callee->second.heat = std::max(callee->second.heat, heat);
      }
}

bool SpeedChoice::isCalledOften(const Forms &form) {
  return form.heat != 0 || form.bodies[0].callingLoops != 0;
}

/// Around loops that make no calls, there is nothing to gain but what can be assumed.
void SpeedChoice::addFast(uint32_t index, Speed speed, Body body) {
  Forms &form = forms[index];
  if (speed != Speed::Whole || isCalledOften(form) || body.assumes)
    form.bodies[size_t(speed)] = std::move(body);
}

std::vector<std::pair<uint32_t, Speed>> SpeedChoice::wanted() {
  spreadHeat();
  std::vector<std::pair<uint32_t, Speed>> found;
  for (const auto &[index, form] : forms) {
    const Body &body = form.bodies[0];
    if (body.callFreeLoops != 0)
      found.push_back({index, Speed::Loops});
    if (isCalledOften(form) || body.callFreeLoops != 0)
      found.push_back({index, Speed::Whole});
  }
  return found;
}

/// Gaps hold a number, or a call; direct functions may need another one that others call.
static uint64_t sizeOf(const Body &body) {
  constexpr uint64_t entrySize = 24, handedOver = 4;
  uint64_t size = body.code.bytes.size() + 2 * body.code.gaps.size();
  for (const Gap &gap : body.code.gaps)
    size += gap.kind == GapKind::DirectCall ? handedOver : 0;
  return size + (body.isDirect ? entrySize : 0);
}

bool SpeedChoice::choose(uint64_t bytes) {
  std::vector<std::tuple<unsigned, uint64_t, uint32_t, Speed>> order; // Hot ones, then small ones.
  for (auto &[index, form] : forms) {
    form.chosen = Speed::Small;
    for (Speed speed : {Speed::Loops, Speed::Whole}) {
      const Body &fast = form.bodies[size_t(speed)];
      bool isForAll = speed == Speed::Loops || fast.assumes;
      unsigned loops = std::max(isForAll ? fast.callFreeLoops : 0,
                                speed == Speed::Whole ? fast.callingLoops : 0);
      if (!fast.code.bytes.empty())
        order.push_back({~(form.heat + loops),
                         sizeOf(fast) + (fast.assumes ? sizeOf(form.bodies[0]) : 0), index, speed});
    }
  }
  std::ranges::sort(order);
  bool hasChosen = false;
  for (auto [rank, size, index, speed] : order) {
    Forms &form = forms[index];
    uint64_t before = sizeOf(form.bodies[size_t(form.chosen)]);
    if (speed < form.chosen || size > before + bytes)
      continue;
    bytes -= size > before ? size - before : 0;
    form.chosen = speed;
    hasChosen = true;
  }
  return hasChosen;
}

std::vector<std::pair<uint32_t, const Body *>> SpeedChoice::bodies() const {
  std::vector<std::pair<uint32_t, const Body *>> found;
  for (const auto &[index, form] : forms)
    found.push_back({index, &form.bodies[size_t(form.chosen)]});
  return found;
}
