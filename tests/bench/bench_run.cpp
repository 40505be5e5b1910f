//===- bench_run.cpp - Time one kernel in one engine ----------------------===//
//
// bench_run native FILE.so N            the function `run` of a shared library
// bench_run TIER[-unmetered] FILE.wasm N   the export `run`; TIER is interp, singlepass or llvm
// bench_run compile TIER FILE.wasm      no call, only the compile
//
// Prints "<checksum> <CPU seconds of the call> <CPU seconds of the compile>"; for `compile`
// also seconds for each stage.
//
//===----------------------------------------------------------------------===//
#include "jit/Engine.h"
#include "jit/runtime/Linker.h"
#include "tests/support/Files.h"

#include <ctime>
#include <dlfcn.h>
#include <string>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

static double cpuSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

static int fail(const std::string &why) {
  fmt::print(stderr, "bench_run: {}\n", why);
  return 1;
}

static int runNative(const std::string &path, uint32_t n) {
  void *library = dlopen(path.c_str(), RTLD_NOW);
  auto run = library ? reinterpret_cast<uint32_t (*)(uint32_t)>(dlsym(library, "run")) : nullptr;
  if (!run)
    return fail(dlerror());
  double start = cpuSeconds();
  uint32_t checksum = run(n);
  fmt::print("{} {:.6f} 0\n", checksum, cpuSeconds() - start);
  return 0;
}

static CompileOptions optionsFor(const std::string &engine) {
  CompileOptions options;
  options.singlepass = engine.starts_with("singlepass");
  options.llvm = engine.starts_with("llvm");
  if (engine.ends_with("-unmetered"))
    options.metering = Metering::None;
  return options;
}

static int runWasm(const std::string &engine, const std::string &path, uint32_t n) {
  Result<Bytes> bytes = readFile(path);
  if (!bytes)
    return fail(bytes.error().message);
  double start = cpuSeconds();
  auto module = compileModule(*bytes, optionsFor(engine));
  double compile = cpuSeconds() - start;
  if (!module)
    return fail(module.error().message);
  Store store;
  Linker linker(store);
  auto made = linker.instantiate(*module);
  if (!made)
    return fail(made.error().message);
  uint64_t args[] = {n};
  start = cpuSeconds();
  auto outcome = made->instance->call("run", args);
  double run = cpuSeconds() - start;
  if (!outcome)
    return fail(outcome.error().message);
  if (outcome->trapped())
    return fail(fmt::format("trap: {}", trapName(outcome->trap.kind)));
  fmt::print("{} {:.6f} {:.6f}\n", uint32_t(outcome->values[0]), run, compile);
  return 0;
}

static int runCompile(const std::string &tier, const std::string &path) {
  Result<Bytes> bytes = readFile(path);
  if (!bytes)
    return fail(bytes.error().message);
  CompileOptions options = optionsFor(tier);
  std::vector<StageTime> times;
  options.times = &times;
  double start = cpuSeconds();
  auto module = compileModule(*bytes, options);
  double compile = cpuSeconds() - start;
  if (!module)
    return fail(module.error().message);
  fmt::print("0 0 {:.6f}", compile);
  for (const StageTime &time : times)
    fmt::print(" {} {:.6f}", time.stage, time.seconds);
  fmt::print("\n");
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 4)
    return fail("expected 3 arguments; see the top of bench_run.cpp");
  std::string engine = argv[1];
  if (engine == "compile")
    return runCompile(argv[2], argv[3]);
  uint32_t n = uint32_t(std::stoul(argv[3]));
  return engine == "native" ? runNative(argv[2], n) : runWasm(engine, argv[2], n);
}
