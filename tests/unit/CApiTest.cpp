//===- CApiTest.cpp - writ.h does what it says ----------------------------===//
//
// Through the C interface alone, as an outside program would.
//
//===----------------------------------------------------------------------===//
#include "hostabi/writ.h"

#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

/// Frees what it holds.
template <typename T, void (*Free)(T *)>
class Handle {
public:
  Handle() = default;
  explicit Handle(T *held) : held(held) {}
  Handle(Handle &&other) noexcept : held(std::exchange(other.held, nullptr)) {}
  ~Handle() { Free(held); }
  operator T *() const { return held; }
  T **place() { return &held; }

private:
  T *held = nullptr;
};
using Error = Handle<writ_error_t, writ_error_free>;
using Config = Handle<writ_config_t, writ_config_free>;
using Engine = Handle<writ_engine_t, writ_engine_free>;
using Module = Handle<writ_module_t, writ_module_free>;
using Store = Handle<writ_store_t, writ_store_free>;

/// What the host function of the contract saw.
struct Log {
  std::string text;
  writ_status answer = WRIT_SUCCESS;
  int released = 0;
};

} // namespace

static void succeed(writ_error_t *error) {
  std::string message = error ? writ_error_message(error) : "";
  writ_error_free(error);
  REQUIRE(message == "");
}

static std::string messageOf(writ_error_t *error, writ_error_kind_t kind) {
  Error held(error);
  REQUIRE(error);
  CHECK(writ_error_kind(error) == kind);
  return writ_error_message(error);
}

