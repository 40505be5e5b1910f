//===- CacheTest.cpp - Artifacts in SQLite, for friend and foe ------------===//
#include "cache/Owner.h"
#include "cache/Store.h"

#include <atomic>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace writ;
using namespace writ::cache;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / fmt::format("writ-cache-test-{}", getpid());
  Folder() {
    fs::remove_all(path);
    fs::create_directory(path);
  }
  ~Folder() { fs::remove_all(path); }
  std::string file(const char *name = "cache.db") const { return path / name; }
};

Key keyOf(std::string_view code, std::string_view tier = "singlepass") {
  return {digestOf(code), "writ test", std::string(tier), "x86-64", ""};
}

Made madeOf(std::string_view text, uint64_t work = 1) {
  return {Bytes(text.begin(), text.end()), work};
}

std::string textOf(const Bytes &bytes) { return {bytes.begin(), bytes.end()}; }

std::unique_ptr<Store> openStore(const Folder &folder, StoreOptions options = {}) {
  auto store = Store::open(folder.file(), options);
  REQUIRE_MESSAGE(store, (store ? "" : store.error().message));
  return std::move(*store);
}

/// Runs SQL on the file as an enemy would.
void tamper(const Folder &folder, const std::string &sql) {
  sqlite3 *connection = nullptr;
  REQUIRE(sqlite3_open(folder.file().c_str(), &connection) == SQLITE_OK);
  char *said = nullptr;
  int code = sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, &said);
  CHECK_MESSAGE(code == SQLITE_OK, (said ? said : ""));
  sqlite3_free(said);
  sqlite3_close(connection);
}

std::string findText(Store &store, const Key &key) {
  auto found = store.find(key);
  REQUIRE(found);
  return *found ? textOf(**found) : "nothing";
}

void put(Store &store, const Key &key, std::string_view text) {
  REQUIRE(store.findOrMake(key, [&] { return madeOf(text); }));
}

Result<Made> mustNotRun() {
  FAIL("made again");
  return internalError("made again");
}

} // namespace

TEST_CASE("a digest is the standard's SHA-256") {
  CHECK(digestOf("abc").hex() ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(Digest::fromHex(digestOf("").hex()) == digestOf(""));
  CHECK(!Digest::fromHex("ba78"));
  CHECK(!Digest::fromHex(std::string(63, 'a') + "g"));
  const std::string_view a[] = {"ab", "c"}, b[] = {"a", "bc"};
  CHECK(digestOfParts(a) != digestOfParts(b));
}

TEST_CASE("digests of many messages at a time are those of one at a time") {
  std::vector<uint8_t> bytes(1 << 14);
  uint32_t state = 1;
  for (uint8_t &byte : bytes)
    byte = uint8_t((state = state * 1664525 + 1013904223) >> 24);
  // All lengths around a block, none at all, and few long ones among many short ones.
  std::vector<std::span<const uint8_t>> messages;
  for (size_t length = 0; length < 200; ++length)
    messages.push_back(std::span(bytes).subspan(length, length % 7 == 3 ? 9000 + length : length));
  messages.push_back({});
  for (size_t count = 0; count <= messages.size(); count += count < 9 ? 1 : 47) {
    std::vector<Digest> digests(count);
    digestsOf(std::span(messages).last(count), digests);
    for (size_t i = 0; i < count; ++i)
      CHECK(digests[i] == digestOf(messages[messages.size() - count + i]));
  }
}

TEST_CASE("each part of a key tells artifacts apart") {
  Key key = keyOf("code");
  std::set<Digest> ids{key.id()};
  for (std::string Key::*part : {&Key::compiler, &Key::tier, &Key::target, &Key::options}) {
    Key other = key;
    other.*part += "!";
    ids.insert(other.id());
  }
  ids.insert(keyOf("other").id());
  CHECK(ids.size() == 6);
}

TEST_CASE("an artifact is made once, and found by the next process") {
  Folder folder;
  put(*openStore(folder), keyOf("a"), "artifact of a");
  auto store = openStore(folder);
  CHECK(findText(*store, keyOf("a")) == "artifact of a");
  CHECK(findText(*store, keyOf("b")) == "nothing");
  CHECK(findText(*store, keyOf("a", "llvm")) == "nothing");
  auto again = store->findOrMake(keyOf("a"), mustNotRun);
  REQUIRE(again);
  CHECK(textOf(*again) == "artifact of a");
  auto entries = store->entries();
  REQUIRE(entries);
  REQUIRE(entries->size() == 1);
  CHECK(entries->front().key == keyOf("a"));
  CHECK(entries->front().size == 13);
  CHECK(entries->front().hits == 2);
}

TEST_CASE("an empty artifact is one, too") {
  Folder folder;
  auto store = openStore(folder);
  put(*store, keyOf("a"), "");
  CHECK(findText(*store, keyOf("a")) == "");
}

TEST_CASE("contracts are kept under their digest, once") {
  Folder folder;
  auto store = openStore(folder);
  Bytes bytes{0, 'a', 's', 'm'};
  auto first = store->addContract("wasm", bytes), second = store->addContract("wasm", bytes);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(*first == *second);
  CHECK(*first == digestOf(bytes));
  auto found = store->findContract(*first);
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->bytes == bytes);
  CHECK((*found)->kind == "wasm");
  CHECK(!*store->findContract(digestOf("nothing")));
  CHECK(store->totals()->contracts == 1);
}

