//===- artifact_load.cpp - How long until an artifact runs ----------------===//
//
// artifact_load FILE.wasm [--tier singlepass|llvm] [--function NAME] [--runs N]
//
// Compiles the module to an artifact in a file, and then, many times: opens it, loads it, makes an
// instance, and calls an exported function until it returns or calls the host. Beside that, in the
// same run: `dlopen` of a shared object of the same size, and a call of a function in it. Prints
// medians in microseconds, and what the artifact consists of. Skipped without a compiler for the
// shared object.
//
//===----------------------------------------------------------------------===//
#include "jit/CompileArtifact.h"
#include "jit/image/LoadArtifact.h"
#include "jit/runtime/Linker.h"
#include "tests/support/Files.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

namespace {

struct Options {
  std::string file, function = "main";
  NativeTier tier = NativeTier::Singlepass;
  int runs = 300;
};

/// Times of one kind, in microseconds.
class Times {
public:
  void add(double time) { all.push_back(time); }
  double at(double share) {
    std::sort(all.begin(), all.end());
    return all.empty() ? 0 : all[size_t(share * double(all.size() - 1))];
  }

private:
  std::vector<double> all;
};

class Watch {
public:
  /// Since the last lap.
  double lap() {
    auto now = std::chrono::steady_clock::now();
    std::chrono::duration<double, std::micro> time = now - last;
    last = now;
    return time.count();
  }

private:
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();
};

struct Measured {
  Times load, instantiate, call, sum, shared;
};

} // namespace

static writ_status endCall(void *, writ_call *call, uint64_t *) {
  return call->services->trap(call, "here", 4);
}

static void defineImports(Linker &linker, const ModuleInfo &info) {
  for (const FuncDecl &func : info.funcs)
    if (func.import)
      linker.defineFunction(func.import->module, func.import->name,
                            {func.type, endCall, nullptr, nullptr, {}, {}});
}

static int fail(const std::string &what) {
  fmt::print(stderr, "artifact_load: {}\n", what);
  return 1;
}

static Result<std::shared_ptr<const CompiledModule>> load(const std::string &path) {
  auto source = cache::openByteSource(path);
  return source ? loadArtifact(std::move(*source)) : source.error();
}

static Result<void> measureOnce(const Options &options, const std::string &path, Measured &times) {
  Watch watch;
  auto module = load(path);
  double loaded = watch.lap();
  if (!module)
    return module.error();
  Store store;
  Linker linker(store);
  defineImports(linker, (*module)->info());
  auto made = linker.instantiate(*module);
  double instantiated = watch.lap();
  if (!made)
    return made.error();
  const ExportDecl *found = (*module)->findExport(options.function);
  if (!found || found->kind != ExternKind::Func)
    return badInput("no exported function '" + options.function + "'");
  std::vector<uint64_t> arguments((*module)->info().funcs[found->index].type.params.size());
  CallLimits limits;
  limits.gas = 1'000'000'000;
  watch.lap();
  auto outcome = made->instance->call(found->index, arguments, limits);
  double called = watch.lap();
  if (!outcome)
    return outcome.error();
  times.load.add(loaded);
  times.instantiate.add(instantiated);
  times.call.add(called);
  times.sum.add(loaded + instantiated + called);
  return {};
}

/// A shared object with so many bytes of text. False if it cannot be made.
static bool makeShared(const std::string &path, const std::string &contents) {
  std::string source = path + ".s";
  std::ofstream(source) << ".text\n.globl f\n.type f, @function\nf: ret\n.incbin \"" << contents
                        << "\"\n.section .note.GNU-stack,\"\",@progbits\n";
  return runProgram({"cc", "-shared", "-nostdlib", "-o", path, source}) == 0;
}

static Result<void> openShared(const std::string &path, Measured &times) {
  Watch watch;
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  auto *function = library ? reinterpret_cast<void (*)()>(dlsym(library, "f")) : nullptr;
  if (!function)
    return internalError(dlerror());
  function();
  times.shared.add(watch.lap());
  dlclose(library);
  return {};
}

static void show(const char *what, Times &times) {
  fmt::print("{:<34} {:8.1f} {:8.1f} {:8.1f}\n", what, times.at(0.5), times.at(0.1), times.at(0.9));
}

static void showSections(const Bytes &bytes) {
  auto artifact = cache::Artifact::inspect(cache::makeByteSource(bytes));
  if (!artifact)
    return;
  fmt::print("artifact: {} bytes;", bytes.size());
  for (const auto &section : artifact->sections())
    fmt::print(" {} {}", cache::sectionName(section.id), section.size);
  fmt::print("\n");
}

static int measure(const Options &options) {
  auto module = readFile(options.file);
  if (!module)
    return fail(module.error().message);
  ArtifactRequest request;
  request.tier = options.tier;
  auto bytes = compileArtifact(*module, {}, request);
  if (!bytes)
    return fail(bytes.error().message);
  showSections(*bytes);
  std::string folder = (std::filesystem::temp_directory_path() / "artifact_load.XXXXXX").string();
  if (!mkdtemp(folder.data()))
    return fail("no temporary folder");
  std::string path = folder + "/module.writ", shared = folder + "/module.so";
  Measured times;
  int status = 0;
  if (!writeFile(path, *bytes) || !makeShared(shared, path))
    status = exitSkipped;
  for (int run = 0; run < options.runs && status == 0; ++run)
    for (const Result<void> &done : {measureOnce(options, path, times), openShared(shared, times)})
      if (!done)
        status = fail(done.error().message);
  std::filesystem::remove_all(folder);
  if (status != 0)
    return status;
  fmt::print("{:<34} {:>8} {:>8} {:>8}  (microseconds)\n", "", "median", "10 %", "90 %");
  show("load", times.load);
  show("instantiate", times.instantiate);
  show("first call", times.call);
  show("all three", times.sum);
  show("dlopen of the same size, and a call", times.shared);
  return 0;
}

int main(int argc, char **argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument == "--tier" && i + 1 < argc)
      options.tier = argv[++i] == std::string("llvm") ? NativeTier::LLVM : NativeTier::Singlepass;
    else if (argument == "--function" && i + 1 < argc)
      options.function = argv[++i];
    else if (argument == "--runs" && i + 1 < argc)
      options.runs = std::atoi(argv[++i]);
    else
      options.file = argument;
  }
  if (options.file.empty())
    return fail("no module given");
  return measure(options);
}
