//===- Measure.cpp - One measurement, in a process of its own -------------===//
#include "tools/writ/bench/Measure.h"

#include "frontend/wasm/ModuleFile.h"
#include "jit/Engine.h"
#include "jit/Tiers.h"
#include "jit/runtime/Linker.h"
#include "tools/writ/bench/Native.h"
#include "tools/writ/bench/Peers.h"
#include "tools/writ/bench/Process.h"

#include <chrono>
#include <ctime>
#include <dlfcn.h>
#include <fmt/format.h>
#include <functional>
#include <unistd.h>

namespace writ::bench {

namespace {

/// Time since it was made.
class Watch {
public:
  Watch() : cpu(cpuSeconds()), wall(std::chrono::steady_clock::now()) {}

  Duration elapsed() const {
    std::chrono::duration<double> wallSpent = std::chrono::steady_clock::now() - wall;
    return {cpuSeconds() - cpu, wallSpent.count()};
  }

private:
  static double cpuSeconds() {
    timespec time = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
  }

  double cpu;
  std::chrono::steady_clock::time_point wall;
};

/// A job as the worker gets it.
struct Job {
  std::string kind, path, tier, schedule, entry;
  uint32_t n;
  Effort effort;
};

} // namespace

std::vector<std::string> workerCommand(const Json &job) {
  char self[4096] = {};
  if (readlink("/proc/self/exe", self, sizeof self - 1) <= 0)
    throw cli::Fatal(cli::ExitCode::Failure, "cannot find this program");
  return {self, "bench", "--measure", job.dump()};
}

static Json jobOf(const Task &task, const char *kind, const std::string &path) {
  const Configuration &c = task.configuration;
  return {{"kind", kind},
          {"path", path},
          {"tier", c.tier},
          {"schedule", c.schedule},
          {"entry", task.workload.entry},
          {"n", task.workload.n},
          {"calls", task.effort.calls},
          {"call_seconds", task.effort.callSeconds}};
}

static Job jobFrom(const Json &json) {
  Job job = {json.at("kind"),
             json.at("path"),
             json.at("tier"),
             json.at("schedule"),
             json.at("entry"),
             json.at("n"),
             {}};
  job.effort.calls = json.at("calls");
  job.effort.callSeconds = json.at("call_seconds");
  return job;
}

Measurement runMeasuring(const std::vector<std::string> &command, const Effort &effort) {
  ProcessResult run = runProcess(command, effort.maxSeconds);
  Measurement made;
  Json json = Json::parse(run.output, nullptr, false);
  if (json.is_object())
    made = measurementFrom(json);
  else if (run.failure.empty())
    made.error = "printed no measurement";
  if (made.error.empty())
    made.error = run.failure;
  made.peakBytes = run.peakBytes;
  return made;
}

Measurement measure(const Task &task) {
  switch (task.configuration.kind) {
  case EngineKind::Native: {
    auto library = nativeLibrary(task);
    if (!library) {
      Measurement failed;
      failed.error = library.error().message;
      return failed;
    }
    return runMeasuring(workerCommand(jobOf(task, "native", *library)), task.effort);
  }
  case EngineKind::Writ:
    return runMeasuring(workerCommand(jobOf(task, "writ", task.workload.path)), task.effort);
  case EngineKind::Peer:
    return measurePeer(task);
  }
  return {};
}

//===----------------------------------------------------------------------===//
// In the process that measures
//===----------------------------------------------------------------------===//

/// Calls until there are enough or they took long enough. The first one warms up, and counts only
/// if it took so long that its start does not matter.
static void repeat(const Effort &effort, Measurement &m,
                   const std::function<Result<Duration>()> &call) {
  double total = 0;
  for (unsigned i = 0; i <= effort.calls; ++i) {
    Result<Duration> took = call();
    if (!took) {
      m.error = took.error().message;
      return;
    }
    total += took->wall;
    if (i > 0 || total >= effort.callSeconds)
      m.calls.push_back(*took);
    if (total >= effort.callSeconds && !m.calls.empty())
      return;
  }
}

static Result<void> noteChecksum(Measurement &m, uint32_t checksum) {
  if (m.checksum && *m.checksum != checksum)
    return internalError(fmt::format("checksum {} at first, then {}", *m.checksum, checksum));
  m.checksum = checksum;
  return {};
}

/// Loaded anew for each call, so that each starts from the same state, as an instance does.
static Measurement measureNative(const Job &job) {
  Measurement m;
  repeat(job.effort, m, [&]() -> Result<Duration> {
    void *library = dlopen(job.path.c_str(), RTLD_NOW);
    using Function = uint32_t (*)(uint32_t);
    auto run = library ? reinterpret_cast<Function>(dlsym(library, job.entry.c_str())) : nullptr;
    if (!run)
      return badInput(dlerror());
    Watch watch;
    uint32_t checksum = run(job.n);
    Duration took = watch.elapsed();
    dlclose(library);
    if (auto noted = noteChecksum(m, checksum); !noted)
      return noted.error();
    return took;
  });
  return m;
}

/// An instance of its own for each call, so that each does the same; only the call is timed.
static Result<Duration> callOnce(const Job &job,
                                 const std::shared_ptr<const CompiledModule> &module,
                                 const Schedule *schedule, const Watch &sinceBytes,
                                 Measurement &m) {
  Store store;
  Linker linker(store);
  InstanceOptions options;
  options.tier = job.tier;
  options.schedule = schedule;
  auto made = linker.instantiate(module, options);
  if (!made)
    return made.error();
  if (made->start.trapped())
    return internalError("the start function traps");
  if (!m.ready)
    m.ready = sinceBytes.elapsed();
  uint64_t args[] = {job.n};
  Watch watch;
  auto outcome = made->instance->call(job.entry, args);
  Duration took = watch.elapsed();
  if (!outcome)
    return outcome.error();
  if (outcome->trapped())
    return badInput(fmt::format("trap: {}", trapName(outcome->trap.kind)));
  if (auto noted = noteChecksum(m, uint32_t(outcome->values[0])); !noted)
    return noted.error();
  if (schedule)
    m.gas = outcome->gasUsed;
  return took;
}

static Measurement measureWrit(const Job &job) {
  Measurement m;
  CompileOptions options;
  options.policy.limits.moduleBytes = ~0u; // The parent has accepted it.
  options.name = job.path;
  selectTier(options, job.tier);
  if (job.schedule.empty())
    options.metering = Metering::None;
  Schedule schedule;
  if (!job.schedule.empty())
    schedule = cli::orFatal(loadSchedule(job.schedule));
  auto bytes = cli::orFatal(wasm::readModuleFile(job.path, options.policy.limits.moduleBytes));
  std::vector<StageTime> times;
  options.times = &times;
  Watch watch;
  auto module = compileModule(bytes, options);
  m.compile = watch.elapsed();
  if (!module) {
    m.error = module.error().message;
    return m;
  }
  for (const StageTime &time : times)
    m.stages.emplace_back(time.stage, time.seconds);
  m.codeBytes = (*module)->tier(job.tier)->codeBytes();
  if (!job.entry.empty())
    repeat(job.effort, m, [&] {
      return callOnce(job, *module, job.schedule.empty() ? nullptr : &schedule, watch, m);
    });
  return m;
}

cli::ExitCode runWorker(const std::string &text) {
  Job job = jobFrom(Json::parse(text));
  Measurement m = job.kind == "native" ? measureNative(job) : measureWrit(job);
  fmt::print("{}\n", toJson(m).dump(-1, ' ', false, Json::error_handler_t::replace));
  return cli::ExitCode::Ok;
}

} // namespace writ::bench
