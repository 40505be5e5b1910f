//===- CApiArtifactTest.cpp - Artifacts and the cache through writ.h ------===//
#include "cache/Store.h"
#include "hostabi/writ.h"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sqlite3.h>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;
using OptionList = std::vector<std::pair<std::string, std::string>>;

namespace {
/// A folder that goes with the test.
struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "writ-capi-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  std::string at(const char *file) const { return (path / file).string(); }
  fs::path path;
};

/// An engine; the error instead, if there is one.
struct Engine {
  explicit Engine(const OptionList &options) {
    writ_config_t *config = writ_config_new();
    for (const auto &[option, value] : options)
      note(writ_config_set(config, option.c_str(), value.c_str()));
    note(writ_engine_new(config, &engine));
    writ_config_free(config);
  }
  ~Engine() {
    writ_module_free(module);
    writ_engine_free(engine);
  }
  /// Whether `error` is none; else its message is kept.
  bool note(writ_error_t *error) {
    if (!error)
      return true;
    message = writ_error_message(error);
    kind = writ_error_kind(error);
    writ_error_free(error);
    return false;
  }
  bool compile(const Bytes &code) {
    writ_module_free(module);
    return note(writ_compile(engine, code.data(), code.size(), "greeter.wasm", &module));
  }
  Bytes artifact(const Bytes &code) {
    writ_bytes_t made;
    Bytes bytes;
    if (note(writ_compile_artifact(engine, code.data(), code.size(), nullptr, &made)))
      bytes.assign(made.data, made.data + made.size);
    writ_bytes_free(&made);
    return bytes;
  }
  bool load(const Bytes &artifact) {
    writ_module_free(module);
    return note(writ_load(engine, artifact.data(), artifact.size(), &module));
  }
  bool loadCached(const Bytes &code) {
    uint8_t hash[32];
    writ_code_hash(code.data(), code.size(), hash);
    writ_module_free(module);
    return note(writ_load_cached(engine, hash, &module));
  }
  writ_outcome_t greet(int32_t &calls);

  writ_engine_t *engine = nullptr;
  writ_module_t *module = nullptr;
  std::string message;
  writ_error_kind_t kind = 0;
};
} // namespace

static writ_status ignore(void *, writ_call *, uint64_t *) { return WRIT_SUCCESS; }

writ_outcome_t Engine::greet(int32_t &calls) {
  writ_store_t *store = nullptr;
  writ_instance_t *instance = nullptr;
  writ_value_t result = writ_i32(0);
  writ_outcome_t outcome = {};
  bool ran = note(writ_store_new(engine, &store)) &&
             note(writ_store_define_function(store, "env", "log", "(i32, i32) -> ()", ignore,
                                             nullptr, nullptr)) &&
             note(writ_instantiate(store, module, &instance, nullptr)) &&
             note(writ_instance_call(instance, "greet", nullptr, 0, &result, 1, nullptr, &outcome));
  CHECK(ran);
  CHECK(message == "");
  calls = result.of.i32;
  writ_store_free(store);
  return outcome;
}

static Bytes readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

static Bytes greeter() { return readFile(WRIT_EXAMPLES "/greeter.wasm"); }

TEST_CASE("an artifact runs as the module that was compiled") {
  Engine fresh({{"tier", "interp"}});
  REQUIRE(fresh.compile(greeter()));
  int32_t calls = 0;
  writ_outcome_t expected = fresh.greet(calls);
  for (const char *tier : {"singlepass", "llvm"}) {
    CAPTURE(tier);
    Engine compiler({{"tier", tier}});
    Bytes artifact = compiler.artifact(greeter());
    REQUIRE(compiler.message == "");
    CHECK(artifact == compiler.artifact(greeter()));
    Engine runner({});
    REQUIRE(runner.load(artifact));
    writ_outcome_t outcome = runner.greet(calls);
    CHECK(calls == 1);
    CHECK(outcome.trap == 0);
    CHECK(outcome.gas_used == expected.gas_used);
    CHECK(std::string(writ_module_function_name(runner.module, 1)) == "greet");
  }
}

TEST_CASE("tiers that have no artifacts say so") {
  for (const char *tier : {"interp", "auto"}) {
    Engine engine({{"tier", tier}});
    CHECK(engine.artifact(greeter()).empty());
    CHECK(engine.message == std::string("tier ") + tier + " has no artifacts");
    CHECK(engine.kind == WRIT_ERROR_BAD_INPUT);
  }
}