static bool contains(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

static writ_status logText(void *user, writ_call *call, uint64_t *values) {
  auto &log = *static_cast<Log *>(user);
  const uint8_t *text = writ_memory(call, values[0], values[1]);
  if (!text)
    return WRIT_MEMORY_OUT_OF_BOUNDS;
  if (writ_consume_gas(call, 1000) != WRIT_SUCCESS)
    return WRIT_OUT_OF_GAS;
  log.text.append(reinterpret_cast<const char *>(text), values[1]);
  if (log.answer == WRIT_HOST_TRAP)
    return writ_trap(call, "no more logs", 12);
  return log.answer;
}

static Engine makeEngine(std::initializer_list<std::pair<const char *, const char *>> options) {
  Config config(writ_config_new());
  for (auto [option, value] : options)
    succeed(writ_config_set(config, option, value));
  Engine engine;
  succeed(writ_engine_new(config, engine.place()));
  return engine;
}

static Module greeter(const Engine &engine) {
  Module module;
  succeed(writ_compile_file(engine, WRIT_EXAMPLES "/greeter.wasm", module.place()));
  return module;
}

namespace {
/// The contract in a store with its host function.
struct Running {
  explicit Running(std::initializer_list<std::pair<const char *, const char *>> options = {})
      : engine(makeEngine(options)), module(greeter(engine)) {
    succeed(writ_store_new(engine, store.place()));
    succeed(writ_store_define_function(store, "env", "log", "(i32, i32) -> ()", logText, &log,
                                       [](void *user) { ++static_cast<Log *>(user)->released; }));
    writ_outcome_t outcome;
    succeed(writ_instantiate(store, module, &instance, &outcome));
    REQUIRE(outcome.trap == 0);
    REQUIRE(instance);
  }
  writ_outcome_t call(const char *name, std::vector<writ_value_t> args,
                      std::vector<writ_value_t> &results, const writ_limits_t *limits = nullptr) {
    writ_outcome_t outcome;
    succeed(writ_instance_call(instance, name, args.data(), args.size(), results.data(),
                               results.size(), limits, &outcome));
    return outcome;
  }

  Log log;
  Engine engine;
  Module module;
  Store store;
  writ_instance_t *instance = nullptr;
};
} // namespace

TEST_CASE("the library says its version") {
  CHECK(writ_api_version() == WRIT_API_VERSION);
  CHECK(std::string(writ_version()).find('.') != std::string::npos);
}

TEST_CASE("options are taken by name, and wrong ones are errors") {
  Config config(writ_config_new());
  for (auto [option, value] :
       std::initializer_list<std::pair<const char *, const char *>>{{"tier", "interp"},
                                                                    {"tier", "auto"},
                                                                    {"policy", "near"},
                                                                    {"forbid", "bulk-memory"},
                                                                    {"allow", "tail-call"},
                                                                    {"threads", "2"},
                                                                    {"opt-level", "3"},
                                                                    {"bounds", "explicit"},
                                                                    {"llvm-budget", "1000000"},
                                                                    {"schedule", "near"},
                                                                    {"gas", "4611686018427387903"},
                                                                    {"stack-bytes", "65536"},
                                                                    {"memory-pages", "16"},
                                                                    {"table-elements", "100"}})
    succeed(writ_config_set(config, option, value));
  auto refused = [&](const char *option, const char *value) {
    return messageOf(writ_config_set(config, option, value), WRIT_ERROR_BAD_INPUT);
  };
  CHECK(refused("colour", "red") == "there is no option 'colour'");
  CHECK(contains(refused("tier", "cranelift"), "option tier: there is no tier 'cranelift'"));
  CHECK(contains(refused("gas", "4611686018427387904"), "is not between"));
  CHECK(contains(refused("gas", "12x"), "'12x' is not a number"));
  CHECK(contains(refused("threads", "0"), "option threads"));
  CHECK(contains(refused("schedule", "/nowhere"), "/nowhere"));
  CHECK(contains(refused("policy", "eth"), "'eth'"));
  CHECK(contains(refused("allow", "magic"), "'magic'"));
  CHECK(contains(refused("bounds", "none"), "'none'"));
}

TEST_CASE("a contract is compiled on every tier, and does the same on each") {
  uint64_t gas = 0;
  for (const char *tier : {"interp", "singlepass", "llvm", "auto"}) {
    CAPTURE(tier);
    Running running({{"tier", tier}});
    std::vector<writ_value_t> calls(1);
    writ_outcome_t outcome = running.call("greet", {}, calls);
    CHECK(outcome.trap == 0);
    CHECK(calls[0].type == WRIT_I32);
    CHECK(calls[0].of.i32 == 1);
    CHECK(running.log.text == "hello from a contract\n");
    CHECK(outcome.gas_used > 1000);
    if (gas != 0)
      CHECK(outcome.gas_used == gas);
    gas = outcome.gas_used;
  }
}

TEST_CASE("values of all types go in and come out") {
  Running running;
  std::vector<writ_value_t> mixed(1);
  running.call("mix", {writ_i32(-1), writ_i64(int64_t(1) << 40), writ_f32(0.5f), writ_f64(0.25)},
               mixed);
  CHECK(mixed[0].type == WRIT_F64);
  CHECK(mixed[0].of.f64 == std::ldexp(1, 40) - 1 + 0.75);
  std::vector<writ_value_t> swapped(2);
  running.call("swap", {writ_i32(-7), writ_i64(-8)}, swapped);
  CHECK(swapped[0].type == WRIT_I64);
  CHECK(swapped[0].of.i64 == -8);
  CHECK(swapped[1].of.i32 == -7);
}

TEST_CASE("a call with other values than the function takes is an error") {
  Running running;
  writ_outcome_t outcome;
  writ_value_t args[] = {writ_i32(1), writ_i64(2)}, result;
  auto refused = [&](const char *name, size_t numArgs, size_t numResults) {
    return messageOf(writ_instance_call(running.instance, name, args, numArgs, &result, numResults,
                                        nullptr, &outcome),
                     WRIT_ERROR_BAD_INPUT);
  };
  CHECK(refused("none", 0, 0) == "no exported function 'none'");
  CHECK(refused("memory", 0, 0) == "no exported function 'memory'");
  CHECK(contains(refused("divide", 1, 1), "(i32, i32) -> (i32); called with 1 arguments"));
  CHECK(contains(refused("divide", 2, 0), "for 0 results"));
  CHECK(refused("divide", 2, 1) == "argument 2 is not of type i32, which the function takes");
  writ_limits_t limits = {uint64_t(1) << 62, 0};
  Error error(
      writ_instance_call(running.instance, "spin", nullptr, 0, nullptr, 0, &limits, &outcome));
  CHECK(contains(writ_error_message(error), "is not below 2^62"));
}

TEST_CASE("a trap is an outcome, with its place and gas") {
  Running running({{"gas", "100000"}});
  std::vector<writ_value_t> none, one(1, writ_i32(77));
  writ_outcome_t divided = running.call("divide", {writ_i32(1), writ_i32(0)}, one);
  CHECK(std::string(writ_trap_name(divided.trap)) == "integer_divide_by_zero");
  CHECK(std::string(writ_trap_text(divided.trap)) == "integer divide by zero");
  CHECK(std::string(writ_module_function_name(running.module, divided.function)) == "divide");
  CHECK(divided.offset != WRIT_UNKNOWN);
  CHECK(divided.gas_used + divided.gas_left == 100000);
  CHECK(one[0].of.i32 == 77);
  writ_outcome_t spun = running.call("spin", {}, none);
  CHECK(std::string(writ_trap_name(spun.trap)) == "out_of_gas");
  CHECK(spun.gas_used == 100000);
  CHECK(spun.gas_left == 0);
  writ_limits_t limits = {5000, 0};
  CHECK(running.call("spin", {}, none, &limits).gas_used == 5000);
  limits = {1'000'000, 1024};
  CHECK(std::string(writ_trap_name(running.call("deep", {}, one, &limits).trap)) ==
        "stack_exhausted");
  CHECK(std::string(writ_trap_name(0)) == "none");
  CHECK(std::string(writ_trap_name(99)) == "unknown");
  CHECK(std::string(writ_trap_name(-1)) == "unknown");
  CHECK(std::string(writ_trap_name(255)) == "unknown");
}

TEST_CASE("a host function may trap with a message, run out of gas, or fail") {
  Running running;
  std::vector<writ_value_t> calls(1);
  running.log.answer = WRIT_HOST_TRAP;
  writ_outcome_t trapped = running.call("greet", {}, calls);
  CHECK(std::string(writ_trap_name(trapped.trap)) == "host");
  CHECK(std::string(trapped.message) == "no more logs");
  writ_limits_t limits = {900, 0};
  writ_outcome_t poor = running.call("greet", {}, calls, &limits);
  CHECK(std::string(writ_trap_name(poor.trap)) == "out_of_gas");
  CHECK(poor.gas_used == 900);
  running.log.answer = WRIT_HOST_FAILURE;
  writ_outcome_t outcome;
  std::string failure = messageOf(
      writ_instance_call(running.instance, "greet", nullptr, 0, calls.data(), 1, nullptr, &outcome),
      WRIT_ERROR_INTERNAL);
  CHECK(failure == "a host function failed");
}

TEST_CASE("what a host function was given is released with the store") {
  Log log;
  {
    Engine engine = makeEngine({});
    Store store;
    succeed(writ_store_new(engine, store.place()));
    auto release = [](void *user) { ++static_cast<Log *>(user)->released; };
    succeed(writ_store_define_function(store, "env", "log", "() -> i32", logText, &log, release));
    CHECK(log.released == 0);
    CHECK(contains(
        messageOf(writ_store_define_function(store, "env", "bad", "(i32", logText, &log, release),
                  WRIT_ERROR_BAD_INPUT),
        "host function env.bad: '(i32' is no type of a function"));
    CHECK(log.released == 1);
  }
  CHECK(log.released == 2);
}

TEST_CASE("an import that is missing or of another type is an error") {
  Engine engine = makeEngine({});
  Module module = greeter(engine);
  Store store;
  succeed(writ_store_new(engine, store.place()));
  writ_instance_t *instance = nullptr;
  auto message = [&] {
    return messageOf(writ_instantiate(store, module, &instance, nullptr), WRIT_ERROR_UNLINKABLE);
  };
  CHECK(contains(message(), "unknown import: import \"env\" \"log\""));
  succeed(writ_store_define_function(store, "env", "log", "(i64) -> (f32, funcref)", logText,
                                     nullptr, nullptr));
  CHECK(contains(message(), "incompatible import type"));
  CHECK(instance == nullptr);
}

TEST_CASE("a module says what it imports and exports") {
  Engine engine = makeEngine({});
  Module module = greeter(engine);
  REQUIRE(writ_module_num_imports(module) == 1);
  writ_declaration_t import = writ_module_import(module, 0);
  CHECK(std::string(import.module, import.module_size) == "env");
  CHECK(std::string(import.name) == "log");
  CHECK(import.kind == WRIT_EXTERN_FUNCTION);
  REQUIRE(import.num_params == 2);
  CHECK(import.params[1] == WRIT_I32);
  CHECK(import.num_results == 0);
  REQUIRE(writ_module_num_exports(module) == 8);
  writ_declaration_t memory = writ_module_export(module, 0);
  CHECK(std::string(memory.name, memory.name_size) == "memory");
  CHECK(memory.kind == WRIT_EXTERN_MEMORY);
  CHECK(memory.module == nullptr);
  writ_declaration_t calls = writ_module_export(module, 1);
  CHECK(calls.kind == WRIT_EXTERN_GLOBAL);
  REQUIRE(calls.num_results == 1);
  CHECK(calls.results[0] == WRIT_I32);
  writ_declaration_t swap = writ_module_export(module, 4);
  CHECK(std::string(swap.name) == "swap");
  CHECK(swap.index == 3);
  CHECK(swap.results[0] == WRIT_I64);
  CHECK(std::string(writ_module_function_name(module, 1)) == "greet");
  CHECK(std::string(writ_module_function_name(module, 1000)) == "");
}

TEST_CASE("memory is read and written, but not beyond its end") {
  Running running;
  uint64_t size = 0;
  uint8_t *memory = writ_instance_memory(running.instance, &size);
  REQUIRE(size == 65536);
  char text[6] = {};
  succeed(writ_instance_read(running.instance, 16, text, 5));
  CHECK(std::string(text) == "hello");
  succeed(writ_instance_write(running.instance, 16, "HELLO", 5));
  CHECK(std::memcmp(memory + 16, "HELLO from", 10) == 0);
  succeed(writ_instance_read(running.instance, size, text, 0));
  CHECK(contains(
      messageOf(writ_instance_read(running.instance, size - 4, text, 5), WRIT_ERROR_BAD_INPUT),
      "5 bytes at 0xfffc are not all in a memory of 65536 bytes"));
  messageOf(writ_instance_write(running.instance, ~uint64_t(0), text, 2), WRIT_ERROR_BAD_INPUT);
}

TEST_CASE("globals are read and set, by their type") {
  Running running;
  writ_value_t value;
  std::vector<writ_value_t> calls(1);
  succeed(writ_instance_set_global(running.instance, "calls", writ_i32(41)));
  CHECK(running.call("greet", {}, calls).trap == 0);
  CHECK(calls[0].of.i32 == 42);
  succeed(writ_instance_get_global(running.instance, "calls", &value));
  CHECK(value.of.i32 == 42);
  CHECK(messageOf(writ_instance_set_global(running.instance, "calls", writ_i64(1)),
                  WRIT_ERROR_BAD_INPUT) == "global 'calls' is of type i32");
  CHECK(messageOf(writ_instance_get_global(running.instance, "greet", &value),
                  WRIT_ERROR_BAD_INPUT) == "no exported global 'greet'");
}

TEST_CASE("other prices are put in force without compiling") {
  Running running;
  std::vector<writ_value_t> result(1);
  uint64_t flat = running.call("divide", {writ_i32(6), writ_i32(3)}, result).gas_used;
  succeed(writ_instance_set_schedule(running.instance, "near"));
  uint64_t near = running.call("divide", {writ_i32(6), writ_i32(3)}, result).gas_used;
  CHECK(near > flat);
  Running fresh({{"schedule", "near"}});
  CHECK(fresh.call("divide", {writ_i32(6), writ_i32(3)}, result).gas_used == near);
  Config config(writ_config_new());
  std::string text = "name free\ndefault 0\n";
  succeed(writ_config_set_schedule(config, text.data(), text.size()));
  messageOf(writ_config_set_schedule(config, "price", 5), WRIT_ERROR_BAD_INPUT);
}

TEST_CASE("handles may be freed before what was made with them") {
  Store store;
  writ_instance_t *instance = nullptr;
  Log log;
  {
    Engine engine = makeEngine({});
    Module module = greeter(engine);
    succeed(writ_store_new(engine, store.place()));
    succeed(writ_store_define_function(store, "env", "log", "(i32, i32) -> ()", logText, &log,
                                       nullptr));
    succeed(writ_instantiate(store, module, &instance, nullptr));
  }
  writ_value_t calls;
  writ_outcome_t outcome;
  succeed(writ_instance_call(instance, "greet", nullptr, 0, &calls, 1, nullptr, &outcome));
  CHECK(calls.of.i32 == 1);
  // None of these is anything.
  writ_error_free(nullptr);
  writ_config_free(nullptr);
  writ_engine_free(nullptr);
  writ_module_free(nullptr);
  writ_store_free(nullptr);
}

TEST_CASE("what is no contract is refused, with its place") {
  Engine engine = makeEngine({});
  Module module;
  const uint8_t bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 99};
  CHECK(contains(messageOf(writ_compile(engine, bytes, sizeof(bytes), "bad.wasm", module.place()),
                           WRIT_ERROR_BAD_INPUT),
                 "bad.wasm:0x"));
  CHECK(module == nullptr);
  CHECK(contains(
      messageOf(writ_compile_file(engine, "/nowhere.wasm", module.place()), WRIT_ERROR_BAD_INPUT),
      "/nowhere.wasm"));
}

