//===- Native.cpp - Kernels as native code, for comparison ----------------===//
#include "tools/writ/bench/Native.h"

#include "tools/writ/bench/Process.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace writ::bench {

namespace fs = std::filesystem;

static constexpr double maxBuildSeconds = 300;

std::string findCompiler(const std::string &asked) {
  if (!asked.empty())
    return findProgram(asked);
  for (const char *name : {"clang-22", "clang", "gcc", "cc"})
    if (!findProgram(name).empty())
      return name;
  return {};
}

static Result<void> runBuild(const std::vector<std::string> &command) {
  ProcessResult run = runProcess(command, maxBuildSeconds);
  if (run.failure.empty())
    return {};
  return badInput(fmt::format("{}: {}", command.front(), run.failure));
}

Result<std::string> nativeLibrary(const Task &task) {
  const Workload &workload = task.workload;
  if (!workload.library.empty())
    return workload.library;
  std::string flavour = task.configuration.name;
  std::ranges::replace(flavour, ' ', '-');
  std::string library = fmt::format("{}/{}.{}.so", task.work, workload.name, flavour);
  if (fs::exists(library))
    return library;
  std::vector<std::string> command = {task.configuration.compiler};
  command.insert(command.end(), task.configuration.flags.begin(), task.configuration.flags.end());
  command.insert(command.end(),
                 {"-ffp-contract=off", "-shared", "-fPIC", workload.source, "-o", library});
  if (auto built = runBuild(command); !built)
    return built.error();
  return library;
}

/// wasm2c renamed what it makes after 1.0.32.
static constexpr const char *shim = R"(#include "kernel.h"
unsigned {entry}(unsigned n) {{
  static {type} instance;
  wasm_rt_init();
  {init}
  {instantiate}(&instance);
  return {call}(&instance, n);
}}
)";

static std::string readText(const std::string &path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

static void writeShim(const std::string &folder, const std::string &entry) {
  bool isOld = readText(folder + "/kernel.h").find("Z_kernel_init_module") != std::string::npos;
  std::ofstream(folder + "/shim.c") << fmt::format(
      fmt::runtime(shim), fmt::arg("entry", entry),
      fmt::arg("type", isOld ? "Z_kernel_instance_t" : "w2c_kernel"),
      fmt::arg("init", isOld ? "Z_kernel_init_module();" : ""),
      fmt::arg("instantiate", isOld ? "Z_kernel_instantiate" : "wasm2c_kernel_instantiate"),
      fmt::arg("call", (isOld ? "Z_kernelZ_" : "w2c_kernel_") + entry));
}

/// Where the run-time sources of wasm2c are, beside its program.
static std::vector<std::string> runtimeSources() {
  fs::path folder = fs::path(findProgram("wasm2c")).parent_path() / "../share/wabt/wasm2c";
  std::vector<std::string> sources;
  for (const char *name : {"wasm-rt-impl.c", "wasm-rt-mem-impl.c"})
    if (fs::exists(folder / name))
      sources.push_back((folder / name).string());
  return sources;
}

Result<std::string> wasm2cLibrary(const Task &task, double &cpuSeconds) {
  const Workload &workload = task.workload;
  std::string folder = fmt::format("{}/{}.wasm2c", task.work, workload.name);
  std::string library = folder + "/kernel.so";
  if (fs::exists(library))
    return library;
  fs::create_directories(folder);
  ProcessResult made =
      runProcess({"wasm2c", "-n", "kernel", workload.path, "-o", folder + "/kernel.c"}, 60);
  if (!made.failure.empty())
    return badInput("wasm2c: " + made.failure);
  writeShim(folder, workload.entry);
  std::string compiler = findCompiler("");
  if (compiler.empty())
    return badInput("no C compiler for what wasm2c makes");
  std::vector<std::string> command = {
      compiler, "-O2", "-w", "-shared", "-fPIC", folder + "/shim.c", folder + "/kernel.c"};
  auto sources = runtimeSources();
  command.insert(command.end(), sources.begin(), sources.end());
  command.insert(command.end(), {"-o", library, "-lm"});
  ProcessResult built = runProcess(command, maxBuildSeconds);
  if (!built.failure.empty())
    return badInput(fmt::format("{}: {}", compiler, built.failure));
  cpuSeconds = made.cpuSeconds + built.cpuSeconds;
  return library;
}

} // namespace writ::bench
