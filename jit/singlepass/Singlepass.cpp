//===- Singlepass.cpp - The linear-time native tier -----------------------===//

#include "jit/singlepass/Singlepass.h"

#include "jit/singlepass/ModuleCompiler.h"
#include "jit/singlepass/SinglepassCode.h"

using namespace writ;
using namespace writ::singlepass;

static Result<std::shared_ptr<const SinglepassCode>>
compile(mlir::ModuleOp module, ChargeTable &charges, const RegionMap &regions, bool isCounting) {
  if (!__builtin_cpu_supports("sse4.2") || !__builtin_cpu_supports("popcnt"))
    return internalError("singlepass: the machine has no SSE 4.2 or no POPCNT");
  Result<EmittedModule> emitted = ModuleCompiler(module, charges, regions, isCounting).run();
  if (!emitted)
    return emitted.error();
  return SinglepassCode::create(std::move(*emitted), coldFrameWords(regions));
}

Result<std::shared_ptr<const TierCode>>
writ::compileSinglepass(mlir::ModuleOp module, ChargeTable &charges, const RegionMap &regions) {
  auto code = compile(module, charges, regions, false);
  if (!code)
    return code.error();
  return std::shared_ptr<const TierCode>(std::move(*code));
}

Result<CountingCode> writ::compileCounting(mlir::ModuleOp module, ChargeTable &charges,
                                           const RegionMap &regions) {
  auto code = compile(module, charges, regions, true);
  if (!code)
    return code.error();
  return CountingCode{*code, &(*code)->tickTable(), (*code)->entryTable()};
}
