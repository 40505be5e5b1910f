//===- StoreAdmin.cpp - Listing, checking and evicting --------------------===//
#include "cache/Owner.h"
#include "cache/StoreParts.h"

#include <fmt/format.h>

using namespace writ;
using namespace writ::cache;

std::optional<Key> writ::cache::readKey(const Statement &statement, int column) {
  auto code = statement.digest(column);
  auto compiler = statement.text(column + 1), tier = statement.text(column + 2);
  auto target = statement.text(column + 3), options = statement.text(column + 4);
  if (!code || !compiler || !tier || !target || !options)
    return std::nullopt;
  return Key{*code, std::string(*compiler), std::string(*tier), std::string(*target),
             std::string(*options)};
}

/// Counts in a hostile database may be negative.
static uint64_t count(const Statement &statement, int column) {
  return uint64_t(std::max<int64_t>(0, statement.integer(column).value_or(0)));
}

/// A connection to what is up to date.
Result<Store::Lease> Store::leaseUpToDate() {
  Result<Lease> lease = Lease::take(*this);
  if (lease && options.access == Access::ReadWrite)
    if (Result<void> written = writeUses(**lease); !written)
      return written.error();
  return lease;
}

Result<std::vector<Entry>> Store::entries() {
  Result<Lease> lease = leaseUpToDate();
  if (!lease)
    return lease.error();
  std::vector<Entry> all;
  Statement statement(**lease, "SELECT code, compiler, tier, target, options, size, work, "
                               "compile_us, made, used, hits FROM artifact "
                               "ORDER BY code, tier, target, compiler, options");
  Result<void> listed = statement.forEachRow([&] {
    if (std::optional<Key> key = readKey(statement, 0)) // If not, `verify` tells.
      all.push_back({std::move(*key), count(statement, 5), count(statement, 6), count(statement, 7),
                     int64_t(count(statement, 8)), int64_t(count(statement, 9)),
                     count(statement, 10)});
  });
  if (!listed)
    return listed.error();
  return all;
}

Result<std::vector<Failure>> Store::failures() {
  Result<Lease> lease = Lease::take(*this);
  if (!lease)
    return lease.error();
  std::vector<Failure> all;
  Statement statement(**lease, "SELECT code, compiler, tier, target, options, message, made FROM "
                               "failure ORDER BY code, tier, target, compiler, options");
  Result<void> listed = statement.forEachRow([&] {
    if (std::optional<Key> key = readKey(statement, 0))
      all.push_back({std::move(*key), std::string(statement.text(5).value_or("")),
                     int64_t(count(statement, 6))});
  });
  if (!listed)
    return listed.error();
  return all;
}

Result<Totals> Store::totals() {
  Result<Lease> lease = leaseUpToDate();
  if (!lease)
    return lease.error();
  Statement statement(**lease,
                      "SELECT (SELECT count(*) FROM contract), (SELECT sum(size) FROM contract), "
                      "count(*), sum(size), (SELECT count(*) FROM failure), sum(hits), "
                      "sum(compile_us) FROM artifact");
  Result<bool> row = statement.step();
  if (!row)
    return row.error();
  Totals totals;
  uint64_t *const fields[] = {&totals.contracts,     &totals.contractBytes, &totals.artifacts,
                              &totals.artifactBytes, &totals.failures,      &totals.hits,
                              &totals.compileMicros};
  for (int column = 0; uint64_t *field : fields)
    *field = count(statement, column++);
  return totals;
}

//===----------------------------------------------------------------------===//
// Eviction
//===----------------------------------------------------------------------===//

Result<uint64_t> Store::evictIn(Database &database, uint64_t bytes) {
  // Newest first, until the sum is above; the rest goes.
  Statement statement(
      database, "DELETE FROM artifact WHERE id IN (SELECT id FROM (SELECT id, "
                "sum(length(bytes)) OVER (ORDER BY used DESC, id DESC) AS upto FROM artifact) "
                "WHERE upto > ?)");
  if (Result<void> done = statement.bind(int64_t(std::min<uint64_t>(bytes, INT64_MAX))).run();
      !done)
    return done.error();
  return uint64_t(database.changes());
}

/// Flights of processes that are gone.
static Result<void> clearFlights(Database &database) {
  std::vector<Digest> gone;
  {
    Statement statement(database, "SELECT key, owner FROM flight");
    Result<void> listed = statement.forEachRow([&] {
      auto key = statement.digest(0);
      auto owner = statement.text(1);
      if (key && (!owner || !mayBeRunning(*owner)))
        gone.push_back(*key);
    });
    if (!listed)
      return listed;
  }
  for (const Digest &key : gone)
    if (Result<void> done = Statement(database, "DELETE FROM flight WHERE key = ?").bind(key).run();
        !done)
      return done;
  return {};
}

