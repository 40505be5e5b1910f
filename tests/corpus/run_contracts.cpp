//===- run_contracts.cpp - Calls of real modules on both tiers ------------===//
//
// run_contracts CONTRACTS-DIR [--interp]
//
// With --interp, the calls in ewasm/inputs on the interpreter only, for other programs to compare.
// The calls in ewasm/inputs must give their expected results and memory in every variant, with
// equal gas. The CoreMark modules must do the same under a clock that is the same for all;
// then they run under the real one on both tiers, for their score.
//
//===----------------------------------------------------------------------===//
#include "jit/runtime/Linker.h"
#include "tests/support/Files.h"
#include "tests/support/Observation.h"
#include "tests/support/Variant.h"

#include <bit>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

namespace {

/// One block of seven lines of an `.inputs` file.
struct Input {
  std::string name, function, signature, args, memory, result, expectedMemory;
};

/// A clock that host functions read: the machine's, or one that goes on by itself.
struct Clock {
  bool isReal = false;
  uint32_t milliseconds = 0;
};

/// A module's instance in a store of its own.
struct Machine {
  Store store;
  Linker linker{store};
  Clock clock;
  Instance *instance = nullptr;
};

} // namespace

static std::vector<Input> readInputs(const std::string &path) {
  std::ifstream file(path);
  std::vector<Input> inputs;
  for (Input input; std::getline(file, input.name); input = {}) {
    if (input.name.empty())
      continue;
    std::getline(file, input.function);
    std::getline(file, input.signature);
    std::getline(file, input.args);
    std::getline(file, input.memory);
    std::getline(file, input.result);
    std::getline(file, input.expectedMemory);
    inputs.push_back(input);
  }
  return inputs;
}

static Bytes parseHex(const std::string &text) {
  std::string digits;
  for (char c : text)
    if (std::isxdigit(static_cast<unsigned char>(c)))
      digits.push_back(c);
  Bytes bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes.push_back(uint8_t(std::stoul(digits.substr(i, 2), nullptr, 16)));
  return bytes;
}

/// The machine's clock is that of this thread's work: CoreMark gives no score if other
/// processes make its first, short run look slow.
static writ_status clockMilliseconds(void *user, writ_call *, uint64_t *values) {
  auto *clock = static_cast<Clock *>(user);
  if (clock->isReal) {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    values[0] = uint32_t(time.tv_sec * 1000 + time.tv_nsec / 1'000'000);
  } else {
    values[0] = clock->milliseconds += 6000;
  }
  return WRIT_SUCCESS;
}

static writ_status adler32(void *, writ_call *call, uint64_t *values) {
  uint32_t size = uint32_t(values[1]);
  const uint8_t *bytes = writ_memory(call, uint32_t(values[0]), size);
  if (!bytes)
    return WRIT_MEMORY_OUT_OF_BOUNDS;
  uint32_t a = 1, b = 0;
  for (uint32_t i = 0; i < size; ++i) {
    a = (a + bytes[i]) % 65521;
    b = (b + a) % 65521;
  }
  values[0] = b << 16 | a;
  return WRIT_SUCCESS;
}

static std::string start(Machine &machine, const VariantModule &module) {
  using enum ValueType;
  machine.linker.defineFunction("env", "adler32",
                                {{{I32, I32}, {I32}}, adler32, nullptr, nullptr, {}, {}});
  for (const FuncDecl &func : module.module->info().funcs)
    if (func.import && func.import->name == "clock_ms") // Of i32 or i64, as the module likes.
      machine.linker.defineFunction(
          "env", "clock_ms", {func.type, clockMilliseconds, &machine.clock, nullptr, {}, {}});
  InstanceOptions options;
  options.tier = module.tier;
  options.schedule = shippedSchedule("weighted");
  auto made = machine.linker.instantiate(module.module, options);
  if (!made)
    return made.error().message;
  machine.instance = made->instance;
  return {};
}

static std::vector<uint64_t> parseArgs(const std::string &text) {
  std::stringstream stream(text);
  std::vector<uint64_t> args;
  for (uint64_t arg; stream >> arg;)
    args.push_back(arg);
  return args;
}

static std::string judge(const Input &input, const Machine &machine, const CallOutcome &outcome) {
  if (outcome.trapped())
    return fmt::format("trap {}", trapName(outcome.trap.kind));
  if (!input.result.empty()) {
    uint64_t expected = std::stoull(input.result);
    if (outcome.values.size() != 1 || outcome.values[0] != expected)
      return fmt::format("result {}, expected {}", outcome.values.empty() ? 0 : outcome.values[0],
                         expected);
  }
  Bytes expected = parseHex(input.expectedMemory);
  const Memory *memory = machine.instance->memory();
  if (!expected.empty() &&
      (!memory || std::memcmp(memory->base(), expected.data(), expected.size()) != 0))
    return "the memory is not as expected";
  return {};
}

