//===- CacheCrashTest.cpp - Compilers that are killed, and the cache ------===//
//
// Processes that compile and store, four at a time, killed at random moments. WRIT_CRASH_RUNS says
// how many kills there must be. A log has, in the order in which it happened, who begins to compile
// what, what has been stored, and who is going to be killed.
//
//===----------------------------------------------------------------------===//
#include "cache/Store.h"
#include "jit/CompileArtifact.h"
#include "tests/support/Encoder.h"

#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace writ;
using namespace writ::test;
using cache::Key;
using cache::Store;
using wasm::Opcode;

namespace fs = std::filesystem;

namespace {

/// A contract, and the artifact that all who compile it must get.
struct Work {
  Bytes module, artifact;
  Key key;
};

class Workshop {
public:
  explicit Workshop(size_t contracts) {
    std::string name = (fs::temp_directory_path() / "writ-crash-XXXXXX").string();
    folder = mkdtemp(name.data());
    for (size_t i = 0; i < contracts; ++i)
      works.push_back(prepare(uint32_t(i)));
  }
  ~Workshop() { fs::remove_all(folder); }

  std::string file() const { return folder / "cache.db"; }
  std::string logFile() const { return folder / "log"; }

  /// One line, whole also if we are killed.
  void log(char what, size_t work, pid_t process) const {
    std::string line = fmt::format("{} {} {}\n", what, process, work);
    int to = open(logFile().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    CHECK(write(to, line.data(), line.size()) == ssize_t(line.size()));
    close(to);
  }
  [[noreturn]] void run(size_t first, size_t count) const;

  std::vector<Work> works;

private:
  static Work prepare(uint32_t number);

  fs::path folder;
};

} // namespace

static Bytes makeModule(uint32_t number) {
  ModuleWriter writer;
  FuncType type{{ValueType::I32}, {ValueType::I32}};
  writer.typeIndex(type);
  for (uint32_t i = 0; i < 4 + number % 29; ++i) {
    writer.info.funcs.push_back({type, {}, {}});
    ::Code code;
    code.op(Opcode::LocalGet, 0).i32(int32_t(number)).op(Opcode::I32Xor);
    for (uint32_t j = 0; j < 20; ++j)
      code.i32(int32_t(i + j + 1)).op(Opcode::I32DivU).op(Opcode::LocalGet, 0).op(Opcode::I32Add);
    writer.bodies.push_back({{}, code.end().bytes});
  }
  return writer.encode();
}

Work Workshop::prepare(uint32_t number) {
  Work work{makeModule(number), {}, {}};
  auto key = artifactKey(cache::digestOf(work.module), {}, {});
  auto artifact = compileArtifact(work.module, {}, {});
  REQUIRE(key);
  REQUIRE(artifact);
  work.key = *key;
  work.artifact = *artifact;
  return work;
}

/// Exit codes: 1 for an error, 2 for an artifact that is not what it must be.
void Workshop::run(size_t first, size_t count) const {
  auto store = Store::open(file());
  if (!store)
    _exit(1);
  for (size_t i = first; i < first + count; ++i) {
    const Work &work = works[i % works.size()];
    bool isMade = false;
    auto got = (*store)->findOrMake(work.key, [&]() -> Result<cache::Made> {
      isMade = true;
      log('B', i % works.size(), getpid());
      auto made = compileArtifact(work.module, {}, {});
      if (!made)
        return made.error();
      return cache::Made{std::move(*made), 1};
    });
    if (isMade)
      log('S', i % works.size(), getpid());
    if (!got)
      _exit(1);
    if (*got != work.artifact)
      _exit(2);
  }
  _exit(0);
}

/// Whoever begins what another one has begun must know that one to be dead. How many were begun
/// again.
static size_t checkLog(const std::string &path) {
  std::ifstream file(path);
  std::map<size_t, pid_t> flying;
  std::map<pid_t, bool> killed;
  std::map<size_t, bool> stored;
  size_t again = 0;
  char what;
  pid_t process;
  size_t work;
  while (file >> what >> process >> work) {
    if (what == 'K') {
      killed[process] = true;
    } else if (what == 'S') {
      stored[work] = true;
      flying.erase(work);
    } else {
      CHECK_MESSAGE(!stored[work], "compiled again after it was stored");
      if (auto other = flying.find(work); other != flying.end()) {
        CHECK_MESSAGE(killed[other->second], "two compile the same");
        ++again;
      }
      flying[work] = process;
    }
  }
  return again;
}

TEST_CASE("compilers that are killed at any moment leave whole artifacts, made once") {
  constexpr size_t atATime = 4, contractsEach = 60;
  const char *asked = std::getenv("WRIT_CRASH_RUNS");
  size_t wanted = asked ? size_t(std::atoi(asked)) : 500, kills = 0, ends = 0, started = 0;
  Workshop workshop(wanted + contractsEach);
  std::mt19937 random(20261120);
  std::map<pid_t, std::chrono::steady_clock::time_point> running;
  using Clock = std::chrono::steady_clock;
  while (kills < wanted || !running.empty()) {
    while (running.size() < atATime && kills < wanted) {
      pid_t process = fork();
      if (process == 0)
        workshop.run(started, contractsEach); // Those that run at a time want nearly the same.
      running[process] = Clock::now() + std::chrono::microseconds(random() % 40'000);
      ++started;
    }
    usleep(300);
    for (auto it = running.begin(); it != running.end();) {
      int status = 0;
      bool isLate = it->second < Clock::now();
      if (isLate) {
        workshop.log('K', 0, it->first);
        kill(it->first, SIGKILL);
      }
      if (waitpid(it->first, &status, isLate ? 0 : WNOHANG) == 0) {
        ++it;
        continue;
      }
      CHECK((WIFSIGNALED(status) || WEXITSTATUS(status) == 0));
      ++(WIFSIGNALED(status) ? kills : ends);
      it = running.erase(it);
    }
  }
  size_t again = checkLog(workshop.logFile());
  auto store = Store::open(workshop.file());
  REQUIRE(store);
  auto wrong = (*store)->verify(false);
  REQUIRE(wrong);
  CHECK(wrong->empty());
  for (const Work &work : workshop.works) {
    auto found = (*store)->findOrMake(work.key, [&] { return cache::Made{work.artifact, 1}; });
    REQUIRE(found);
    CHECK(*found == work.artifact);
  }
  MESSAGE(kills << " killed, " << ends << " ended; " << again << " compiles begun again");
  CHECK(kills >= wanted);
}