TEST_CASE("a module that came from an artifact gives it back") {
  Folder folder;
  Engine plain({});
  Bytes artifact = plain.artifact(greeter());
  auto serialize = [](Engine &engine) {
    writ_bytes_t made;
    Bytes bytes;
    if (engine.note(writ_module_serialize(engine.module, &made)))
      bytes.assign(made.data, made.data + made.size);
    writ_bytes_free(&made);
    return bytes;
  };
  Engine loaded({});
  REQUIRE(loaded.load(artifact));
  CHECK(serialize(loaded) == artifact);
  for (int twice = 0; twice < 2; ++twice) {
    Engine cached({{"cache", folder.at("cache.db")}});
    REQUIRE(cached.compile(greeter()));
    CHECK(serialize(cached) == artifact);
  }
  std::ofstream(folder.at("a.writ"), std::ios::binary)
      .write(reinterpret_cast<const char *>(artifact.data()), long(artifact.size()));
  writ_module_free(loaded.module);
  REQUIRE(loaded.note(writ_load_file(loaded.engine, folder.at("a.writ").c_str(), &loaded.module)));
  CHECK(serialize(loaded) == artifact);
  fs::resize_file(folder.at("a.writ"), 100);
  CHECK(serialize(loaded).empty());
  CHECK(loaded.kind == WRIT_ERROR_BAD_INPUT);
  REQUIRE(plain.compile(greeter()));
  CHECK(serialize(plain).empty());
  CHECK(plain.message == "the module was compiled without a cache: writ_compile_artifact gives "
                         "artifacts");
}

TEST_CASE("an artifact is loaded from a file") {
  Folder folder;
  Engine engine({});
  Bytes artifact = engine.artifact(greeter());
  std::ofstream(folder.at("a.writ"), std::ios::binary)
      .write(reinterpret_cast<const char *>(artifact.data()), long(artifact.size()));
  REQUIRE(engine.note(writ_load_file(engine.engine, folder.at("a.writ").c_str(), &engine.module)));
  int32_t calls = 0;
  CHECK(engine.greet(calls).trap == 0);
  writ_module_t *none = nullptr;
  CHECK_FALSE(engine.note(writ_load_file(engine.engine, folder.at("b.writ").c_str(), &none)));
  CHECK(engine.kind == WRIT_ERROR_BAD_INPUT);
  CHECK(none == nullptr);
}

TEST_CASE("damaged bytes are no artifact") {
  Engine engine({});
  Bytes artifact = engine.artifact(greeter());
  for (size_t size : {size_t(0), size_t(10), artifact.size() / 2, artifact.size() - 1}) {
    CHECK_FALSE(engine.load(Bytes(artifact.begin(), artifact.begin() + long(size))));
    CHECK(engine.kind == WRIT_ERROR_BAD_INPUT);
    CHECK(engine.module == nullptr);
  }
  CHECK_FALSE(engine.load(greeter()));
  artifact[artifact.size() / 2] ^= 1;
  CHECK_FALSE(engine.load(artifact));
}

TEST_CASE("with a key, only what was signed with it is run") {
  const uint8_t one[32] = {1}, other[32] = {2};
  auto make = [](const uint8_t *key) {
    writ_config_t *config = writ_config_new();
    writ_engine_t *engine = nullptr;
    if (key)
      CHECK(writ_config_set_key(config, key, 32) == nullptr);
    CHECK(writ_engine_new(config, &engine) == nullptr);
    writ_config_free(config);
    return engine;
  };
  Engine with({}), without({}), strange({});
  for (auto [engine, key] : {std::pair(&with, one), std::pair(&strange, other)}) {
    writ_engine_free(engine->engine);
    engine->engine = make(key);
  }
  Bytes isSigned = with.artifact(greeter()), isNot = without.artifact(greeter());
  CHECK(with.load(isSigned));
  CHECK(without.load(isSigned));
  CHECK_FALSE(with.load(isNot));
  CHECK_FALSE(strange.load(isSigned));
  writ_config_t *config = writ_config_new();
  CHECK_FALSE(with.note(writ_config_set_key(config, one, 8)));
  writ_config_free(config);
}

