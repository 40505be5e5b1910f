//===- Unit.cpp - One function compiled again, better ---------------------===//

#include "jit/tierup/Unit.h"

#include <algorithm>

using namespace writ;

static bool isCharge(uint32_t index, size_t numCharges) {
  return index == ~0u || index < numCharges;
}

Result<void> writ::checkUnit(const UnitImage &image, uint32_t func, size_t numCharges) {
  if (image.entry >= image.code.size())
    return internalError("a unit's entry lies outside of its code");
  for (const TrapSite &site : image.sites) {
    if (!parseTrapKind(trapName(site.kind)))
      return internalError("a unit's trap site has a kind that does not exist");
    if (site.func != func)
      return internalError("a unit's trap site is of another function");
    if (!isCharge(site.refund, numCharges) || !isCharge(site.owed, numCharges))
      return internalError("a unit's trap site names a charge that does not exist");
  }
  auto isBefore = [](FaultSite a, FaultSite b) { return a.pc < b.pc; };
  if (!std::is_sorted(image.faults.begin(), image.faults.end(), isBefore))
    return internalError("a unit's faults are not sorted");
  for (FaultSite fault : image.faults)
    if (fault.pc >= image.code.size() || fault.site >= image.sites.size())
      return internalError("a unit's fault lies outside of its code or has no trap site");
  return {};
}

Result<std::unique_ptr<LoadedUnit>> LoadedUnit::load(UnitImage image) {
  auto unit = std::make_unique<LoadedUnit>();
  if (Result<void> loaded = unit->pages.load(image.code); !loaded)
    return loaded.error();
  unit->offset = image.entry;
  unit->sites = std::move(image.sites);
  Result<CodeRegistration> registration = registerCode(
      {unit->pages.begin(), unit->pages.bytes(), std::move(image.faults), unit->sites});
  if (!registration)
    return registration.error();
  unit->registration.emplace(std::move(*registration));
  return unit;
}
