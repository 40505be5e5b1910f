//===- Configurations.h - What runs the workloads, and how ----------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_CONFIGURATIONS_H
#define WRIT_TOOLS_WRIT_BENCH_CONFIGURATIONS_H

#include <cstdint>
#include <string>
#include <vector>

namespace writ::bench {

enum class EngineKind : uint8_t {
  Native, ///< A shared library made from the kernel's source, or given.
  Writ,
  Peer, ///< Another engine.
};

struct Peer;

/// One column of the report.
struct Configuration {
  std::string name; ///< "llvm", "llvm unmetered", "llvm near", "native O3", "node-liftoff".
  EngineKind kind = EngineKind::Writ;
  std::string tier;               ///< Writ: one of `cli::tierChoices()`.
  std::string schedule;           ///< Writ: what `loadSchedule` takes; empty for unmetered.
  const Peer *peer = nullptr;     ///< Peer.
  std::string version;            ///< Of a peer or a compiler, as it says.
  std::string compiler;           ///< Native.
  std::vector<std::string> flags; ///< Native: of the compiler.

  bool metered() const { return !schedule.empty(); }
};

/// What was asked for; each list is in the order of the report.
struct ConfigurationRequest {
  std::vector<std::string> tiers;
  std::vector<std::string> schedules; ///< "none" for unmetered.
  std::vector<std::string> peers;     ///< Names; "all": those that are found.
  std::string compiler;               ///< For native builds; empty for none.
};

/// Throws `cli::Fatal` if a name is unknown, or a peer that was named is not on PATH.
std::vector<Configuration> makeConfigurations(const ConfigurationRequest &request);

} // namespace writ::bench

#endif
