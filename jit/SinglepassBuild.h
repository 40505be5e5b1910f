//===- SinglepassBuild.h - Bytes to singlepass code, by function ----------===//
#ifndef WRIT_JIT_SINGLEPASSBUILD_H
#define WRIT_JIT_SINGLEPASSBUILD_H

#include "frontend/wasm/Policy.h"
#include "jit/FunctionMaker.h"
#include "jit/singlepass/Singlepass.h"

#include <span>

namespace writ {

/// A module that has been read, with the bytes that it refers to: enough to make the IR of any of
/// its functions at any time. Immutable, thread-safe.
struct ModuleSource {
  std::vector<uint8_t> bytes;
  wasm::Module module;
  FunctionOptions options;

  /// Copies `bytes`, reads and validates them, on up to `threads` threads. Errors: BadInput, Limit.
  static Result<std::shared_ptr<const ModuleSource>> read(std::span<const uint8_t> bytes,
                                                          const wasm::Policy &policy,
                                                          const FunctionOptions &options,
                                                          unsigned threads = 1);
};

/// What `buildSinglepass` makes.
struct SinglepassBuild {
  NativeImage image;
  std::vector<CostCounts> charges;
  ModuleInfo info;
};

/// Makes the IR of each function, compiles it and drops it again, on up to `threads` threads. The
/// code is the same with any number. Its work is counted in bytes of bytecode. Reports stages to
/// `times` if that is given. Errors: Limit; Internal.
Result<SinglepassBuild> buildSinglepass(const std::shared_ptr<const ModuleSource> &source,
                                        unsigned threads, std::vector<StageTime> *times);

} // namespace writ

#endif
