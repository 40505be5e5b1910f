//===- Store.cpp - Opening, finding and keeping artifacts -----------------===//
#include "cache/Store.h"

#include "cache/Owner.h"
#include "cache/StoreParts.h"

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fmt/format.h>

using namespace writ;
using namespace writ::cache;

static constexpr int64_t schemaVersion = 1;
static constexpr int64_t applicationId = 0x77726974; // "writ"

static constexpr const char *schema =
#include "cache/Schema.inc"
    ;

/// Uses are written down this many at a time: each is a transaction.
static constexpr size_t usesAtATime = 256;

int64_t writ::cache::secondsNow() { return int64_t(std::time(nullptr)); }

//===----------------------------------------------------------------------===//
// Connections
//===----------------------------------------------------------------------===//

Store::Lease::~Lease() {
  if (!database)
    return;
  std::lock_guard lock(store.mutex);
  store.idle.push_back(std::move(database));
}

Result<Store::Lease> Store::Lease::take(Store &store) {
  {
    std::lock_guard lock(store.mutex);
    if (!store.idle.empty()) {
      Lease lease(store, std::move(store.idle.back()));
      store.idle.pop_back();
      return lease;
    }
  }
  Result<Database> made = store.connect();
  if (!made)
    return made.error();
  return Lease(store, std::move(*made));
}

Store::Store(std::string path, StoreOptions options)
    : path(std::move(path)), options(options), owner(thisOwner()) {}

Store::~Store() {
  if (uses.empty())
    return;
  if (Result<Lease> lease = Lease::take(*this))
    (void)writeUses(**lease); // Nothing but the order of eviction is lost.
}

Result<Database> Store::connect() {
  Result<Database> database = Database::open(path, options.access, options.patienceMs);
  if (!database || options.access == Access::ReadOnly)
    return database;
  // What is somebody else's is left as it is.
  if (Result<bool> isNew = isNewCache(*database); !isNew)
    return isNew.error();
  if (Result<void> used = database->useLog(options.patienceMs); !used)
    return used.error();
  return database;
}

/// False if it is a cache of this version. Refuses what is neither.
Result<bool> Store::isNewCache(Database &database) const {
  // In one statement: another process may be making it.
  Statement statement(database,
                      "SELECT a.application_id, v.user_version, (SELECT count(*) FROM "
                      "sqlite_schema) FROM pragma_application_id a, pragma_user_version v");
  Result<bool> row = statement.step();
  if (!row)
    return row.error();
  int64_t application = statement.integer(0).value_or(-1),
          tables = statement.integer(2).value_or(1);
  int64_t version = statement.integer(1).value_or(-1);
  if (application == 0 && version == 0 && tables == 0)
    return true;
  if (application != applicationId)
    return badInput(path + ": is an SQLite database, but no cache of writ");
  if (version != schemaVersion)
    return badInput(fmt::format("{}: is of cache version {}; this writ knows version {}: use the "
                                "writ that made it, or another file",
                                path, version, schemaVersion));
  return false;
}

Result<std::unique_ptr<Store>> Store::open(const std::string &path, StoreOptions options) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return badInput(path + ": is a directory; expected a cache file");
  std::unique_ptr<Store> store(new Store(path, options));
  Result<Database> database = store->connect();
  if (!database)
    return database.error();
  if (Result<void> prepared = store->prepare(*database); !prepared)
    return prepared.error();
  store->idle.push_back(std::move(*database));
  return store;
}

/// Makes the tables of a new file, and refuses what is not a cache of this version.
Result<void> Store::prepare(Database &database) {
  std::optional<Transaction> transaction;
  if (options.access == Access::ReadWrite) { // Two may come to a new file at once.
    Result<Transaction> begun = Transaction::begin(database);
    if (!begun)
      return begun.error();
    transaction.emplace(std::move(*begun));
  }
  Result<bool> isNew = isNewCache(database);
  if (!isNew)
    return isNew.error();
  if (!transaction)
    return *isNew ? Result<void>(badInput(path + ": is empty; expected a cache")) : Result<void>();
  if (*isNew) {
    std::string marks = fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                    applicationId, schemaVersion);
    if (Result<void> made = database.run(schema); !made)
      return made;
    if (Result<void> marked = database.run(marks.c_str()); !marked)
      return marked;
  }
  return transaction->commit();
}

//===----------------------------------------------------------------------===//
// Artifacts
//===----------------------------------------------------------------------===//

static Result<void> removeArtifact(Database &database, const Digest &id) {
  return Statement(database, "DELETE FROM artifact WHERE key = ?").bind(id).run();
}

Result<std::optional<Bytes>> Store::look(Database &database, const Key &key, const Digest &id) {
  bool isRight = false;
  {
    Statement statement(database, "SELECT code, compiler, tier, target, options, contents, bytes "
                                  "FROM artifact WHERE key = ?");
    Result<bool> found = statement.bind(id).step();
    if (!found)
      return found.error();
    if (!*found)
      return std::optional<Bytes>();
    std::optional<Key> stored = readKey(statement, 0);
    std::optional<Digest> contents = statement.digest(5);
    auto bytes = statement.blob(6);
    isRight = stored && *stored == key && contents && bytes && digestOf(*bytes) == *contents;
    if (isRight)
      return std::optional<Bytes>(Bytes(bytes->begin(), bytes->end()));
  }
  if (options.access == Access::ReadWrite)
    if (Result<void> removed = removeArtifact(database, id); !removed)
      return removed.error();
  return std::optional<Bytes>();
}

