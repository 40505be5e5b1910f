//===- Machine.cpp - What the measurements were made on -------------------===//
#include "tools/writ/bench/Machine.h"

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>

namespace writ::bench {

/// What follows `key` and `separator` in a file of such lines; empty if there is no such line.
static std::string lookUp(const char *file, const std::string &key, char separator) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    size_t at = line.find(separator);
    if (!line.starts_with(key) || at == std::string::npos)
      continue;
    std::string value = line.substr(at + 1);
    value.erase(0, value.find_first_not_of(" \t\""));
    value.erase(value.find_last_not_of(" \t\"") + 1);
    return value;
  }
  return {};
}

Machine thisMachine() {
  Machine machine;
  machine.processor = lookUp("/proc/cpuinfo", "model name", ':');
  machine.cores = std::thread::hardware_concurrency();
  machine.memoryBytes = uint64_t(sysconf(_SC_PHYS_PAGES)) * uint64_t(sysconf(_SC_PAGESIZE));
  utsname names = {};
  uname(&names);
  std::string distribution = lookUp("/etc/os-release", "PRETTY_NAME", '=');
  machine.system = fmt::format("{}{}{} {}", distribution, distribution.empty() ? "" : ", ",
                               names.sysname, names.release);
  double loads[1] = {0};
  if (getloadavg(loads, 1) == 1)
    machine.load = loads[0];
  return machine;
}

} // namespace writ::bench