TEST_CASE("an artifact that was made elsewhere keeps its history") {
  Folder folder;
  auto store = openStore(folder);
  Entry entry;
  entry.key = keyOf("a");
  entry.work = 17;
  entry.compileMicros = 23;
  CHECK(*store->add(entry, madeOf("made elsewhere").bytes));
  CHECK(!*store->add(entry, madeOf("made again").bytes));
  CHECK(findText(*store, keyOf("a")) == "made elsewhere");
  auto entries = store->entries();
  REQUIRE(entries);
  REQUIRE(entries->size() == 1);
  CHECK((*entries)[0].work == 17);
  CHECK((*entries)[0].compileMicros == 23);
}

TEST_CASE("a bad contract is not tried for ever, a failing machine is tried again") {
  Folder folder;
  auto store = openStore(folder);
  int tries = 0;
  auto tooLarge = [&]() -> Result<Made> {
    ++tries;
    return Error{ErrorKind::Limit, "function 3: needs more work than the budget"};
  };
  for (int i = 0; i < 3; ++i) {
    auto made = openStore(folder)->findOrMake(keyOf("a"), tooLarge);
    REQUIRE(!made);
    CHECK(made.error().kind == ErrorKind::Limit);
    CHECK(made.error().message == "function 3: needs more work than the budget");
  }
  CHECK(tries == 1);
  auto failures = store->failures();
  REQUIRE(failures);
  REQUIRE(failures->size() == 1);
  CHECK((*failures)[0].key == keyOf("a"));
  CHECK((*failures)[0].message == "function 3: needs more work than the budget");
  CHECK(*store->forgetFailure(keyOf("a")));
  CHECK(!*store->forgetFailure(keyOf("a")));
  put(*store, keyOf("a"), "now it fits");
  auto noMemory = [&]() -> Result<Made> { return internalError("no memory"); };
  CHECK(!store->findOrMake(keyOf("b"), noMemory));
  put(*store, keyOf("b"), "there it is");
  CHECK(findText(*store, keyOf("b")) == "there it is");
}

TEST_CASE("of many threads that want an artifact, one makes it") {
  Folder folder;
  auto store = openStore(folder);
  std::atomic<int> made = 0, right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int code = 0; code < 10; ++code) {
        std::string text = fmt::format("code {}", code);
        auto got = store->findOrMake(keyOf(text), [&] {
          ++made;
          std::this_thread::sleep_for(std::chrono::milliseconds(2));
          return madeOf(text);
        });
        right += got && textOf(*got) == text;
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  CHECK(made == 10);
  CHECK(right == 80);
}

/// Makes ten artifacts, leaving a line in `log` for each that is made.
[[noreturn]] static void runProcess(const Folder &folder, const std::string &log) {
  auto store = Store::open(folder.file());
  if (!store)
    fmt::print(stderr, "{}\n", store.error().message);
  for (int code = 0; store && code < 10; ++code) {
    std::string text = fmt::format("code {}", code);
    auto got = (*store)->findOrMake(keyOf(text), [&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
      std::ofstream(log, std::ios::app) << text + "\n";
      return madeOf(text);
    });
    if (!got)
      fmt::print(stderr, "{}\n", got.error().message);
    if (!got || textOf(*got) != text)
      _exit(1);
  }
  _exit(store ? 0 : 1);
}

