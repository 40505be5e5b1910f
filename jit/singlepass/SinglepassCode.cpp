//===- SinglepassCode.cpp - Loaded code of this tier ----------------------===//

#include "jit/singlepass/SinglepassCode.h"

#include "jit/interp/Interpreter.h"
#include "jit/runtime/Entry.h"
#include "jit/runtime/RuntimeCalls.h"
#include "jit/runtime/Signatures.h"

#include <algorithm>

using namespace writ;
using namespace writ::singlepass;

CodeEntry SinglepassCode::entry(uint32_t func) const {
  uint32_t index = func - firstFunction;
  uint32_t native = jumps.empty() ? functions[index] : jumps[index];
  return {nativeArrayCall, codeAt(native), codeAt(thunks[index])};
}

std::vector<CodeSymbol> SinglepassCode::symbols() const {
  std::vector<uint32_t> starts = functions;
  starts.push_back(functionsEnd);
  std::ranges::sort(starts);
  std::vector<CodeSymbol> made;
  for (size_t i = 0; i < functions.size(); ++i) {
    uint32_t next = *std::ranges::upper_bound(starts, functions[i]);
    made.push_back(
        {uint32_t(firstFunction + i), pages.begin() + functions[i], next - functions[i]});
  }
  return made;
}

const RuntimeCalls *SinglepassCode::runtimeCalls() const {
  static const RuntimeCalls calls = [] {
    RuntimeCalls calls = standardRuntimeCalls();
    calls.cold = interp::runCold;
    return calls;
  }();
  return &calls;
}

Result<std::shared_ptr<const SinglepassCode>> SinglepassCode::create(EmittedModule module,
                                                                     size_t coldWords) {
  std::shared_ptr<SinglepassCode> made(new SinglepassCode);
  made->coldWords = coldWords;
  made->firstFunction = module.firstFunction;
  made->functionsEnd = module.functionsEnd;
  made->sites = std::move(module.sites);
  made->functions = std::move(module.functions);
  made->thunks = std::move(module.thunks);
  for (const FuncType &type : module.callTypes)
    made->signatures.push_back(internSignature(type));
  made->jumps = std::move(module.jumps);
  made->ticks = std::move(module.ticks);
  size_t tableBytes = sizeof(void *) * made->jumps.size();
  if (Result<void> loaded = made->pages.load(module.code, tableBytes); !loaded)
    return loaded.error();
  if (module.entryTable != none && made->pages.begin() + module.entryTable != made->pages.data())
    return internalError("singlepass: the machine has pages of another size");
  for (size_t i = 0; i < made->jumps.size(); ++i)
    made->entryTable()[i] = made->codeAt(made->functions[i]);
  Result<CodeRegistration> registration =
      registerCode({made->pages.begin(), made->pages.bytes(), std::move(module.faults), made->sites,
                    GasAt::Rsi});
  if (!registration)
    return registration.error();
  made->registration.emplace(std::move(*registration));
  return std::shared_ptr<const SinglepassCode>(std::move(made));
}
