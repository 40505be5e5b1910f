//===- ArtifactTest.cpp - Artifacts are refused or do the same ------------===//
#include "cache/ArtifactLayout.h"
#include "jit/CompileArtifact.h"
#include "jit/image/LoadArtifact.h"
#include "jit/runtime/Linker.h"
#include "tests/support/Encoder.h"
#include "tests/support/Observation.h"
#include "tests/support/TestHost.h"

#include <cstring>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <thread>

using namespace writ;
using namespace writ::test;
using cache::Artifact;
using cache::ArtifactDemand;
using wasm::Opcode;

static constexpr NativeTier bothTiers[] = {NativeTier::Singlepass, NativeTier::LLVM};

//===----------------------------------------------------------------------===//
// A module that does a bit of everything
//===----------------------------------------------------------------------===//

/// (i32) -> i32: grows memory, writes where only the grown memory reaches, calls the host and,
/// through the table, the next function, switches, divides.
static Body makeBody(uint32_t index, uint32_t type) {
  ::Code code;
  code.i32(1).op(Opcode::MemoryGrow, 0).op(Opcode::Drop);
  code.op(Opcode::LocalGet, 0).op(Opcode::LocalGet, 0).op(Opcode::I32Store, 2, 4 * index);
  code.i64(int64_t(index)).op(Opcode::Call, 0);
  code.op(Opcode::LocalGet, 0).begin(Opcode::If);
  code.op(Opcode::LocalGet, 0).i32(1).op(Opcode::I32Sub);
  code.i32(int32_t(index + 1) % 8).op(Opcode::CallIndirect, type, 0).op(Opcode::LocalSet, 0);
  code.end();
  for (int i = 0; i < 4; ++i)
    code.begin(Opcode::Block);
  const uint32_t labels[] = {0, 1, 2, 3};
  code.op(Opcode::LocalGet, 0).brTable(labels);
  for (uint32_t i = 0; i < 4; ++i)
    code.end()
        .op(Opcode::LocalGet, 0)
        .i32(int32_t(3 * i + index))
        .op(Opcode::I32Add)
        .op(Opcode::LocalSet, 0);
  code.f64(0x4000000000000000 + index).op(Opcode::F64Sqrt).op(Opcode::Drop);
  code.i32(1000).op(Opcode::LocalGet, 0).op(Opcode::I32DivS).end();
  return {{}, code.bytes};
}

static const TestHostFunction &hostFunction() {
  for (const TestHostFunction &function : testHostFunctions())
    if (function.type == FuncType{{ValueType::I64}, {}})
      return function;
  FAIL("the test host has no function of that type");
  return testHostFunctions().front();
}

/// `functions` own functions; with 8 or more, everything else is there.
static Bytes makeModule(uint32_t functions) {
  ModuleWriter writer;
  FuncType type{{ValueType::I32}, {ValueType::I32}};
  writer.info.memories.push_back({{1, 20}, {}});
  writer.info.tables.push_back({ValueType::FuncRef, {8, 8}, {}});
  uint32_t typeIndex = writer.typeIndex(type);
  writer.info.imports.push_back({ExternKind::Func, 0});
  writer.info.funcs.push_back(
      {hostFunction().type, {}, ImportName{"env", std::string(hostFunction().name)}});
  ElemSegment elements;
  elements.mode = SegmentMode::Active;
  for (uint32_t i = 1; i <= functions; ++i) {
    writer.info.funcs.push_back({type, {}, {}});
    writer.info.exports.push_back({fmt::format("f{}", i), ExternKind::Func, i});
    writer.bodies.push_back(makeBody(i, typeIndex));
    if (i < 8) // The last element stays null.
      elements.items.push_back({ConstExpr::Kind::RefFunc, ValueType::FuncRef, 0, i});
  }
  writer.info.elems.push_back(std::move(elements));
  return writer.encode();
}

static std::vector<uint8_t> makeArtifactOf(const Bytes &module, NativeTier tier,
                                           const cache::MacKey *key = nullptr,
                                           unsigned threads = 1) {
  CompileOptions options;
  options.threads = threads;
  ArtifactRequest request;
  request.tier = tier;
  request.macKey = key;
  auto made = compileArtifact(module, options, request);
  REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
  return *made;
}

