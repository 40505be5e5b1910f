//===- Workloads.h - The modules to be measured, and with what ------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_WORKLOADS_H
#define WRIT_TOOLS_WRIT_BENCH_WORKLOADS_H

#include "frontend/wasm/Policy.h"

#include <cstdint>
#include <string>
#include <vector>

namespace writ::bench {

/// One row of the report.
struct Workload {
  std::string name;  ///< The file's, without folder and ".wasm".
  std::string path;  ///< Absolute.
  std::string entry; ///< The export to call; empty if the module is only compiled.
  uint32_t n = 0;    ///< Its argument.
  uint64_t moduleBytes = 0, codeSectionBytes = 0;
  std::string source;  ///< C that does the same natively; empty if there is none.
  std::string library; ///< A shared library that does; empty if there is none.
};

struct WorkloadRequest {
  std::vector<std::string> paths; ///< Modules, or folders of such.
  std::vector<std::string> only;  ///< Names; empty for all.
  std::string entry = "run";
  std::string nativeFolder; ///< Where sources and libraries are; empty: beside the module.
  std::string sizesFile;    ///< Empty: sizes.txt beside the module or in `nativeFolder`.
  uint32_t defaultSize = 1; ///< For a module without a size.
  double scale = 1;         ///< Times the sizes, of which none becomes 0.
  wasm::Policy policy;
};

/// Modules of folders that are not valid are left out with a warning on standard error. Throws
/// `cli::Fatal` if a file that was named is bad, or nothing is left.
std::vector<Workload> findWorkloads(const WorkloadRequest &request);

} // namespace writ::bench

#endif
