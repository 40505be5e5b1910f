//===- SinglepassCode.cpp - Loaded code of this tier ----------------------===//

#include "jit/singlepass/SinglepassCode.h"

#include "jit/interp/Interpreter.h"
#include "jit/runtime/Entry.h"
#include "jit/runtime/RuntimeCalls.h"
#include "jit/runtime/Signatures.h"

#include <algorithm>
#include <sys/mman.h>

using namespace writ;
using namespace writ::singlepass;

CodePages::~CodePages() {
  if (begin)
    munmap(begin, bytes);
}

Result<void> CodePages::load(std::span<const uint8_t> code) {
  void *pages =
      mmap(nullptr, code.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED)
    return internalError("no memory for code");
  begin = static_cast<uint8_t *>(pages);
  bytes = code.size();
  std::memcpy(begin, code.data(), code.size());
  if (mprotect(begin, bytes, PROT_READ | PROT_EXEC) != 0)
    return internalError("code cannot be made executable");
  return {};
}

CodeEntry SinglepassCode::entry(uint32_t func) const {
  uint32_t index = func - firstFunction;
  return {nativeArrayCall, pages.begin + functions[index], pages.begin + thunks[index]};
}

std::vector<CodeSymbol> SinglepassCode::symbols() const {
  std::vector<uint32_t> starts = functions;
  starts.push_back(functionsEnd);
  std::ranges::sort(starts);
  std::vector<CodeSymbol> made;
  for (size_t i = 0; i < functions.size(); ++i) {
    uint32_t next = *std::ranges::upper_bound(starts, functions[i]);
    made.push_back({uint32_t(firstFunction + i), pages.begin + functions[i], next - functions[i]});
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

Result<std::shared_ptr<const TierCode>> SinglepassCode::create(EmittedModule module,
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
  if (Result<void> loaded = made->pages.load(module.code); !loaded)
    return loaded.error();
  Result<CodeRegistration> registration = registerCode(
      {made->pages.begin, made->pages.bytes, std::move(module.faults), made->sites, GasAt::Rsi});
  if (!registration)
    return registration.error();
  made->registration.emplace(std::move(*registration));
  return std::shared_ptr<const TierCode>(std::move(made));
}
