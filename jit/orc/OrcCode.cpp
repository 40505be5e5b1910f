//===- OrcCode.cpp - Loaded native code as a tier -------------------------===//

#include "jit/orc/OrcCode.h"

#include "jit/interp/Interpreter.h"
#include "jit/runtime/Entry.h"
#include "jit/runtime/RuntimeCalls.h"
#include "jit/runtime/Signatures.h"

#include <algorithm>

using namespace writ;
using namespace writ::orc;

const RuntimeCalls *OrcCode::runtimeCalls() const {
  static const RuntimeCalls calls = [] {
    RuntimeCalls calls = standardRuntimeCalls();
    calls.cold = interp::runCold;
    return calls;
  }();
  return &calls;
}

/// A function goes up to the next symbol, whatever that is.
std::vector<CodeSymbol> OrcCode::symbols() const {
  const char *end = static_cast<const char *>(code.begin) + code.bytes;
  std::vector<const char *> starts = {end};
  for (const auto &symbol : code.symbols)
    starts.push_back(static_cast<const char *>(symbol.second));
  std::ranges::sort(starts);
  std::vector<CodeSymbol> made;
  for (size_t i = 0; i < entries.size(); ++i) {
    const char *begin = static_cast<const char *>(entries[i].native);
    auto next = std::ranges::upper_bound(starts, begin);
    made.push_back({uint32_t(firstFunction + i), begin, size_t(*next - begin)});
  }
  return made;
}

Result<std::shared_ptr<const TierCode>> OrcCode::create(LoweredModule module, LoadedCode loaded,
                                                        size_t coldWords) {
  std::shared_ptr<OrcCode> made(new OrcCode(std::move(loaded)));
  made->sites = std::move(module.sites);
  made->coldWords = coldWords;
  for (const FuncType &type : module.callTypes)
    made->signatures.push_back(internSignature(type));
  if (!module.functions.empty())
    made->firstFunction = module.functions.front().index;
  for (const LoweredFunction &function : module.functions) {
    void *native = made->code.symbols.lookup(functionSymbol(function.index));
    void *thunk = made->code.symbols.lookup(thunkSymbol(function.thunk));
    if (!native || !thunk)
      return internalError("no code was linked for function " + function.name);
    made->entries.push_back({nativeArrayCall, native, thunk});
  }
  if (made->code.bytes == 0)
    return std::shared_ptr<const TierCode>(std::move(made));
  CodeRange range{made->code.begin, made->code.bytes, std::move(made->code.faults), made->sites};
  Result<CodeRegistration> registration = registerCode(std::move(range));
  if (!registration)
    return registration.error();
  made->registration.emplace(std::move(*registration));
  return std::shared_ptr<const TierCode>(std::move(made));
}
