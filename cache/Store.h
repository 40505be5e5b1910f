//===- Store.h - Artifacts and contracts, kept in SQLite ------------------===//
//
// One file, used by any number of processes and threads at a time. It survives `kill -9` at any
// moment, and what is in it is never believed: whatever comes out is checked against its key and
// its hash.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_CACHE_STORE_H
#define WRIT_CACHE_STORE_H

#include "cache/Database.h"
#include "cache/Key.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace writ::cache {

using Bytes = std::vector<uint8_t>;

struct StoreOptions {
  Access access = Access::ReadWrite;
  uint64_t quotaBytes =
      0; ///< Of all artifacts together; the least recently used go first. 0: none.
  int patienceMs = 10'000;     ///< How long to wait for other processes' locks.
  int64_t flightSeconds = 600; ///< After which a compile that nobody finished is begun again.
};

/// An artifact as it was made.
struct Made {
  Bytes bytes;
  uint64_t work = 0; ///< Units of work that it took.
};

/// As it was given.
struct Contract {
  std::string kind; ///< "wasm".
  Bytes bytes;
};

/// What one row of artifacts says, but its bytes.
struct Entry {
  Key key;
  uint64_t size = 0; ///< Bytes.
  uint64_t work = 0;
  uint64_t compileMicros = 0;
  int64_t made = 0, used = 0; ///< Seconds since 1970.
  uint64_t hits = 0;
};

/// What could not be compiled, and why.
struct Failure {
  Key key;
  std::string message;
  int64_t made = 0; ///< Seconds since 1970.
};

struct Totals {
  uint64_t contracts = 0, contractBytes = 0;
  uint64_t artifacts = 0, artifactBytes = 0;
  uint64_t failures = 0, hits = 0, compileMicros = 0;
};

/// Thread-safe. Errors: BadInput if the file is no cache, or damaged; Internal if the machine fails
/// (no space, no permission, locked for longer than `patienceMs`).
class Store {
public:
  /// Opens the cache at `path`; makes it if nothing is there. One of a newer writ is refused.
  static Result<std::unique_ptr<Store>> open(const std::string &path, StoreOptions options = {});

  /// Writes down which artifacts were used.
  ~Store();

  /// The artifact of `key`; none if there is none. One whose row is not what was stored is not
  /// given: it is removed if the store may be written to.
  Result<std::optional<Bytes>> find(const Key &key);

  /// The artifact of `key`, made by `make` if there is none. Of all threads and processes that ask
  /// for the same key one makes it and the others wait. BadInput and Limit errors of `make` are
  /// remembered and given again without trying; Internal ones are not.
  Result<Bytes> findOrMake(const Key &key, const std::function<Result<Made>()> &make);

  /// Removes the artifact of `key` if it is still the one with these contents: whoever cannot use
  /// what `findOrMake` gave has it made again, and nobody removes what another one has made since.
  /// False if it is not there any more.
  Result<bool> discard(const Key &key, const Digest &contents);

  /// Keeps an artifact that was made elsewhere, with all that `entry` says but its uses. False if
  /// there is one already.
  Result<bool> add(const Entry &entry, const Bytes &bytes);

  /// Forgets that compiling `key` failed. False if nothing was known.
  Result<bool> forgetFailure(const Key &key);

  /// Keeps a contract; its digest is its name. Nothing is done if it is there.
  Result<Digest> addContract(std::string_view kind, std::span<const uint8_t> bytes);
  Result<std::optional<Contract>> findContract(const Digest &code);
  Result<std::vector<Digest>> contracts();

  Result<std::vector<Entry>> entries();
  Result<std::vector<Failure>> failures();
  Result<Totals> totals();

  /// Checks every row, and the file. What is wrong, one line each; empty if nothing is. Rows that
  /// are wrong are removed if `repair` is set.
  Result<std::vector<std::string>> verify(bool repair);

  /// Removes artifacts until no more than `bytes` are left, the least recently used first; and what
  /// processes that died had begun. How many artifacts went.
  Result<uint64_t> evict(uint64_t bytes);

private:
  Store(std::string path, StoreOptions options);
  class Lease;
  class Seat;

  Result<Database> connect();
  Result<bool> isNewCache(Database &database) const;
  Result<Lease> leaseUpToDate();
  Result<void> prepare(Database &database);
  Result<std::optional<Bytes>> look(Database &database, const Key &key, const Digest &id);
  Result<void> lookForFailure(Database &database, const Digest &id);
  Result<bool> board(Database &database, const Digest &id);
  Result<void> land(Database &database, const Key &key, const Digest &id, const Result<Made> &made,
                    uint64_t micros);
  Result<void> keep(Database &database, const Key &key, const Digest &id, const Made &made,
                    uint64_t micros);
  Result<uint64_t> evictIn(Database &database, uint64_t bytes);
  Result<Bytes> makeAlone(const Key &key, const Digest &id,
                          const std::function<Result<Made>()> &make);
  void noteUse(const Digest &id);
  Result<void> writeUses(Database &database);

  const std::string path;
  const StoreOptions options;
  const std::string owner;

  std::mutex mutex;
  std::vector<Database> idle;      ///< Connections that nobody uses now.
  std::map<Digest, uint64_t> uses; ///< Since they were last written down.
  std::set<Digest> flights;        ///< Of this process.
  std::condition_variable landed;
};

} // namespace writ::cache

#endif
