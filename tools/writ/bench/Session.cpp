//===- Session.cpp - All measurements of one command line -----------------===//
#include "tools/writ/bench/Session.h"

#include "tools/writ/Interrupt.h"

#include "tools/writ/Progress.h"
#include "tools/writ/bench/Process.h"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

namespace writ::bench {

namespace {

/// A new folder for what is built, deleted with all in it.
struct WorkFolder {
  std::string path = (std::filesystem::temp_directory_path() / "writ-bench-XXXXXX").string();

  WorkFolder() {
    if (!mkdtemp(path.data()))
      throw cli::Fatal(cli::ExitCode::Failure, "cannot make a folder in " + path);
  }
  ~WorkFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  WorkFolder(const WorkFolder &) = delete;
  WorkFolder &operator=(const WorkFolder &) = delete;
};

struct Cell {
  size_t workload, configuration;
};

} // namespace

/// Whether the configuration can do anything with the workload.
static bool applies(const Workload &workload, const Configuration &configuration) {
  switch (configuration.kind) {
  case EngineKind::Native:
    // A library that was given is one build, whatever the flags.
    if (!workload.library.empty())
      return configuration.name == "native O3";
    return !workload.source.empty();
  case EngineKind::Writ:
    return true;
  case EngineKind::Peer:
    return !workload.entry.empty();
  }
  return false;
}

static std::vector<Cell> cellsOf(const Results &results) {
  std::vector<Cell> cells;
  for (size_t workload = 0; workload < results.workloads.size(); ++workload)
    for (size_t i = 0; i < results.configurations.size(); ++i)
      if (applies(results.workloads[workload], results.configurations[i]))
        cells.push_back({workload, i});
  return cells;
}

static bool hasFailed(const Series &series) {
  return !series.empty() && !series.back().error.empty();
}

void runSession(Results &results, const SessionOptions &options) {
  WorkFolder folder;
  auto cells = cellsOf(results);
  cli::Progress progress("bench", cells.size() * options.runs, options.quiet);
  size_t done = 0;
  for (unsigned run = 0; run < options.runs; ++run)
    for (const Cell &cell : cells) {
      const Workload &workload = results.workloads[cell.workload];
      const Configuration &configuration = results.configurations[cell.configuration];
      progress.show(done++, workload.name + " on " + configuration.name);
      Series &series = results.series[{cell.workload, cell.configuration}];
      if (hasFailed(series)) // It would again.
        continue;
      Measurement made = measure({workload, configuration, options.effort, folder.path});
      if (cli::interrupted()) {
        results.complete = false;
        return;
      }
      series.push_back(std::move(made));
    }
}

} // namespace writ::bench
