//===- StoreFlight.cpp - One compile for all who wait for it --------------===//
#include "cache/Owner.h"
#include "cache/StoreParts.h"

#include <algorithm>
#include <chrono>
#include <thread>

using namespace writ;
using namespace writ::cache;

/// This thread is the one of its process that sees to a key.
class Store::Seat {
public:
  /// Waits while another thread has it. False if one had: it may have made what is wanted.
  static bool take(Store &store, const Digest &id) {
    std::unique_lock lock(store.mutex);
    if (store.flights.insert(id).second)
      return true;
    store.landed.wait(lock, [&] { return !store.flights.contains(id); });
    return false;
  }
  Seat(Store &store, const Digest &id) : store(store), id(id) {}
  ~Seat() {
    std::lock_guard lock(store.mutex);
    store.flights.erase(id);
    store.landed.notify_all();
  }
  Seat(const Seat &) = delete;
  Seat &operator=(const Seat &) = delete;

private:
  Store &store;
  const Digest &id;
};

Result<Bytes> Store::findOrMake(const Key &key, const std::function<Result<Made>()> &make) {
  Digest id = key.id();
  for (;;) {
    Result<std::optional<Bytes>> found = find(key);
    if (!found)
      return found.error();
    if (*found)
      return std::move(**found);
    if (!Seat::take(*this, id))
      continue;
    Seat seat(*this, id);
    return makeAlone(key, id, make);
  }
}

/// Among the threads of this process; other processes are waited for.
Result<Bytes> Store::makeAlone(const Key &key, const Digest &id,
                               const std::function<Result<Made>()> &make) {
  using namespace std::chrono;
  Result<Lease> lease = Lease::take(*this);
  if (!lease)
    return lease.error();
  for (auto pause = milliseconds(1);; pause = std::min(2 * pause, milliseconds(50))) {
    Result<std::optional<Bytes>> found = look(**lease, key, id);
    if (!found)
      return found.error();
    if (*found)
      return std::move(**found);
    if (Result<void> failed = lookForFailure(**lease, id); !failed)
      return failed.error();
    Result<bool> isOurs = board(**lease, id);
    if (!isOurs)
      return isOurs.error();
    if (*isOurs)
      break;
    std::this_thread::sleep_for(pause);
  }
  auto start = steady_clock::now();
  Result<Made> made = make();
  uint64_t micros = uint64_t(duration_cast<microseconds>(steady_clock::now() - start).count());
  Result<void> kept = land(**lease, key, id, made, micros);
  if (!made)
    return made.error();
  if (!kept)
    return kept.error();
  return std::move(made->bytes);
}

Result<void> Store::lookForFailure(Database &database, const Digest &id) {
  Statement statement(database, "SELECT kind, message FROM failure WHERE key = ?");
  Result<bool> found = statement.bind(id).step();
  if (!found)
    return found.error();
  auto kind = *found ? statement.integer(0) : std::nullopt;
  auto message = *found ? statement.text(1) : std::nullopt;
  if (!kind || !message)
    return {};
  auto is = [&](ErrorKind wanted) { return *kind == int64_t(wanted); };
  if (!is(ErrorKind::BadInput) && !is(ErrorKind::Limit))
    return {}; // We never remember others.
  return Error{ErrorKind(*kind), std::string(*message)};
}

/// True if the flight is ours now: there was none, or none that can still land; and nobody has
/// landed since we looked.
Result<bool> Store::board(Database &database, const Digest &id) {
  Result<Transaction> transaction = Transaction::begin(database);
  if (!transaction)
    return transaction.error();
  for (const char *sql :
       {"SELECT 1 FROM artifact WHERE key = ?", "SELECT 1 FROM failure WHERE key = ?"}) {
    Statement statement(database, sql);
    Result<bool> landedSince = statement.bind(id).step();
    if (!landedSince)
      return landedSince.error();
    if (*landedSince)
      return false;
  }
  {
    Statement statement(database, "SELECT owner, since FROM flight WHERE key = ?");
    Result<bool> found = statement.bind(id).step();
    if (!found)
      return found.error();
    auto other = *found ? statement.text(0) : std::nullopt;
    auto since = *found ? statement.integer(1) : std::nullopt;
    int64_t now = secondsNow();
    // A clock that was set back must not keep a flight in the air.
    bool isLate = !since || *since > now || now - *since > options.flightSeconds;
    if (other && !isLate && *other != owner && mayBeRunning(*other))
      return false;
  }
  Statement statement(database,
                      "INSERT OR REPLACE INTO flight (key, owner, since) VALUES (?, ?, ?)");
  if (Result<void> done = statement.bind(id).bind(owner).bind(secondsNow()).run(); !done)
    return done.error();
  if (Result<void> committed = transaction->commit(); !committed)
    return committed.error();
  return true;
}

static Result<void> rememberFailure(Database &database, const Key &key, const Digest &id,
                                    const Error &error) {
  Statement statement(database,
                      "INSERT OR REPLACE INTO failure (key, code, compiler, tier, target, "
                      "options, kind, message, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  statement.bind(id).bind(key.code).bind(key.compiler).bind(key.tier).bind(key.target);
  statement.bind(key.options).bind(int64_t(error.kind)).bind(error.message);
  return statement.bind(secondsNow()).run();
}

/// Stores what came of it and ends the flight, in one transaction.
Result<void> Store::land(Database &database, const Key &key, const Digest &id,
                         const Result<Made> &made, uint64_t micros) {
  Result<Transaction> transaction = Transaction::begin(database);
  if (!transaction)
    return transaction.error();
  Result<void> kept;
  if (made)
    kept = keep(database, key, id, *made, micros);
  else if (made.error().kind == ErrorKind::BadInput || made.error().kind == ErrorKind::Limit)
    kept = rememberFailure(database, key, id, made.error());
  if (!kept)
    return kept;
  if (made && options.quotaBytes)
    if (Result<uint64_t> evicted = evictIn(database, options.quotaBytes); !evicted)
      return evicted.error();
  Result<void> ended = Statement(database, "DELETE FROM flight WHERE key = ?").bind(id).run();
  return ended ? transaction->commit() : ended;
}

Result<bool> Store::forgetFailure(const Key &key) {
  Result<Lease> lease = Lease::take(*this);
  if (!lease)
    return lease.error();
  Digest id = key.id();
  Result<void> done = Statement(**lease, "DELETE FROM failure WHERE key = ?").bind(id).run();
  if (!done)
    return done.error();
  return (**lease).changes() > 0;
}