static const std::vector<uint8_t> &smallArtifact() {
  static const std::vector<uint8_t> bytes = makeArtifactOf(makeModule(2), NativeTier::Singlepass);
  return bytes;
}

static cache::MacKey makeKey(uint8_t seed) {
  std::vector<uint8_t> bytes(32, seed);
  auto key = cache::MacKey::fromBytes(bytes);
  REQUIRE(key);
  return *key;
}

/// Empty if it loads.
static std::string refusal(std::vector<uint8_t> bytes, const ArtifactDemand &demand = {}) {
  auto loaded = loadArtifact(cache::makeByteSource(std::move(bytes)), demand);
  if (loaded)
    return "";
  CHECK(loaded.error().kind == ErrorKind::BadInput);
  return loaded.error().message;
}

static bool mentions(const std::string &text, std::string_view part) {
  bool does = text.find(part) != std::string::npos;
  if (!does)
    MESSAGE(text);
  return does;
}

/// The same artifact with another header, and hashes that fit.
template <typename Change>
static std::vector<uint8_t> withHeader(std::vector<uint8_t> bytes, Change change) {
  cache::RawHeader header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  change(header);
  std::memcpy(bytes.data(), &header, sizeof(header));
  size_t sealed = cache::headBytes(header.numSections, header.numChunks) - cache::sealBytes;
  if (sealed + cache::digestBytes > bytes.size())
    return bytes;
  cache::Digest root = cache::digestOf(std::span<const uint8_t>(bytes).first(sealed));
  std::memcpy(bytes.data() + sealed, root.bytes.data(), root.bytes.size());
  return bytes;
}

//===----------------------------------------------------------------------===//
// The same as without
//===----------------------------------------------------------------------===//

namespace {
class Runner {
public:
  Runner(std::shared_ptr<const CompiledModule> module, std::string_view tier) {
    defineTestHost(linker, trace);
    InstanceOptions options;
    options.tier = tier;
    auto made = linker.instantiate(std::move(module), options);
    REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
    instance = made->instance;
  }
  Observation call(const std::string &name, uint64_t argument, uint64_t gas) {
    Observation seen;
    CallLimits limits;
    limits.gas = gas;
    auto outcome = instance->call(name, {&argument, 1}, limits);
    const ValueType type = ValueType::I32;
    if (outcome)
      seen.addOutcome(*outcome, {&type, 1}, instance);
    else
      seen.addError(outcome.error());
    seen.addState(*instance);
    return seen;
  }
  Instance *operator->() const { return instance; }

private:
  HostTrace trace;
  Store store;
  Linker linker{store};
  Instance *instance = nullptr;
};
} // namespace

static std::shared_ptr<const CompiledModule> load(std::vector<uint8_t> bytes) {
  auto loaded = loadArtifact(cache::makeByteSource(std::move(bytes)));
  REQUIRE_MESSAGE(loaded, (loaded ? "" : loaded.error().message));
  return *loaded;
}

TEST_CASE("an artifact does what the compiled module does, whatever the gas") {
  Bytes bytes = makeModule(40);
  auto compiled = compileModule(bytes, {});
  REQUIRE(compiled);
  for (NativeTier tier : bothTiers) {
    auto loaded = load(makeArtifactOf(bytes, tier));
    for (uint32_t function : {1, 5, 8, 40})
      for (uint64_t argument : {0, 3, 9, 70000, 2000000000}) {
        Runner interp(*compiled, "interp"), native(loaded, "");
        for (uint64_t gas : {0, 5, 17, 30, 31, 55, 80, 200, 1000, 100000}) {
          std::string name = fmt::format("f{}", function);
          CAPTURE(name);
          CAPTURE(gas);
          CHECK(Observation::difference(interp.call(name, argument, gas),
                                        native.call(name, argument, gas)) == "");
        }
      }
  }
}

TEST_CASE("artifacts are the same in each compile and with any number of threads") {
  Bytes module = makeModule(60);
  for (NativeTier tier : bothTiers) {
    auto first = makeArtifactOf(module, tier);
    for (unsigned threads : {1, 2, 5})
      CHECK(first == makeArtifactOf(module, tier, nullptr, threads));
    auto artifact = Artifact::open(cache::makeByteSource(first));
    REQUIRE(artifact);
    CHECK(checkArtifact(*artifact));
    CHECK(artifact->head().key.tier == tierName(tier));
    CHECK(artifact->head().key.code == cache::digestOf(module));
    CHECK(artifact->head().work > 0);
  }
}

