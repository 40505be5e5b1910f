//===- Jobs.cpp - Which modules to precompile, and what came of each ------===//
#include "tools/writ/precompile/Jobs.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iostream>

namespace writ::cli::precompile {

static constexpr std::string_view statusNames[] = {"compiled", "cached", "failed", "broken"};

std::string_view statusName(Status status) { return statusNames[size_t(status)]; }

Json toJson(const Outcome &outcome) {
  return {{"path", outcome.path},
          {"code", outcome.code},
          {"tier", outcome.tier},
          {"status", statusName(outcome.status)},
          {"message", outcome.message},
          {"module_bytes", outcome.moduleBytes},
          {"artifact_bytes", outcome.artifactBytes},
          {"compile_s", outcome.seconds},
          {"peak_bytes", outcome.peakBytes}};
}

Outcome outcomeFrom(const Json &json) {
  Outcome outcome;
  outcome.path = json.at("path");
  outcome.code = json.at("code");
  outcome.tier = json.at("tier");
  auto *name = std::ranges::find(statusNames, json.at("status").get<std::string>());
  if (name != std::end(statusNames))
    outcome.status = Status(name - statusNames);
  outcome.message = json.at("message");
  outcome.moduleBytes = json.at("module_bytes");
  outcome.artifactBytes = json.at("artifact_bytes");
  outcome.seconds = json.at("compile_s");
  outcome.peakBytes = json.at("peak_bytes");
  return outcome;
}

//===----------------------------------------------------------------------===//
// Finding them
//===----------------------------------------------------------------------===//

namespace fs = std::filesystem;

static void addFolder(const std::string &folder, std::vector<std::string> &modules) {
  std::error_code failed;
  auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator it(folder, options, failed), end; !failed && it != end;
       it.increment(failed)) {
    std::error_code ignored;
    if (it->path().extension() == ".wasm" && it->is_regular_file(ignored))
      modules.push_back(it->path().string());
  }
  if (failed)
    throw Fatal(ExitCode::BadInput, fmt::format("{}: {}", folder, failed.message()));
}

static void addPath(const std::string &path, std::vector<std::string> &modules) {
  std::error_code failed;
  fs::file_status status = fs::status(path, failed);
  if (failed)
    throw Fatal(ExitCode::BadInput, fmt::format("{}: {}", path, failed.message()));
  if (fs::is_directory(status))
    addFolder(path, modules);
  else
    modules.push_back(path);
}

static void addList(const std::string &list, std::vector<std::string> &modules) {
  std::ifstream file;
  if (list != "-") {
    file.open(list);
    if (!file)
      throw Fatal(ExitCode::BadInput, fmt::format("{}: cannot be read as a list", list));
  }
  std::istream &in = list == "-" ? std::cin : file;
  for (std::string line; std::getline(in, line);)
    if (!line.empty())
      addPath(line, modules);
}

std::vector<std::string> findModules(const std::vector<std::string> &paths) {
  std::vector<std::string> modules;
  for (const std::string &path : paths)
    path.starts_with('@') ? addList(path.substr(1), modules) : addPath(path, modules);
  std::ranges::sort(modules);
  auto twins = std::ranges::unique(modules);
  modules.erase(twins.begin(), twins.end());
  return modules;
}

} // namespace writ::cli::precompile
