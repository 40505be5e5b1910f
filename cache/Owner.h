//===- Owner.h - Which process has begun something ------------------------===//
#ifndef WRIT_CACHE_OWNER_H
#define WRIT_CACHE_OWNER_H

#include <string>
#include <string_view>

namespace writ::cache {

/// Names this process: boot, number and start time, since numbers are used again.
std::string thisOwner();

/// False if the process of that name cannot be running any more on this machine.
bool mayBeRunning(std::string_view owner);

} // namespace writ::cache

#endif