TEST_CASE("several threads may be the first to run code of an artifact") {
  Bytes bytes = makeModule(400);
  auto compiled = compileModule(bytes, {});
  REQUIRE(compiled);
  Observation expected = Runner(*compiled, "interp").call("f300", 12, 100000);
  for (NativeTier tier : bothTiers) {
    auto artifact = makeArtifactOf(bytes, tier);
    for (int round = 0; round < 20; ++round) {
      auto loaded = load(artifact);
      std::vector<std::thread> threads;
      std::vector<std::string> found(4, "none");
      for (std::string &own : found)
        threads.emplace_back([&] {
          own = Observation::difference(expected, Runner(loaded, "").call("f300", 12, 100000));
        });
      for (std::thread &thread : threads)
        thread.join();
      for (const std::string &own : found)
        CHECK(own == "");
    }
  }
}

//===----------------------------------------------------------------------===//
// Damage
//===----------------------------------------------------------------------===//

TEST_CASE("an artifact with any one byte changed is refused") {
  std::vector<uint8_t> bytes = smallArtifact();
  REQUIRE(bytes.size() <= 64 << 10);
  REQUIRE(refusal(bytes) == "");
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (uint8_t change : {0x01, 0x80, 0xff}) {
      bytes[i] ^= change;
      bool isRefused = !loadArtifact(cache::makeByteSource(bytes));
      bytes[i] ^= change;
      CHECK_MESSAGE(isRefused, i);
    }
  }
}

TEST_CASE("a truncated artifact is refused, as is one with something behind it") {
  const std::vector<uint8_t> &bytes = smallArtifact();
  for (size_t size = 0; size < bytes.size(); ++size) {
    auto loaded = loadArtifact(cache::makeByteSource({bytes.begin(), bytes.begin() + long(size)}));
    REQUIRE(!loaded);
  }
  CHECK(mentions(refusal({bytes.begin(), bytes.end() - 1}), "truncated"));
  std::vector<uint8_t> longer = bytes;
  longer.push_back(0);
  CHECK(mentions(refusal(longer), "1 bytes behind its end"));
  CHECK(mentions(refusal({}), "does not begin like one"));
}

TEST_CASE("chunks that change places are refused") {
  auto bytes = makeArtifactOf(makeModule(400), NativeTier::Singlepass);
  auto artifact = Artifact::open(cache::makeByteSource(bytes));
  REQUIRE(artifact);
  uint64_t code = artifact->find(cache::SectionId::Code)->offset;
  uint64_t chunk = cache::chunkBytesOf(cache::SectionId::Code);
  std::swap_ranges(bytes.begin() + long(code), bytes.begin() + long(code + chunk),
                   bytes.begin() + long(code + chunk));
  auto swapped = Artifact::open(cache::makeByteSource(bytes));
  REQUIRE(swapped); // Code is looked at when it runs.
  Result<void> checked = checkArtifact(*swapped);
  REQUIRE(!checked);
  CHECK(mentions(checked.error().message, "chunk 0 of section 'code' is damaged"));
}

/// Calls all functions; how many calls ended in an error that says so.
static int countFailures(const std::shared_ptr<const CompiledModule> &module, uint32_t functions,
                         uint64_t gas, std::string_view what) {
  int failures = 0;
  Runner runner(module, "");
  for (uint32_t i = 1; i <= functions; ++i) {
    uint64_t argument = 70000 + i;
    CallLimits limits;
    limits.gas = gas;
    auto outcome = runner->call(fmt::format("f{}", i), {&argument, 1}, limits);
    if (outcome)
      continue;
    ++failures;
    CHECK(outcome.error().kind == ErrorKind::Internal);
    CHECK(mentions(outcome.error().message, what));
  }
  return failures;
}

/// With one byte of a section changed, at `share` of it.
static std::vector<uint8_t> damaged(std::vector<uint8_t> bytes, cache::SectionId id, double share) {
  auto artifact = Artifact::open(cache::makeByteSource(bytes));
  REQUIRE(artifact);
  const Artifact::Section *section = artifact->find(id);
  REQUIRE(section);
  bytes[section->offset + uint64_t(share * double(section->size - 1))] ^= 1;
  return bytes;
}