static size_t linesIn(const std::string &path) {
  std::ifstream file(path);
  return size_t(std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
}

TEST_CASE("of many processes that want an artifact, one makes it") {
  Folder folder;
  std::string log = folder.file("log");
  std::vector<pid_t> processes;
  for (int i = 0; i < 4; ++i) {
    pid_t process = fork();
    if (process == 0)
      runProcess(folder, log);
    processes.push_back(process);
  }
  for (pid_t process : processes) {
    int status = 0;
    waitpid(process, &status, 0);
    CHECK(status == 0);
  }
  CHECK(linesIn(log) == 10);
}

TEST_CASE("processes that are killed at any moment leave a cache that is whole") {
  Folder folder;
  std::string log = folder.file("log");
  for (int round = 0; round < 30; ++round) {
    pid_t process = fork();
    if (process == 0)
      runProcess(folder, log);
    usleep(useconds_t(500 + round * 1700));
    kill(process, SIGKILL);
    waitpid(process, nullptr, 0);
    auto store = openStore(folder);
    CHECK(store->verify(false)->empty());
  }
  auto store = openStore(folder);
  for (int code = 0; code < 10; ++code) {
    std::string text = fmt::format("code {}", code);
    put(*store, keyOf(text), text); // Not held up by the flights of the dead.
    CHECK(findText(*store, keyOf(text)) == text);
  }
}

TEST_CASE("a process that has ended is dead, even if nobody has asked how it ended") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  pid_t process = fork();
  if (process == 0) {
    std::string owner = thisOwner();
    _exit(write(ends[1], owner.data(), owner.size()) == ssize_t(owner.size()) ? 0 : 1);
  }
  char owner[200];
  ssize_t size = read(ends[0], owner, sizeof(owner));
  siginfo_t info;
  REQUIRE(waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) == 0); // Stays a zombie.
  CHECK(size > 0);
  CHECK_FALSE(mayBeRunning(std::string(owner, size_t(std::max<ssize_t>(size, 0)))));
  waitpid(process, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("of many threads that cannot use an artifact, one makes it again") {
  Folder folder;
  auto store = openStore(folder);
  put(*store, keyOf("a"), "bad");
  std::atomic<int> made = 0, right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      auto make = [&] {
        ++made;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return madeOf("good");
      };
      auto got = store->findOrMake(keyOf("a"), make);
      if (got && textOf(*got) == "bad") {
        CHECK(store->discard(keyOf("a"), digestOf(*got)));
        got = store->findOrMake(keyOf("a"), make);
      }
      right += got && textOf(*got) == "good";
    });
  for (std::thread &thread : threads)
    thread.join();
  CHECK(made == 1);
  CHECK(right == 8);
  CHECK_FALSE(*store->discard(keyOf("a"), digestOf("bad")));
  CHECK(findText(*store, keyOf("a")) == "good");
}

TEST_CASE("an owner is known by more than its number") {
  CHECK(mayBeRunning(thisOwner()));
  CHECK(!mayBeRunning(thisOwner() + "1"));
  CHECK(!mayBeRunning("another-boot" + thisOwner().substr(thisOwner().find(' '))));
  for (const char *odd : {"", " ", "a b", "a ../../x 5", "a 99999999999999999999 5"})
    CHECK(!mayBeRunning(odd));
}

TEST_CASE("what was tampered with is never given") {
  Folder folder;
  auto store = openStore(folder);
  put(*store, keyOf("a"), "artifact of a");
  put(*store, keyOf("b"), "artifact of b");
  CHECK(store->verify(false)->empty());
  std::string said;
  SUBCASE("bytes changed") {
    tamper(folder, "UPDATE artifact SET bytes = CAST('artifact of x' AS BLOB) WHERE id = 1");
    said = "does not have the hash";
  }
  SUBCASE("bytes cut off") {
    tamper(folder, "UPDATE artifact SET bytes = substr(bytes, 1, 5) WHERE id = 1");
    said = "has 5 bytes; expected 13";
  }
  SUBCASE("swapped for those of another key") {
    tamper(folder,
           "UPDATE artifact SET bytes = (SELECT bytes FROM artifact WHERE id = 2), contents "
           "= (SELECT contents FROM artifact WHERE id = 2) WHERE id = 1; "
           "UPDATE artifact SET tier = 'llvm' WHERE id = 1");
    said = "stands under the key of another";
  }
  SUBCASE("of another type") {
    tamper(folder, "UPDATE artifact SET bytes = 'artifact of a' WHERE id = 1");
    said = "has a column of another type";
  }
  auto wrong = store->verify(false);
  REQUIRE(wrong);
  REQUIRE(wrong->size() == 1);
  CHECK(wrong->front().find(said) != std::string::npos);
  CHECK(findText(*store, keyOf("a")) == "nothing");
  CHECK(findText(*store, keyOf("b")) == "artifact of b");
  put(*store, keyOf("a"), "artifact of a");
  CHECK(store->verify(false)->empty());
}

