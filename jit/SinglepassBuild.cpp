//===- SinglepassBuild.cpp - Bytes to singlepass code, by function --------===//

#include "jit/SinglepassBuild.h"

#include "frontend/wasm/Wasm.h"
#include "hostabi/Crew.h"
#include "jit/ModuleFromIR.h"

#include "mlir/IR/MLIRContext.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

using namespace writ;

Result<std::shared_ptr<const ModuleSource>> ModuleSource::read(std::span<const uint8_t> bytes,
                                                               const wasm::Policy &policy,
                                                               const FunctionOptions &options,
                                                               unsigned threads) {
  auto source = std::make_shared<ModuleSource>();
  source->bytes.assign(bytes.begin(), bytes.end());
  source->options = options;
  Result<wasm::Module> module = wasm::readModule(source->bytes, policy, options.name, threads);
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
struct FunctionRange {
  uint32_t begin, end;
};

} // namespace

/// Chunks do not depend on the number of threads, so that the code does not either. Of about this
/// many bytes of bytecode; the last ones are small, so that threads end at the same time.
static constexpr size_t mostChunkBytes = 12 << 10, leastChunkBytes = 2 << 10;

/// So much bytecode is IR at the same time: enough that each stage is at it for a while, its code
/// in the processor's caches, and little enough that the IR is in them too.
static constexpr size_t batchBytes = 3 << 10;

/// Takes functions off the front of `range` until they have `bytes` of bytecode.
static FunctionRange takeFirst(const wasm::Module &module, FunctionRange &range, size_t bytes) {
  FunctionRange first{range.begin, range.begin};
  for (size_t taken = 0; first.end < range.end && taken < bytes; ++first.end)
    taken += module.bodies[first.end - module.importedFuncs].code.size();
  range.begin = first.end;
  return first;
}

static std::vector<FunctionRange> divide(const wasm::Module &module) {
  FunctionRange all{module.importedFuncs, uint32_t(module.importedFuncs + module.bodies.size())};
  size_t left = 0;
  for (const wasm::FuncBody &body : module.bodies)
    left += body.code.size();
  std::vector<FunctionRange> chunks;
  while (all.begin < all.end) {
    size_t wanted = std::clamp(left / 8, leastChunkBytes, mostChunkBytes);
    FunctionRange chunk = chunks.emplace_back(takeFirst(module, all, wanted));
    for (uint32_t function = chunk.begin; function < chunk.end; ++function)
      left -= module.bodies[function - module.importedFuncs].code.size();
  }
  return chunks;
}

namespace {

/// What several threads work on.
struct Work {
  std::shared_ptr<const ModuleSource> source;
  std::vector<FunctionRange> ranges;
  std::vector<singlepass::EmittedChunk> chunks; ///< In the order of `ranges`.
  std::vector<std::optional<Error>> errors;     ///< The same.
  std::atomic<size_t> next = 0;
  std::atomic<size_t> finished = 0; ///< Chunks that are made, or have failed.
  bool isTimed = false;
  std::mutex timesMutex;
  std::vector<StageTime> times; ///< Of those that help.
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
      if (++work.finished == work.ranges.size())
        work.finished.notify_all();
    }
  }

  mlir::ModuleOp ir() const { return maker.ir(); }
  bool calleesPop() const { return compiler->calleesPop(); }

private:
  Result<singlepass::EmittedChunk> make(FunctionRange chunk) {
    compiler->beginChunk(chunk.begin);
    while (chunk.begin < chunk.end) {
      FunctionRange batch = takeFirst(work.source->module, chunk, batchBytes);
      if (Result<void> compiled = compile(batch); !compiled)
        return compiled.error();
    }
    clock.enter("finish");
    return compiler->endChunk();
  }

  Result<void> compile(FunctionRange batch) {
    if (Result<void> made = maker.make(batch.begin, batch.end, clock); !made)
      return made;
    clock.enter("singlepass");
    for (uint32_t function = batch.begin; function < batch.end; ++function)
      if (Result<void> compiled = compiler->compile(function); !compiled)
        return compiled;
    clock.enter("drop");
    for (uint32_t function = batch.begin; function < batch.end; ++function)
      maker.drop(function);
    return {};
  }

  Work &work;
  StageClock &clock;
  FunctionMaker maker;
  std::optional<SinglepassCompiler> compiler;
};

} // namespace

//===----------------------------------------------------------------------===//
// A module
//===----------------------------------------------------------------------===//

/// Makes chunks until none is left, for whoever takes the module together.
static void help(Work &work) {
  std::vector<StageTime> times;
  {
    StageClock clock(work.isTimed ? &times : nullptr);
    clock.enter("import");
    Worker worker(work, clock);
    if (worker.declare()) // If not, the first worker says why.
      worker.run();
    clock.enter("drop");
  }
  std::lock_guard lock(work.timesMutex);
  mergeStages(work.times, times);
}

/// Whoever made chunks may still be dropping the IR.
static void waitForChunks(const Work &work) {
  for (size_t finished; (finished = work.finished) < work.ranges.size();)
    work.finished.wait(finished);
}

static const Error *firstError(const Work &work) {
  for (const std::optional<Error> &error : work.errors)
    if (error)
      return &*error;
  return nullptr;
}

static Result<SinglepassBuild> buildWith(Work &work, StageClock &clock) {
  clock.enter("import");
  Worker worker(work, clock);
  if (Result<void> declared = worker.declare(); !declared)
    return declared.error();
  clock.enter("finish");
  Result<ModuleInfo> info = extractModuleInfo(worker.ir());
  if (!info)
    return info.error();
  worker.run();
  waitForChunks(work);
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
  work.isTimed = times != nullptr;
  work.ranges = divide(source->module);
  work.chunks.resize(work.ranges.size());
  work.errors.resize(work.ranges.size());
  size_t most = std::min<size_t>(threads, work.ranges.size());
  Crew crew(std::max<size_t>(most, 1) - 1, [&] { help(work); });
  std::vector<StageTime> sums;
  std::optional<Result<SinglepassBuild>> built;
  {
    StageClock clock(times ? &sums : nullptr);
    built.emplace(buildWith(work, clock));
  }
  crew.join();
  mergeStages(sums, work.times);
  if (times)
    times->insert(times->end(), sums.begin(), sums.end());
  return std::move(*built);
}
