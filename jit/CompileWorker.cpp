//===- CompileWorker.cpp - The other side of a compile in a child process -===//

#include "jit/CompileWorker.h"

#include "jit/TierCompiler.h"

#include <cerrno>
#include <cstring>
#include <sys/resource.h>
#include <type_traits>
#include <unistd.h>

using namespace writ;

namespace {
/// The options that shape code, as bytes.
struct WorkerOptions {
  wasm::Policy policy;
  uint64_t llvmBudget = 0;
  uint32_t optLevel = 0;
  Metering metering = Metering::Merged;
  bool profile = false;
};
static_assert(std::is_trivially_copyable_v<WorkerOptions>);

/// To the bytes and from them.
template <typename To, typename From>
void copyOptions(To &to, const From &from) {
  to.policy = from.policy;
  to.llvmBudget = from.llvmBudget;
  to.optLevel = from.optLevel;
  to.metering = from.metering;
  to.profile = from.profile;
}
} // namespace

ChildRequest writ::makeChildRequest(std::span<const uint8_t> bytes, const CompileOptions &options,
                                    const std::vector<CostCounts> &charges) {
  WorkerOptions worker;
  copyOptions(worker, options);
  ChildRequest request;
  request.options.resize(sizeof(worker));
  std::memcpy(request.options.data(), &worker, sizeof(worker));
  request.charges = charges;
  request.numOwnCharges = uint32_t(charges.size());
  request.bytes.assign(bytes.begin(), bytes.end());
  return request;
}

static std::vector<uint8_t> readAll(int file) {
  std::vector<uint8_t> bytes;
  uint8_t buffer[65536];
  for (;;) {
    ssize_t count = read(file, buffer, sizeof(buffer));
    if (count > 0)
      bytes.insert(bytes.end(), buffer, buffer + count);
    else if (count == 0 || errno != EINTR)
      return bytes;
  }
}

static bool writeAll(int file, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t count = write(file, bytes.data(), bytes.size());
    if (count > 0)
      bytes = bytes.subspan(size_t(count));
    else if (errno != EINTR)
      return false;
  }
  return true;
}

static bool setLimit(__rlimit_resource resource, uint64_t value) {
  rlimit limit = {value, value};
  return setrlimit(resource, &limit) == 0;
}

static Result<UnitImage> compile(const ChildRequest &request) {
  const ChildLimits &limits = request.limits;
  if (!setLimit(RLIMIT_AS, limits.memoryBytes) || !setLimit(RLIMIT_CPU, limits.cpuSeconds) ||
      !setLimit(RLIMIT_CORE, 0))
    return internalError("the compiler's process cannot be limited");
  WorkerOptions worker;
  if (request.options.size() != sizeof(worker))
    return internalError("the compiler's process is of another build");
  std::memcpy(static_cast<void *>(&worker), request.options.data(), sizeof(worker));
  CompileOptions options;
  copyOptions(options, worker);
  return makeTierCompiler(request.bytes, options, request.charges, request.numOwnCharges)
      ->compile(request.unit);
}

int writ::runCompileWorker(int in, int out) {
  Result<ChildRequest> request = decodeRequest(readAll(in));
  Result<UnitImage> answer = request ? compile(*request) : request.error();
  return writeAll(out, encode(answer)) ? 0 : 1;
}
