//===- Peers.cpp - Other engines, and how they are run --------------------===//
#include "tools/writ/bench/Peers.h"

#include "tools/writ/bench/Measure.h"
#include "tools/writ/bench/Native.h"
#include "tools/writ/bench/Process.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <sstream>

namespace writ::bench {

std::span<const Peer> peers() {
  static const Peer all[] = {
#define WRIT_PEER(Name, Program, Style, Prepare, Run)                                              \
  {Name, Program, PeerStyle::Style, Prepare, Run},
#include "tools/writ/bench/Peers.def"
  };
  return all;
}

/// What node and bun run: prints what our own worker prints.
static constexpr const char *script = R"(const fs = require('fs');
const [wasm, entry, n, calls, callSeconds] = process.argv.slice(2);
const now = () => {
  const {user, system} = process.cpuUsage();
  return {cpu: (user + system) / 1e6, wall: performance.now() / 1e3};
};
const since = start => {
  const end = now();
  return {cpu_s: end.cpu - start.cpu, wall_s: end.wall - start.wall};
};
const bytes = fs.readFileSync(wasm);
const made = {calls: []};
const start = now();
const compiled = new WebAssembly.Module(bytes);
made.compile = since(start);
let total = 0;
for (let i = 0; entry !== '' && i <= Number(calls); ++i) {
  const instance = new WebAssembly.Instance(compiled, {});
  made.ready ??= since(start);
  const before = now();
  const checksum = instance.exports[entry](Number(n) | 0) >>> 0;
  const took = since(before);
  if (made.checksum !== undefined && made.checksum !== checksum)
    made.error = `checksum ${made.checksum} at first, then ${checksum}`;
  made.checksum = checksum;
  total += took.wall_s;
  if (i > 0 || total >= Number(callSeconds)) made.calls.push(took);
  if (total >= Number(callSeconds) && made.calls.length > 0) break;
}
console.log(JSON.stringify(made));
)";

/// The words of a template, with what stands in braces filled in.
static std::vector<std::string> fillIn(const std::string &words, const Task &task, uint32_t n) {
  const std::pair<std::string, std::string> places[] = {{"{wasm}", task.workload.path},
                                                        {"{entry}", task.workload.entry},
                                                        {"{n}", std::to_string(n)},
                                                        {"{work}", task.work}};
  std::vector<std::string> made;
  std::istringstream in(words);
  for (std::string word; in >> word;) {
    for (const auto &[place, value] : places)
      if (size_t at = word.find(place); at != std::string::npos)
        word.replace(at, place.size(), value);
    made.push_back(word);
  }
  return made;
}

static Measurement measureScript(const Task &task) {
  std::string file = task.work + "/peer.cjs";
  if (!std::filesystem::exists(file))
    std::ofstream(file) << script;
  const Peer &peer = *task.configuration.peer;
  std::vector<std::string> command = {peer.program};
  auto options = fillIn(peer.run, task, task.workload.n);
  command.insert(command.end(), options.begin(), options.end());
  command.insert(command.end(),
                 {file, task.workload.path, task.workload.entry, std::to_string(task.workload.n),
                  std::to_string(task.effort.calls), fmt::format("{}", task.effort.callSeconds)});
  return runMeasuring(command, task.effort);
}

static Measurement failed(const std::string &why) {
  Measurement m;
  m.error = why;
  return m;
}

static Measurement measureLibrary(const Task &task) {
  if (task.workload.entry.empty())
    return failed("is only run");
  double cpuSeconds = 0;
  auto library = wasm2cLibrary(task, cpuSeconds);
  if (!library)
    return failed(library.error().message);
  Json job = {{"kind", "native"},
              {"path", *library},
              {"tier", ""},
              {"schedule", ""},
              {"entry", task.workload.entry},
              {"n", task.workload.n},
              {"calls", task.effort.calls},
              {"call_seconds", task.effort.callSeconds}};
  Measurement m = runMeasuring(workerCommand(job), task.effort);
  if (cpuSeconds > 0)
    m.compile = Duration{cpuSeconds, cpuSeconds};
  return m;
}

/// The number that a program printed last: "Result: 7", "0x7:i32", "-7".
static std::optional<uint32_t> resultIn(const std::string &text) {
  std::istringstream in(text);
  std::optional<uint32_t> last;
  for (std::string word; in >> word;) {
    word = word.substr(0, word.find(':'));
    char *end = nullptr;
    long long value = strtoll(word.c_str(), &end, 0);
    if (!word.empty() && *end == '\0')
      last = uint32_t(value);
  }
  return last;
}

/// The whole process is measured, at n and at 0: what differs is the call.
static Measurement measureCommand(const Task &task) {
  const Peer &peer = *task.configuration.peer;
  if (task.workload.entry.empty())
    return failed("is only run");
  Measurement m;
  static std::map<std::pair<std::string, std::string>, bool> prepared;
  if (!peer.prepare.empty() && !prepared[{peer.name, task.workload.path}]) {
    auto command = fillIn(peer.prepare, task, 0);
    command.insert(command.begin(), peer.program);
    ProcessResult run = runProcess(command, task.effort.maxSeconds);
    if (!run.failure.empty())
      return failed(run.failure);
    m.compile = Duration{run.cpuSeconds, run.wallSeconds};
    prepared[{peer.name, task.workload.path}] = true;
  }
  ProcessResult runs[2];
  for (int i = 0; i < 2; ++i) {
    auto command = fillIn(peer.run, task, i == 0 ? 0 : task.workload.n);
    command.insert(command.begin(), peer.program);
    runs[i] = runProcess(command, task.effort.maxSeconds);
    if (!runs[i].failure.empty())
      return failed(runs[i].failure);
  }
  m.ready = Duration{runs[0].cpuSeconds, runs[0].wallSeconds};
  m.calls = {{std::max(0.0, runs[1].cpuSeconds - runs[0].cpuSeconds),
              std::max(0.0, runs[1].wallSeconds - runs[0].wallSeconds)}};
  m.checksum = resultIn(runs[1].errors + "\n" + runs[1].output);
  m.peakBytes = runs[1].peakBytes;
  return m.checksum ? m : failed("printed no result");
}

Measurement measurePeer(const Task &task) {
  switch (task.configuration.peer->style) {
  case PeerStyle::Script:
    return measureScript(task);
  case PeerStyle::Command:
    return measureCommand(task);
  case PeerStyle::Library:
    return measureLibrary(task);
  }
  return {};
}

} // namespace writ::bench
