//===- SinglepassBuild.cpp - Bytes to singlepass code, by function --------===//

#include "jit/SinglepassBuild.h"

#include "frontend/wasm/Wasm.h"
#include "jit/ModuleFromIR.h"

#include "mlir/IR/MLIRContext.h"

#include <atomic>
#include <optional>
#include <pthread.h>
#include <utility>

using namespace writ;

Result<std::shared_ptr<const ModuleSource>> ModuleSource::read(std::span<const uint8_t> bytes,
                                                               const wasm::Policy &policy,
                                                               const FunctionOptions &options) {
  auto source = std::make_shared<ModuleSource>();
  source->bytes.assign(bytes.begin(), bytes.end());
  source->options = options;
  Result<wasm::Module> module = wasm::readModule(source->bytes, policy, options.name);
  if (!module)
    return module.error();
  source->module = std::move(*module);
  return std::shared_ptr<const ModuleSource>(std::move(source));
}

//===----------------------------------------------------------------------===//
// Chunks
//===----------------------------------------------------------------------===//

namespace {

/// Functions from `begin` up to `end` in the index space.
struct ChunkRange {
  uint32_t begin, end;
};

/// What several threads work on.
struct Work {
  std::shared_ptr<const ModuleSource> source;
  std::vector<ChunkRange> ranges;
  std::vector<singlepass::EmittedChunk> chunks; ///< In the order of `ranges`.
  std::vector<std::optional<Error>> errors;     ///< The same.
  std::atomic<size_t> next = 0;
};

/// Makes chunks from IR of its own.
class Worker {
public:
  Worker(Work &work, StageClock &clock)
      : work(work), clock(clock), maker(work.source->module, work.source->options, IRUse::Native) {}

  Result<void> declare() {
    if (Result<void> declared = maker.declare(); !declared)
      return declared;
    compiler.emplace(maker.ir());
    return {};
  }

  void run() {
    for (size_t index; (index = work.next++) < work.ranges.size();) {
      Result<singlepass::EmittedChunk> chunk = make(work.ranges[index]);
      if (chunk)
        work.chunks[index] = std::move(*chunk);
      else
        work.errors[index] = chunk.error();
    }
  }

  mlir::ModuleOp ir() const { return maker.ir(); }
  bool calleesPop() const { return compiler->calleesPop(); }

private:
  Result<singlepass::EmittedChunk> make(ChunkRange range) {
    compiler->beginChunk(range.begin);
    for (uint32_t function = range.begin; function < range.end; ++function) {
      if (auto made = maker.make(function, clock); !made)
        return made.error();
      clock.enter("singlepass");
      if (Result<void> compiled = compiler->compile(function); !compiled)
        return compiled.error();
      clock.enter("drop");
      maker.drop(function);
    }
    clock.enter("finish");
    return compiler->endChunk();
  }

  Work &work;
  StageClock &clock;
  FunctionMaker maker;
  std::optional<SinglepassCompiler> compiler;
};

} // namespace

/// Chunks do not depend on the number of threads, so that the code does not either. About this
/// many bytes of bytecode each.
static constexpr size_t chunkBytes = 12 << 10;

static std::vector<ChunkRange> divide(const wasm::Module &module) {
  std::vector<ChunkRange> ranges;
  size_t bytes = chunkBytes;
  for (uint32_t own = 0; own < module.bodies.size(); ++own) {
    uint32_t function = module.importedFuncs + own;
    if (bytes >= chunkBytes) {
      ranges.push_back({function, function});
      bytes = 0;
    }
    ranges.back().end = function + 1;
    bytes += module.bodies[own].code.size();
  }
  return ranges;
}

//===----------------------------------------------------------------------===//
// A module
//===----------------------------------------------------------------------===//

namespace {
/// Threads that work until nothing is left to do. There may be fewer than wanted.
class Helpers {
public:
  Helpers(Work &work, size_t count, bool areTimed) : helpers(count) {
    for (Helper &helper : helpers) {
      helper.work = &work;
      helper.isTimed = areTimed;
      helper.isRunning = pthread_create(&helper.thread, nullptr, help, &helper) == 0;
    }
  }
  ~Helpers() { join(); }
  Helpers(const Helpers &) = delete;

  void join() {
    for (Helper &helper : helpers)
      if (std::exchange(helper.isRunning, false))
        pthread_join(helper.thread, nullptr);
  }
  /// Only after `join`.
  void addTimes(std::vector<StageTime> &sums) const {
    for (const Helper &helper : helpers)
      mergeStages(sums, helper.times);
  }

private:
  struct Helper {
    pthread_t thread;
    Work *work = nullptr;
    bool isTimed = false, isRunning = false;
    std::vector<StageTime> times;
  };

  static void *help(void *argument) {
    auto &helper = *static_cast<Helper *>(argument);
    StageClock clock(helper.isTimed ? &helper.times : nullptr);
    clock.enter("import");
    Worker worker(*helper.work, clock);
    if (worker.declare()) // If not, the first worker says why.
      worker.run();
    clock.enter("drop");
    return nullptr;
  }

  std::vector<Helper> helpers;
};
} // namespace

static const Error *firstError(const Work &work) {
  for (const std::optional<Error> &error : work.errors)
    if (error)
      return &*error;
  return nullptr;
}

static Result<SinglepassBuild> buildWith(Work &work, Helpers &helpers, StageClock &clock) {
  clock.enter("import");
  Worker worker(work, clock);
  if (Result<void> declared = worker.declare(); !declared)
    return declared.error();
  clock.enter("finish");
  Result<ModuleInfo> info = extractModuleInfo(worker.ir());
  if (!info)
    return info.error();
  worker.run();
  helpers.join();
  if (const Error *error = firstError(work))
    return *error;
  clock.enter("finish");
  singlepass::LinkOptions options;
  options.calleesPop = worker.calleesPop();
  auto linked = singlepass::link(work.chunks, *info, options);
  if (!linked)
    return linked.error();
  for (const wasm::FuncBody &body : work.source->module.bodies)
    linked->image.work += body.code.size();
  clock.enter("drop");
  return SinglepassBuild{std::move(linked->image), std::move(linked->charges), std::move(*info)};
}

Result<SinglepassBuild> writ::buildSinglepass(const std::shared_ptr<const ModuleSource> &source,
                                              unsigned threads, std::vector<StageTime> *times) {
  Work work;
  work.source = source;
  work.ranges = divide(source->module);
  work.chunks.resize(work.ranges.size());
  work.errors.resize(work.ranges.size());
  size_t count = std::min<size_t>(threads, work.ranges.size());
  Helpers helpers(work, count > 1 ? count - 1 : 0, times != nullptr);
  std::vector<StageTime> sums;
  std::optional<Result<SinglepassBuild>> built;
  {
    StageClock clock(times ? &sums : nullptr);
    built.emplace(buildWith(work, helpers, clock));
  }
  helpers.join();
  helpers.addTimes(sums);
  if (times)
    times->insert(times->end(), sums.begin(), sums.end());
  return std::move(*built);
}
