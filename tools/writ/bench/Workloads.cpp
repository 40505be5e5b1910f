//===- Workloads.cpp - The modules to be measured, and with what ----------===//
#include "tools/writ/bench/Workloads.h"

#include "frontend/wasm/ModuleFile.h"
#include "frontend/wasm/Wasm.h"
#include "tools/writ/Cli.h"
#include "tools/writ/Suggest.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

namespace writ::bench {

namespace fs = std::filesystem;
using cli::ExitCode;
using cli::Fatal;

namespace {

/// n by the name of a module.
using Sizes = std::map<std::string, uint32_t>;

} // namespace

/// Lines of a name and a number; more columns are not ours, "#" starts a comment.
static Sizes readSizes(const fs::path &file) {
  Sizes sizes;
  std::ifstream in(file);
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    std::istringstream words(line.substr(0, line.find('#')));
    std::string name;
    if (!(words >> name))
      continue;
    uint32_t size = 0;
    if (!(words >> size))
      throw Fatal(ExitCode::BadInput,
                  fmt::format("{}:{}: expected a name and a number", file.string(), number));
    sizes[name] = size;
  }
  return sizes;
}

static Sizes sizesFor(const WorkloadRequest &request, const fs::path &module) {
  if (!request.sizesFile.empty()) {
    if (!fs::is_regular_file(request.sizesFile))
      throw Fatal(ExitCode::BadInput, request.sizesFile + ": no such file");
    return readSizes(request.sizesFile);
  }
  for (const fs::path &folder : {module.parent_path(), fs::path(request.nativeFolder)})
    if (!folder.empty() && fs::is_regular_file(folder / "sizes.txt"))
      return readSizes(folder / "sizes.txt");
  return {};
}

/// Whether `entry` is a function of one integer that gives one.
static bool isKernel(const ModuleInfo &info, const std::string &entry) {
  for (const ExportDecl &decl : info.exports) {
    if (decl.kind != ExternKind::Func || decl.name != entry)
      continue;
    const FuncType &type = info.funcs[decl.index].type;
    return type.params == std::vector{ValueType::I32} &&
           type.results == std::vector{ValueType::I32};
  }
  return false;
}

static void findNative(const WorkloadRequest &request, Workload &workload) {
  fs::path folder = request.nativeFolder.empty() ? fs::path(workload.path).parent_path()
                                                 : fs::path(request.nativeFolder);
  for (auto [suffix, place] : {std::pair(".so", &workload.library), {".c", &workload.source}})
    if (fs::path file = folder / (workload.name + suffix); fs::is_regular_file(file))
      *place = fs::absolute(file).lexically_normal().string();
}

static Result<Workload> loadWorkload(const WorkloadRequest &request, const fs::path &path) {
  auto bytes = wasm::readModuleFile(path.string(), request.policy.limits.moduleBytes);
  if (!bytes)
    return bytes.error();
  auto module = wasm::readModule(*bytes, request.policy, path.string());
  if (!module)
    return module.error();
  Workload workload;
  workload.name = path.stem().string();
  workload.path = fs::absolute(path).lexically_normal().string();
  workload.moduleBytes = bytes->size();
  for (const wasm::SectionInfo &section : module->sections)
    if (section.id == 10)
      workload.codeSectionBytes = section.size;
  if (isKernel(module->info, request.entry)) {
    workload.entry = request.entry;
    Sizes sizes = sizesFor(request, path);
    auto size = sizes.find(workload.name);
    double n = size == sizes.end() ? request.defaultSize : size->second;
    workload.n = uint32_t(std::clamp(std::round(n * request.scale), 1.0, 4294967295.0));
    findNative(request, workload);
  }
  return workload;
}

/// The modules in a folder, by name.
static std::vector<fs::path> modulesIn(const fs::path &folder) {
  std::vector<fs::path> found;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == ".wasm")
      found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

/// Leaves only those that were asked for.
static void choose(std::vector<Workload> &workloads, const std::vector<std::string> &only) {
  std::vector<std::string> names;
  for (const Workload &workload : workloads)
    names.push_back(workload.name);
  for (const std::string &name : only)
    if (std::ranges::find(names, name) == names.end())
      throw Fatal(ExitCode::BadInput,
                  fmt::format("no module '{}'{} (there are: {})", name,
                              cli::suggestion(name, names), cli::listOf(names)));
  if (!only.empty())
    std::erase_if(workloads, [&](const Workload &workload) {
      return std::ranges::find(only, workload.name) == only.end();
    });
}

std::vector<Workload> findWorkloads(const WorkloadRequest &request) {
  std::vector<Workload> workloads;
  for (const std::string &given : request.paths) {
    if (!fs::is_directory(given)) {
      workloads.push_back(cli::orFatal(loadWorkload(request, given)));
      continue;
    }
    for (const fs::path &path : modulesIn(given)) {
      auto workload = loadWorkload(request, path);
      if (workload)
        workloads.push_back(std::move(*workload));
      else
        fmt::print(stderr, "writ: left out: {}\n", workload.error().message);
    }
  }
  if (workloads.empty())
    throw Fatal(ExitCode::BadInput,
                fmt::format("{}: no valid .wasm module", cli::listOf(request.paths)));
  choose(workloads, request.only);
  return workloads;
}

} // namespace writ::bench