TEST_CASE("a cache gives what was compiled, by the contract's hash and the engine's options") {
  Folder folder;
  OptionList cache = {{"cache", folder.at("cache.db")}};
  auto with = [&](OptionList more) {
    more.insert(more.end(), cache.begin(), cache.end());
    return more;
  };
  OptionList variants[] = {{{"tier", "singlepass"}},
                           {{"tier", "llvm"}},
                           {{"tier", "llvm"}, {"target", "x86-64-v2"}},
                           {{"tier", "llvm"}, {"bounds", "explicit"}, {"opt-level", "1"}}};
  for (const OptionList &variant : variants) {
    Engine engine(with(variant));
    REQUIRE(engine.message == "");
    REQUIRE(engine.loadCached(greeter()));
    CHECK(engine.module == nullptr);
    REQUIRE(engine.compile(greeter()));
  }
  // All of them are there, also for those who may only read.
  for (OptionList variant : variants) {
    variant.push_back({"cache-access", "read"});
    Engine engine(with(variant));
    REQUIRE(engine.loadCached(greeter()));
    REQUIRE(engine.module);
    int32_t calls = 0;
    CHECK(engine.greet(calls).trap == 0);
    CHECK(calls == 1);
  }
  Engine none({});
  CHECK_FALSE(none.loadCached(greeter()));
  CHECK(none.message == "the engine has no cache (option cache)");
}

TEST_CASE("a contract that cannot be compiled is not kept, and fails again") {
  Folder folder;
  Engine engine({{"cache", folder.at("cache.db")}});
  Bytes bad = greeter();
  bad.resize(bad.size() - 7);
  CHECK_FALSE(engine.compile(bad));
  CHECK(engine.kind == WRIT_ERROR_BAD_INPUT);
  std::string first = engine.message;
  CHECK_FALSE(engine.compile(bad));
  CHECK(engine.message == first);
}

/// The first artifact's bytes in the cache, changed by SQL; with a hash that fits, so that only the
/// artifact's own checks find out.
static void replaceArtifacts(const std::string &path, const Bytes &bytes) {
  auto digest = writ::cache::digestOf(bytes);
  sqlite3 *connection = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
  sqlite3_stmt *statement = nullptr;
  sqlite3_prepare_v2(connection, "UPDATE artifact SET bytes = ?, contents = ?, size = ?", -1,
                     &statement, nullptr);
  sqlite3_bind_blob(statement, 1, bytes.empty() ? "" : (const void *)bytes.data(),
                    int(bytes.size()), SQLITE_STATIC);
  sqlite3_bind_blob(statement, 2, digest.bytes.data(), int(digest.bytes.size()), SQLITE_STATIC);
  sqlite3_bind_int64(statement, 3, int64_t(bytes.size()));
  CHECK(sqlite3_step(statement) == SQLITE_DONE);
  CHECK(sqlite3_changes(connection) == 1);
  sqlite3_finalize(statement);
  sqlite3_close(connection);
}

TEST_CASE("an artifact in the cache that is refused is replaced") {
  Folder folder;
  OptionList options = {{"cache", folder.at("cache.db")}};
  Bytes good;
  {
    Engine engine(options);
    REQUIRE(engine.compile(greeter()));
    good = engine.artifact(greeter());
  }
  Bytes damaged = good, old = good;
  damaged[good.size() / 2] ^= 1;
  old[8] ^= 3; // The format's version.
  for (const Bytes &bad : {damaged, old, Bytes(), Bytes(10)}) {
    replaceArtifacts(folder.at("cache.db"), bad);
    // Who may only read compiles for itself.
    OptionList readOnly = options;
    readOnly.push_back({"cache-access", "read"});
    Engine reader(readOnly);
    CHECK(reader.compile(greeter()));
    CHECK_FALSE(reader.loadCached(greeter()));
    Engine engine(options);
    CHECK(engine.compile(greeter()));
    Engine after(readOnly);
    CHECK(after.loadCached(greeter()));
    REQUIRE(after.module);
    int32_t calls = 0;
    CHECK(after.greet(calls).trap == 0);
  }
}

TEST_CASE("what a policy or a budget refuses is no failure of the contract") {
  Folder folder;
  std::string path = folder.at("cache.db");
  Engine strict({{"cache", path}, {"forbid", "multi-value"}});
  Engine poor({{"cache", path}, {"tier", "llvm"}, {"llvm-budget", "1"}});
  Engine rich({{"cache", path}, {"tier", "llvm"}});
  CHECK_FALSE(poor.compile(greeter()));
  CHECK(poor.kind == WRIT_ERROR_LIMIT);
  CHECK(rich.compile(greeter()));
  Engine open({{"cache", path}});
  CHECK_FALSE(strict.compile(greeter()));
  CHECK(strict.kind == WRIT_ERROR_BAD_INPUT);
  CHECK(open.compile(greeter()));
}