TEST_CASE("code that is damaged never runs: a call that gets there ends as an internal failure") {
  for (NativeTier tier : bothTiers) {
    auto bytes = makeArtifactOf(makeModule(400), tier);
    REQUIRE(bytes.size() > 64 << 10);
    auto module = load(damaged(bytes, cache::SectionId::Code, 0.5));
    int failures = countFailures(module, 400, 1'000'000, "of section 'code' is damaged");
    CHECK(failures > 0);
    CHECK(failures < 400);
    CHECK(module->tier()->machineCode().empty());
  }
}

TEST_CASE("damaged tables and cold paths end the calls that need them") {
  for (NativeTier tier : bothTiers) {
    auto bytes = makeArtifactOf(makeModule(400), tier);
    auto sites = load(damaged(bytes, cache::SectionId::Sites, 0.9));
    CHECK(countFailures(sites, 5, 1'000'000, "of section 'sites' is damaged") == 5);
    auto faults = load(damaged(bytes, cache::SectionId::Faults, 0.1));
    CHECK(countFailures(faults, 5, 1'000'000, "of section 'faults' is damaged") == 5);
  }
  for (NativeTier tier : bothTiers) {
    auto bytes = makeArtifactOf(makeModule(400), tier);
    auto cold = load(damaged(bytes, cache::SectionId::Cold, 0.0));
    int failures = 0; // Llvm asks only where something can be seen before gas ends.
    for (uint64_t gas = 0; gas < 100; ++gas)
      failures += countFailures(cold, 1, gas, "of section 'cold' is damaged");
    CHECK(failures > 0);
  }
}

TEST_CASE("a file that changes under an artifact is noticed") {
  std::string path =
      (std::filesystem::temp_directory_path() / fmt::format("artifact-test-{}", uint64_t(getpid())))
          .string();
  auto bytes = makeArtifactOf(makeModule(400), NativeTier::Singlepass);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()), std::streamsize(bytes.size()));
  auto source = cache::openByteSource(path);
  REQUIRE(source);
  auto loaded = loadArtifact(*source);
  REQUIRE(loaded);
  auto artifact = Artifact::open(*source);
  REQUIRE(artifact);
  const Artifact::Section *code = artifact->find(cache::SectionId::Code);
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(std::streamoff(code->offset + code->size / 2));
  file << std::string(code->size / 4, '\x90');
  file.close();
  CHECK(countFailures(*loaded, 400, 1'000'000, "of section 'code' is damaged") > 0);
  std::filesystem::resize_file(path, bytes.size() / 8);
  Store store;
  Linker linker(store);
  HostTrace trace;
  defineTestHost(linker, trace);
  auto made = linker.instantiate(*loaded);
  REQUIRE(!made);
  CHECK(mentions(made.error().message, "cannot be read"));
  std::filesystem::remove(path);
  CHECK(!cache::openByteSource(path));
  CHECK(!cache::openByteSource("/"));
}

//===----------------------------------------------------------------------===//
// Another one than was asked for
//===----------------------------------------------------------------------===//

TEST_CASE("an artifact that was not asked for is refused with the reason") {
  const auto &bytes = smallArtifact();
  ArtifactDemand demand;
  demand.code = cache::digestOf(makeModule(2));
  demand.tier = "singlepass";
  demand.target = "x86-64-v2";
  demand.options = "";
  CHECK(refusal(bytes, demand) == "");
  ArtifactDemand other = demand;
  other.code = cache::digestOf(makeModule(3));
  CHECK(mentions(refusal(bytes, other), "made from contract"));
  other = demand;
  other.tier = "llvm";
  CHECK(mentions(refusal(bytes, other), "code of tier 'singlepass'; asked for is 'llvm'"));
  other = demand;
  other.target = "x86-64-v3";
  CHECK(mentions(refusal(bytes, other), "code for 'x86-64-v2'"));
  other = demand;
  other.options = "metering=none";
  CHECK(mentions(refusal(bytes, other), "made with options ''"));
}

