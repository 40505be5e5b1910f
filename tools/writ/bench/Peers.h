//===- Peers.h - Other engines, and how they are run ----------------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_PEERS_H
#define WRIT_TOOLS_WRIT_BENCH_PEERS_H

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace writ::bench {

struct Measurement;
struct Task;

enum class PeerStyle : uint8_t { Script, Command, Library };

/// A row of Peers.def.
struct Peer {
  std::string name, program;
  PeerStyle style;
  std::string prepare, run;
};

std::span<const Peer> peers();

/// Runs `task`, whose configuration is a peer, in processes of its own.
Measurement measurePeer(const Task &task);

} // namespace writ::bench

#endif