/// Runs `input` in one variant.
static std::string runInput(const Input &input, const VariantModule &module,
                            Observation &observation, uint64_t &gas) {
  Machine machine;
  if (std::string wrong = start(machine, module); !wrong.empty())
    return wrong;
  Bytes before = parseHex(input.memory);
  if (!before.empty())
    std::memcpy(machine.instance->memory()->base(), before.data(), before.size());
  auto outcome = machine.instance->call(input.function, parseArgs(input.args));
  if (!outcome)
    return outcome.error().message;
  const ExportDecl *decl = module.module->findExport(input.function);
  observation.addOutcome(*outcome, module.module->info().funcs[decl->index].type.results,
                         machine.instance);
  observation.addState(*machine.instance);
  gas = outcome->gasUsed;
  return judge(input, machine, *outcome);
}

/// Runs `input` in all variants. False if something is wrong, which is printed.
static bool checkInput(const std::string &title, const Input &input,
                       const std::vector<VariantModule> &modules) {
  std::vector<Observation> observations(modules.size());
  uint64_t gas = 0;
  for (size_t i = 0; i < modules.size(); ++i) {
    std::string wrong = runInput(input, modules[i], observations[i], gas);
    if (wrong.empty() && i > 0)
      wrong = Observation::difference(observations[0], observations[i]);
    if (!wrong.empty()) {
      fmt::print("{} {}: {}: {}\n", title, input.name, modules[i].variant->name, wrong);
      return false;
    }
  }
  fmt::print("{:<40} {:<20} {:>12} gas\n", title, input.name, gas);
  return true;
}

static std::span<const Variant> variants = allVariants();

static Result<std::vector<VariantModule>> load(const std::string &path) {
  Result<Bytes> bytes = readFile(path);
  if (!bytes)
    return bytes.error();
  return compileVariants(*bytes, variants, path);
}

/// The module that `name`.inputs is for, or empty.
static std::string moduleFor(const std::string &folder, const std::string &name) {
  for (const char *prefix : {"test_benchmarks_", "test_benchmarks_micro_"}) {
    std::string path = folder + "/ewasm/wasmx+fizzy/" + prefix + name + ".wasm";
    if (std::filesystem::exists(path))
      return path;
  }
  return {};
}

static unsigned checkInputs(const std::string &folder, unsigned &failures) {
  unsigned calls = 0;
  for (const std::string &path : listFiles(folder + "/ewasm/inputs", ".inputs")) {
    std::string name = std::filesystem::path(path).stem();
    auto modules = load(moduleFor(folder, name));
    for (const Input &input : readInputs(path)) {
      ++calls;
      if (!modules)
        fmt::print("{}: {}\n", name, modules.error().message);
      if (!modules || !checkInput(name, input, *modules))
        ++failures;
    }
  }
  return calls;
}

/// CoreMark's score, iterations a second, under the clock of the processor's work.
static bool printScore(const std::string &title, const VariantModule &module) {
  Machine machine;
  machine.clock.isReal = true;
  std::string wrong = start(machine, module);
  if (wrong.empty()) {
    auto outcome = machine.instance->call("run", {});
    if (outcome && !outcome->trapped()) {
      float score = std::bit_cast<float>(uint32_t(outcome->values[0]));
      fmt::print("{:<40} {:<20} score {:.0f}\n", title, module.variant->name, score);
      return score > 0;
    }
    wrong = outcome ? "trap" : outcome.error().message;
  }
  fmt::print("{}: {}: {}\n", title, module.variant->name, wrong);
  return false;
}

static void checkCoreMark(const std::string &path, unsigned &failures) {
  std::string title = std::filesystem::path(path).stem();
  auto modules = load(path);
  if (!modules) {
    fmt::print("{}: {}\n", title, modules.error().message);
    ++failures;
    return;
  }
  Input input{"steady clock", "run", "", "", "", "", ""};
  failures += !checkInput(title, input, *modules);
  // The score is 0 if the run took less time than the module's first guess says: the machine
  // became faster meanwhile. So it may try again.
  constexpr int tries = 3;
  for (size_t i = 0; i < tierVariants().size(); ++i) {
    bool hasScore = false;
    for (int left = tries; left > 0 && !hasScore; --left)
      hasScore = printScore(title, (*modules)[i]);
    failures += !hasScore;
  }
}

int main(int argc, char **argv) {
  std::string folder = argc > 1 ? argv[1] : "";
  bool onlyInterp = argc > 2 && argv[2] == std::string("--interp");
  if (onlyInterp)
    variants = allVariants().first(1);
  unsigned failures = 0;
  unsigned calls = checkInputs(folder, failures);
  if (calls == 0) {
    fmt::print("skipped: no {}/ewasm/inputs\n", folder);
    return exitSkipped;
  }
  if (onlyInterp)
    return failures != 0;
  for (const char *path :
       {"/bench/wasmi-labs+wasmi-benchmarks/res_wasm_coremark.wasm",
        "/substrate/paritytech+wasm-instrument/benches_fixtures_wasm_coremark_minimal.wasm"})
    checkCoreMark(folder + path, failures);
  fmt::print("{} calls and 2 CoreMark modules in {} variants, {} failures\n", calls,
             allVariants().size(), failures);
  return failures ? 1 : 0;
}
