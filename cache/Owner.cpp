//===- Owner.cpp - Which process has begun something ----------------------===//
#include "cache/Owner.h"

#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

using namespace writ::cache;

static std::string contentsOf(const std::string &path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

static std::string bootName() {
  std::string boot = contentsOf("/proc/sys/kernel/random/boot_id");
  return boot.substr(0, boot.find('\n'));
}

/// Field 22 of proc(5)'s stat, in ticks; empty if there is no such process, or only what its parent
/// has not asked for yet. The name in field 2 may hold anything, so fields are counted from its
/// end.
static std::string startOf(std::string_view process) {
  std::string stat = contentsOf(fmt::format("/proc/{}/stat", process));
  size_t at = stat.rfind(')');
  if (at != std::string::npos && (stat.substr(at + 1, 2) == " Z" || stat.substr(at + 1, 2) == " X"))
    return {};
  for (int field = 2; field < 22 && at != std::string::npos; ++field)
    at = stat.find(' ', at + 1);
  if (at == std::string::npos)
    return {};
  return stat.substr(at + 1, stat.find(' ', at + 1) - at - 1);
}

std::string writ::cache::thisOwner() {
  std::string process = fmt::format("{}", getpid());
  return fmt::format("{} {} {}", bootName(), process, startOf(process));
}

bool writ::cache::mayBeRunning(std::string_view owner) {
  size_t afterBoot = owner.find(' '), afterProcess = owner.find(' ', afterBoot + 1);
  if (afterBoot == std::string_view::npos || afterProcess == std::string_view::npos)
    return false;
  std::string_view process = owner.substr(afterBoot + 1, afterProcess - afterBoot - 1);
  if (process.find_first_not_of("0123456789") != std::string_view::npos)
    return false;
  return owner.substr(0, afterBoot) == bootName() &&
         owner.substr(afterProcess + 1) == startOf(process);
}