Result<std::optional<Bytes>> Store::find(const Key &key) {
  Result<Lease> lease = Lease::take(*this);
  if (!lease)
    return lease.error();
  Digest id = key.id();
  Result<std::optional<Bytes>> found = look(**lease, key, id);
  if (!found || !*found || options.access == Access::ReadOnly)
    return found;
  noteUse(id);
  std::unique_lock lock(mutex);
  bool isTime = uses.size() >= usesAtATime;
  lock.unlock();
  if (isTime)
    (void)writeUses(**lease); // Kept for the next time, if it fails.
  return found;
}

void Store::noteUse(const Digest &id) {
  std::lock_guard lock(mutex);
  ++uses[id];
}

Result<void> Store::writeUses(Database &database) {
  std::map<Digest, uint64_t> taken;
  {
    std::lock_guard lock(mutex);
    taken.swap(uses);
  }
  auto write = [&]() -> Result<void> {
    Result<Transaction> transaction = Transaction::begin(database);
    if (!transaction)
      return transaction.error();
    for (const auto &[id, count] : taken) {
      Statement statement(database, "UPDATE artifact SET used = ?, hits = hits + ? WHERE key = ?");
      if (Result<void> done = statement.bind(secondsNow()).bind(int64_t(count)).bind(id).run();
          !done)
        return done;
    }
    return transaction->commit();
  };
  Result<void> written = write();
  if (!written) {
    std::lock_guard lock(mutex);
    for (const auto &[id, count] : taken)
      uses[id] += count;
  }
  return written;
}

Result<void> Store::keep(Database &database, const Key &key, const Digest &id, const Made &made,
                         uint64_t micros) {
  Digest contents = digestOf(made.bytes);
  int64_t now = secondsNow();
  Statement statement(database, "INSERT OR REPLACE INTO artifact (key, code, compiler, tier, "
                                "target, options, contents, size, work, compile_us, made, used, "
                                "bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  statement.bind(id).bind(key.code).bind(key.compiler).bind(key.tier).bind(key.target);
  statement.bind(key.options).bind(contents).bind(int64_t(made.bytes.size()));
  statement.bind(int64_t(made.work)).bind(int64_t(micros)).bind(now).bind(now);
  return statement.bind(std::span<const uint8_t>(made.bytes)).run();
}

Result<bool> Store::add(const Entry &entry, const Bytes &bytes) {
  Result<Lease> lease = Lease::take(*this);
  if (!lease)
    return lease.error();
  Result<Transaction> transaction = Transaction::begin(**lease);
  if (!transaction)
    return transaction.error();
  Digest id = entry.key.id();
  Result<std::optional<Bytes>> found = look(**lease, entry.key, id);
  if (!found)
    return found.error();
  if (*found)
    return false;
  Made made{bytes, entry.work};
  if (Result<void> kept = keep(**lease, entry.key, id, made, entry.compileMicros); !kept)
    return kept.error();
  if (Result<void> done = transaction->commit(); !done)
    return done.error();
  return true;
}

Result<bool> Store::discard(const Key &key, const Digest &contents) {
  Result<Lease> lease = Lease::take(*this);
  if (!lease)
    return lease.error();
  Digest id = key.id();
  Statement statement(**lease, "DELETE FROM artifact WHERE key = ? AND contents = ?");
  if (Result<void> done = statement.bind(id).bind(contents).run(); !done)
    return done.error();
  return (**lease).changes() > 0;
}

//===----------------------------------------------------------------------===//
// Contracts
//===----------------------------------------------------------------------===//

Result<Digest> Store::addContract(std::string_view kind, std::span<const uint8_t> bytes) {
  Result<Lease> lease = Lease::take(*this);
  if (!lease)
    return lease.error();
  Digest code = digestOf(bytes);
  Statement statement(**lease, "INSERT OR IGNORE INTO contract (code, kind, size, made, bytes) "
                               "VALUES (?, ?, ?, ?, ?)");
  statement.bind(code).bind(kind).bind(int64_t(bytes.size())).bind(secondsNow());
  if (Result<void> done = statement.bind(bytes).run(); !done)
    return done.error();
  return code;
}

Result<std::optional<Contract>> Store::findContract(const Digest &code) {
  Result<Lease> lease = Lease::take(*this);
  if (!lease)
    return lease.error();
  Statement statement(**lease, "SELECT bytes, kind FROM contract WHERE code = ?");
  Result<bool> found = statement.bind(code).step();
  if (!found)
    return found.error();
  auto bytes = *found ? statement.blob(0) : std::nullopt;
  if (!bytes || digestOf(*bytes) != code)
    return std::optional<Contract>();
  return std::optional<Contract>(
      {std::string(statement.text(1).value_or("")), Bytes(bytes->begin(), bytes->end())});
}

Result<std::vector<Digest>> Store::contracts() {
  Result<Lease> lease = Lease::take(*this);
  if (!lease)
    return lease.error();
  std::vector<Digest> all;
  Statement statement(**lease, "SELECT code FROM contract ORDER BY code");
  Result<void> listed = statement.forEachRow([&] {
    if (std::optional<Digest> code = statement.digest(0))
      all.push_back(*code);
  });
  if (!listed)
    return listed.error();
  return all;
}