TEST_CASE("a cache that cannot be opened is an error of the engine") {
  Folder folder;
  Engine engine({{"cache", folder.path.string()}});
  CHECK(engine.engine == nullptr);
  CHECK(engine.message != "");
}

/// What `writ_compile_wasm` gives; empty for an error, which `engine` has.
static Bytes emitted(Engine &engine, const Bytes &code, const char *features) {
  writ_bytes_t made;
  if (!engine.note(
          writ_compile_wasm(engine.engine, code.data(), code.size(), "m.wasm", features, &made)))
    return {};
  Bytes bytes(made.data, made.data + made.size);
  writ_bytes_free(&made);
  return bytes;
}

TEST_CASE("what the Wasm target makes is kept in the cache, with features and prices in its key") {
  Folder folder;
  const char *all = "+multi-value,+tail-call";
  OptionList options = {{"cache", folder.at("cache.db")}};
  OptionList near = options, strict = options;
  near.push_back({"schedule", "near"});
  strict.push_back({"forbid", "multi-value"});
  Bytes expected, nearExpected;
  {
    Engine plain({}), plainNear({{"schedule", "near"}});
    expected = emitted(plain, greeter(), all);
    nearExpected = emitted(plainNear, greeter(), all);
  }
  REQUIRE(expected.size() > 0);
  REQUIRE(expected != nearExpected);
  auto countHits = [&] {
    auto store = writ::cache::Store::open(folder.at("cache.db"));
    REQUIRE(store);
    auto entries = (*store)->entries();
    REQUIRE(entries);
    uint64_t hits = 0;
    for (const writ::cache::Entry &entry : *entries)
      hits += entry.hits;
    return std::pair(entries->size(), hits);
  };
  for (int round = 0; round < 2; ++round) {
    Engine engine(options), nearEngine(near), refusing(strict);
    CHECK(emitted(refusing, greeter(), all).empty()); // And that is not remembered.
    CHECK(emitted(engine, greeter(), all) == expected);
    CHECK(emitted(nearEngine, greeter(), all) == nearExpected);
    CHECK(emitted(engine, greeter(), nullptr).empty()); // That is, under its own key.
  }
  CHECK(countHits() == std::pair<size_t, uint64_t>(2, 2));
}

TEST_CASE("a damaged module that meters itself is made again, and kept by those who may") {
  Folder folder;
  OptionList options = {{"cache", folder.at("cache.db")}}, readOnly = options;
  readOnly.push_back({"cache-access", "read"});
  const char *all = "+multi-value,+tail-call";
  Bytes expected;
  {
    Engine engine(options);
    expected = emitted(engine, greeter(), all);
  }
  REQUIRE(expected.size() > 0);
  replaceArtifacts(folder.at("cache.db"), Bytes(100));
  for (const OptionList &with : {readOnly, options, readOnly}) {
    Engine engine(with);
    CHECK(emitted(engine, greeter(), all) == expected);
  }
}

TEST_CASE("a module that meters itself can be compiled like any other") {
  Engine plain({});
  Bytes code = greeter();
  writ_bytes_t made;
  REQUIRE(plain.note(writ_compile_wasm(plain.engine, code.data(), code.size(), "greeter.wasm",
                                       "+multi-value,+tail-call", &made)));
  Bytes metered(made.data, made.data + made.size);
  writ_bytes_free(&made);
  CHECK(plain.compile(metered));
  CHECK_FALSE(plain.note(
      writ_compile_wasm(plain.engine, code.data(), code.size(), "greeter.wasm", "+simd", &made)));
  CHECK(made.data == nullptr);
  CHECK(plain.kind == WRIT_ERROR_BAD_INPUT);
}

TEST_CASE("a module that is metered in place can be compiled like any other, too") {
  Engine plain({});
  Bytes code = greeter();
  writ_bytes_t made;
  REQUIRE(plain.note(
      writ_compile_wasm_in_place(plain.engine, code.data(), code.size(), "greeter.wasm", &made)));
  Bytes metered(made.data, made.data + made.size);
  writ_bytes_free(&made);
  CHECK(plain.compile(metered));
  CHECK_FALSE(plain.note(writ_compile_wasm_in_place(plain.engine, metered.data(), metered.size(),
                                                    "twice.wasm", &made)));
  CHECK(made.data == nullptr);
  CHECK(plain.kind == WRIT_ERROR_BAD_INPUT);
}