TEST_CASE("verify removes what is wrong if asked, and nothing else") {
  Folder folder;
  auto store = openStore(folder);
  put(*store, keyOf("a"), "artifact of a");
  put(*store, keyOf("b"), "artifact of b");
  REQUIRE(store->addContract("wasm", Bytes{1, 2, 3}));
  tamper(folder,
         "UPDATE artifact SET bytes = x'00' WHERE id = 2; UPDATE contract SET bytes = x'01'");
  CHECK(store->verify(true)->size() == 2);
  CHECK(store->verify(false)->empty());
  CHECK(store->totals()->artifacts == 1);
  CHECK(store->totals()->contracts == 0);
}

TEST_CASE("the least recently used artifacts go first") {
  Folder folder;
  auto store = openStore(folder);
  for (const char *code : {"a", "b", "c"})
    put(*store, keyOf(code), std::string(100, code[0]));
  tamper(folder, "UPDATE artifact SET used = id");
  tamper(folder, "UPDATE artifact SET used = 9 WHERE id = 1");
  CHECK(*store->evict(250) == 1);
  CHECK(findText(*store, keyOf("b")) == "nothing");
  CHECK(findText(*store, keyOf("a")).size() == 100);
  CHECK(*store->evict(0) == 2);
  StoreOptions small;
  small.quotaBytes = 250;
  auto limited = openStore(folder, small);
  for (const char *code : {"a", "b", "c", "d"})
    put(*limited, keyOf(code), std::string(100, code[0]));
  CHECK(limited->totals()->artifacts == 2);
  CHECK(findText(*limited, keyOf("d")).size() == 100);
}

TEST_CASE("what is no cache is refused, and left alone") {
  Folder folder;
  auto refused = [&](std::string_view said) {
    auto store = Store::open(folder.file());
    REQUIRE(!store);
    CHECK_MESSAGE(store.error().message.find(said) != std::string::npos, store.error().message);
    CHECK(store.error().message.starts_with(folder.file()));
  };
  SUBCASE("a directory") {
    fs::create_directory(folder.file());
    refused("is a directory");
  }
  SUBCASE("some file") {
    std::ofstream(folder.file()) << std::string(5000, 'x');
    refused("not a database");
    CHECK(fs::file_size(folder.file()) == 5000);
  }
  SUBCASE("a database of somebody else") {
    tamper(folder, "CREATE TABLE t (x)");
    refused("no cache of writ");
  }
  SUBCASE("a cache of a newer writ") {
    openStore(folder);
    tamper(folder, "PRAGMA user_version = 2");
    refused("is of cache version 2; this writ knows version 1");
  }
}

TEST_CASE("a cache that may only be read gives what it has, and keeps nothing") {
  Folder folder;
  StoreOptions readOnly;
  readOnly.access = Access::ReadOnly;
  CHECK(!Store::open(folder.file(), readOnly)); // Not made.
  put(*openStore(folder), keyOf("a"), "artifact of a");
  auto store = openStore(folder, readOnly);
  CHECK(findText(*store, keyOf("a")) == "artifact of a");
  auto made = store->findOrMake(keyOf("b"), mustNotRun);
  REQUIRE(!made);
  CHECK(made.error().message.find("cannot be written to") != std::string::npos);
}

TEST_CASE("a locked cache is waited for, but not for ever") {
  Folder folder;
  StoreOptions impatient;
  impatient.patienceMs = 50;
  auto store = openStore(folder, impatient);
  sqlite3 *other = nullptr;
  REQUIRE(sqlite3_open(folder.file().c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  auto made = store->findOrMake(keyOf("a"), mustNotRun);
  REQUIRE(!made);
  CHECK(made.error().message.find("is locked by another process") != std::string::npos);
  sqlite3_close(other);
  put(*store, keyOf("a"), "artifact of a");
}

TEST_CASE("a full disk loses nothing that was there") {
  Folder folder;
  auto store = openStore(folder);
  put(*store, keyOf("a"), "artifact of a");
  signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 200'000;
  setrlimit(RLIMIT_FSIZE, &small);
  auto made = store->findOrMake(keyOf("b"), [] { return Result<Made>(Made{Bytes(1 << 20), 1}); });
  setrlimit(RLIMIT_FSIZE, &before);
  REQUIRE(!made);
  CHECK(made.error().kind == ErrorKind::Internal);
  CHECK(findText(*store, keyOf("a")) == "artifact of a");
  CHECK(store->verify(false)->empty());
  put(*store, keyOf("b"), "artifact of b");
}
