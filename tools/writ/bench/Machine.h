//===- Machine.h - What the measurements were made on ---------------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_MACHINE_H
#define WRIT_TOOLS_WRIT_BENCH_MACHINE_H

#include <cstdint>
#include <string>

namespace writ::bench {

struct Machine {
  std::string processor; ///< "AMD EPYC 7763 64-Core Processor".
  unsigned cores = 0;
  uint64_t memoryBytes = 0;
  std::string system; ///< "Debian GNU/Linux 12 (bookworm), Linux 6.1.0".
  double load = 0;    ///< How many processes wanted to run in the last minute, as we started.
};

/// What is unknown stays empty.
Machine thisMachine();

} // namespace writ::bench

#endif