TEST_CASE("artifacts of other versions and machines never run") {
  const auto &bytes = smallArtifact();
  auto changed = [&](auto change) { return refusal(withHeader(bytes, change)); };
  CHECK(changed([](cache::RawHeader &) {}) == "");
  CHECK(mentions(changed([](cache::RawHeader &h) { h.format = 1; }),
                 "format version 1; this writ reads 3"));
  CHECK(mentions(changed([](cache::RawHeader &h) { h.abi += 1; }), "ABI version"));
  CHECK(mentions(changed([](cache::RawHeader &h) { h.compiler[5] = '9'; }), "made by 'writ 9"));
  CHECK(mentions(changed([](cache::RawHeader &h) { h.cpuFeatures |= uint64_t(1) << 40; }),
                 "needs a processor with feature 40"));
  CHECK(mentions(changed([](cache::RawHeader &h) { std::strncpy(h.tier, "llvm", sizeof(h.tier)); }),
                 "of another tier than it says"));
  CHECK(mentions(changed([](cache::RawHeader &h) { h.flags = 2; }), "flags that nobody knows"));
  CHECK(mentions(changed([](cache::RawHeader &h) { h.zeros[3] = 1; }), "nobody understands"));
  CHECK(mentions(changed([](cache::RawHeader &h) { h.target[31] = 'x'; }), "text of its header"));
  CHECK(mentions(changed([](cache::RawHeader &h) { h.numSections = 1000; }), "sections in"));
  CHECK(mentions(changed([](cache::RawHeader &h) { h.numChunks -= 1; }), "artifact: "));
  // To be shown, it may be anybody's.
  auto old = withHeader(bytes, [](cache::RawHeader &h) { h.compiler[5] = '9'; });
  CHECK(Artifact::inspect(cache::makeByteSource(old)));
}

TEST_CASE("sections that overlap, leave gaps or are not known are refused") {
  const auto &bytes = smallArtifact();
  auto changed = [&](size_t section, auto change) {
    std::vector<uint8_t> other = bytes;
    cache::RawSection raw;
    uint8_t *at = other.data() + sizeof(cache::RawHeader) + section * sizeof(raw);
    std::memcpy(&raw, at, sizeof(raw));
    change(raw);
    std::memcpy(at, &raw, sizeof(raw));
    return refusal(withHeader(other, [](cache::RawHeader &) {}));
  };
  CHECK(mentions(changed(1, [](cache::RawSection &s) { s.offset -= 1; }), "not where it should"));
  CHECK(mentions(changed(1, [](cache::RawSection &s) { s.offset += 1; }), "not where it should"));
  CHECK(mentions(changed(1, [](cache::RawSection &s) { s.size = ~uint64_t(0); }), "out of bounds"));
  CHECK(mentions(changed(0, [](cache::RawSection &s) { s.size += 1; }), "not where it should"));
  CHECK(mentions(changed(1, [](cache::RawSection &s) { s.id = 1; }), "twice, or too late"));
  CHECK(mentions(changed(1, [](cache::RawSection &s) { s.id = 77; }), "section 77 is not known"));
  CHECK(mentions(changed(1, [](cache::RawSection &s) { s.zero = 1; }), "is not known"));
}

//===----------------------------------------------------------------------===//
// Signatures
//===----------------------------------------------------------------------===//

TEST_CASE("with a key, only what was signed with it is accepted") {
  cache::MacKey key = makeKey(1), otherKey = makeKey(2);
  auto bytes = makeArtifactOf(makeModule(2), NativeTier::Singlepass, &key);
  ArtifactDemand demand;
  CHECK(refusal(bytes, demand) == "");
  demand.macKey = key;
  CHECK(refusal(bytes, demand) == "");
  CHECK(mentions(refusal(smallArtifact(), demand), "not signed"));
  demand.macKey = otherKey;
  CHECK(mentions(refusal(bytes, demand), "signed with another key"));
  demand.macKey = key;
  for (size_t i = 0; i < bytes.size(); i += 7) {
    bytes[i] ^= 0x10;
    bool isRefused = !loadArtifact(cache::makeByteSource(bytes), demand);
    bytes[i] ^= 0x10;
    CHECK_MESSAGE(isRefused, i);
  }
  // Whoever can compute hashes cannot sign.
  CHECK(mentions(refusal(withHeader(bytes, [](cache::RawHeader &h) { h.work += 1; }), demand),
                 "signed with another key, or was changed"));
}
