//===- InterpHarness.h - Core IR in text, run by the interpreter ----------===//
#ifndef WRIT_TESTS_UNIT_INTERPHARNESS_H
#define WRIT_TESTS_UNIT_INTERPHARNESS_H

#include "jit/interp/Code.h"
#include "jit/runtime/Linker.h"
#include "lowering/RegionLiveIns.h"
#include "mlir-dialect/Transforms/Metering.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::test {

using contract::Metering;

/// A module given as text, translated. An op's position is its line in it, counted from 1.
class InterpModule {
public:
  explicit InterpModule(std::string_view text, Metering metering = Metering::Merged);
  ~InterpModule();

  /// An instance of its own for each call, with `limits`. `name` must be exported.
  CallOutcome call(std::string_view name, std::vector<uint64_t> args = {}, CallLimits limits = {});

  /// Contents of the memory's start after the last call.
  std::string memory(size_t bytes) const;
  std::string disassembly() const;

  const Schedule *schedule = nullptr; ///< Null for `flat`.
  std::string error;                  ///< Of translation; empty if there was none.
  RegionMap regions;
  mlir::OwningOpRef<mlir::ModuleOp> ir;
  std::shared_ptr<const interp::Code> code;

  const CompiledModule &module() const { return *compiled; }

private:
  std::shared_ptr<const CompiledModule> compiled;
  std::unique_ptr<Store> store;
  Instance *instance = nullptr;
};

} // namespace writ::test

#endif