TEST_CASE("one module runs in many threads at a time") {
  Engine engine = makeEngine({});
  Module module = greeter(engine);
  std::vector<std::thread> threads;
  std::vector<int> good(4);
  for (int &ok : good)
    threads.emplace_back([&] {
      writ_store_t *store = nullptr;
      writ_instance_t *instance = nullptr;
      writ_value_t calls = writ_i32(0);
      writ_outcome_t outcome;
      Log log;
      bool failed = writ_store_new(engine, &store) ||
                    writ_store_define_function(store, "env", "log", "(i32, i32) -> ()", logText,
                                               &log, nullptr) ||
                    writ_instantiate(store, module, &instance, nullptr);
      for (int i = 0; i < 100 && !failed; ++i)
        failed = writ_instance_call(instance, "greet", nullptr, 0, &calls, 1, nullptr, &outcome);
      ok = !failed && calls.of.i32 == 100;
      writ_store_free(store);
    });
  for (std::thread &thread : threads)
    thread.join();
  for (int ok : good)
    CHECK(ok == 1);
}

TEST_CASE("instances give each other what they export, and hosts memories and globals") {
  // (import "env" "greet" (func (result i32))) (import "env" "memory" (memory 1))
  // (import "env" "base" (global i32)) (func (export "f") (result i32) call 0, + base)
  const uint8_t user[] = {0,   'a', 's', 'm', 1, 0,   0,   0,   1,   5,   1,   0x60, 0,
                          1,   127, 2,   39,  3, 3,   'e', 'n', 'v', 5,   'g', 'r',  'e',
                          'e', 't', 0,   0,   3, 'e', 'n', 'v', 6,   'm', 'e', 'm',  'o',
                          'r', 'y', 2,   0,   1, 3,   'e', 'n', 'v', 4,   'b', 'a',  's',
                          'e', 3,   127, 0,   3, 2,   1,   0,   7,   5,   1,   1,    'f',
                          0,   1,   10,  9,   1, 7,   0,   16,  0,   35,  0,   106,  11};
  Running running;
  Module module;
  succeed(writ_compile(running.engine, user, sizeof(user), nullptr, module.place()));
  succeed(writ_store_define_instance(running.store, "env", running.instance));
  succeed(writ_store_define_global(running.store, "env", "base", writ_i32(100), 0));
  writ_instance_t *instance = nullptr;
  succeed(writ_instantiate(running.store, module, &instance, nullptr));
  writ_value_t result;
  writ_outcome_t outcome;
  succeed(writ_instance_call(instance, "f", nullptr, 0, &result, 1, nullptr, &outcome));
  CHECK(result.of.i32 == 101);
  uint64_t size;
  CHECK(writ_instance_memory(instance, &size) == writ_instance_memory(running.instance, &size));
  succeed(writ_store_define_memory(running.store, "env", "memory", 2, UINT32_MAX));
  succeed(writ_instantiate(running.store, module, &instance, nullptr));
  writ_instance_memory(instance, &size);
  CHECK(size == 131072);
  messageOf(writ_store_define_memory(running.store, "env", "memory", 2, 1), WRIT_ERROR_BAD_INPUT);
}
