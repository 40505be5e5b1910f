//===- HostFunctions.cpp - The few host functions that writ run has -------===//
#include "tools/writ/HostFunctions.h"

#include "tools/writ/Describe.h"

#include <chrono>
#include <fmt/format.h>

namespace writ::cli {

static writ_status clockMs(void *, writ_call *, uint64_t *values) {
  using namespace std::chrono;
  auto now = steady_clock::now().time_since_epoch();
  values[0] = uint32_t(duration_cast<milliseconds>(now).count());
  return WRIT_SUCCESS;
}

void defineClock(Linker &linker) {
  HostFunction clock;
  clock.type.results = {ValueType::I32};
  clock.call = clockMs;
  linker.defineFunction("env", "clock_ms", std::move(clock));
}

/// `user` is the message.
static writ_status trapAsStub(void *user, writ_call *call, uint64_t *) {
  const auto &message = *static_cast<const std::string *>(user);
  return writ_trap(call, message.data(), message.size());
}

void defineStubs(Linker &linker, const ModuleInfo &info) {
  for (const FuncDecl &func : info.funcs) {
    if (!func.import || linker.find(func.import->module, func.import->name))
      continue;
    auto message = std::make_shared<std::string>(
        fmt::format("call of the stub for {}.{}", func.import->module, func.import->name));
    HostFunction stub;
    stub.type = func.type;
    stub.call = trapAsStub;
    stub.user = message.get();
    stub.keep = std::move(message);
    linker.defineFunction(func.import->module, func.import->name, std::move(stub));
  }
}

std::vector<std::string> missingImports(const Linker &linker, const ModuleInfo &info) {
  std::vector<std::string> missing;
  for (ImportRef import : info.imports) {
    const ImportName &name = importName(info, import);
    if (!linker.find(name.module, name.name))
      missing.push_back(describeImport(info, import));
  }
  return missing;
}

} // namespace writ::cli