Result<uint64_t> Store::evict(uint64_t bytes) {
  Result<Lease> lease = leaseUpToDate();
  if (!lease)
    return lease.error();
  Result<Transaction> transaction = Transaction::begin(**lease);
  if (!transaction)
    return transaction.error();
  Result<uint64_t> gone = evictIn(**lease, bytes);
  if (!gone)
    return gone;
  if (Result<void> cleared = clearFlights(**lease); !cleared)
    return cleared.error();
  if (Result<void> committed = transaction->commit(); !committed)
    return committed.error();
  if (Result<void> shrunk = (**lease).run("PRAGMA wal_checkpoint(TRUNCATE); VACUUM"); !shrunk)
    return shrunk.error();
  return gone;
}

//===----------------------------------------------------------------------===//
// Checking
//===----------------------------------------------------------------------===//

/// What is wrong with a row of artifacts (columns as in `verify`); empty if nothing is.
static std::string checkArtifact(const Statement &statement) {
  std::optional<Key> key = readKey(statement, 2);
  auto id = statement.digest(1), contents = statement.digest(7);
  auto size = statement.integer(8);
  auto bytes = statement.blob(9);
  if (!key || !id || !contents || !size || !bytes)
    return "has a column of another type";
  if (key->id() != *id)
    return "stands under the key of another";
  if (uint64_t(*size) != bytes->size())
    return fmt::format("has {} bytes; expected {}", bytes->size(), *size);
  if (digestOf(*bytes) != *contents)
    return "does not have the hash that it is stored with";
  return {};
}

static std::string checkContract(const Statement &statement) {
  auto code = statement.digest(1);
  auto bytes = statement.blob(2);
  if (!code || !bytes)
    return "has a column of another type";
  return digestOf(*bytes) == *code ? "" : "does not have the hash that it is stored under";
}

/// Appends what `check` says of the rows of `sql`, whose first column names a row in words, and
/// collects what stands in the second column of those that are wrong.
static Result<void> checkRows(Database &database, const char *sql, const char *what,
                              std::string (*check)(const Statement &),
                              std::vector<std::string> &wrong, std::vector<Bytes> &keys) {
  Statement statement(database, sql);
  return statement.forEachRow([&] {
    std::string said = check(statement);
    if (said.empty())
      return;
    wrong.push_back(fmt::format("{} {}: {}", what, statement.text(0).value_or("of no key"), said));
    auto key = statement.blob(1).value_or(std::span<const uint8_t>());
    keys.emplace_back(key.begin(), key.end());
  });
}

static Result<void> checkFile(Database &database, std::vector<std::string> &wrong) {
  Statement statement(database, "PRAGMA integrity_check(20)");
  return statement.forEachRow([&] {
    if (auto said = statement.text(0); said && *said != "ok")
      wrong.push_back(fmt::format("file: {}", *said));
  });
}

static Result<void> removeRows(Database &database, const char *sql,
                               const std::vector<Bytes> &keys) {
  for (const Bytes &key : keys)
    if (Result<void> done = Statement(database, sql).bind(std::span<const uint8_t>(key)).run();
        !done)
      return done;
  return {};
}

Result<std::vector<std::string>> Store::verify(bool repair) {
  Result<Lease> lease = Lease::take(*this);
  if (!lease)
    return lease.error();
  Database &database = **lease;
  std::vector<std::string> wrong;
  std::vector<Bytes> artifacts, contracts;
  if (Result<void> checked = checkFile(database, wrong); !checked)
    return checked.error();
  Result<void> checked = checkRows(
      database,
      "SELECT lower(hex(key)), CAST(key AS BLOB), code, compiler, tier, target, options, contents, "
      "size, bytes FROM artifact ORDER BY id",
      "artifact", checkArtifact, wrong, artifacts);
  if (checked)
    checked = checkRows(
        database, "SELECT lower(hex(code)), CAST(code AS BLOB), bytes FROM contract ORDER BY code",
        "contract", checkContract, wrong, contracts);
  if (checked && repair)
    checked = removeRows(database, "DELETE FROM artifact WHERE CAST(key AS BLOB) = ?", artifacts);
  if (checked && repair)
    checked = removeRows(database, "DELETE FROM contract WHERE CAST(code AS BLOB) = ?", contracts);
  if (!checked)
    return checked.error();
  return wrong;
}
