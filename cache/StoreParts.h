//===- StoreParts.h - What the store's files share ------------------------===//
#ifndef WRIT_CACHE_STOREPARTS_H
#define WRIT_CACHE_STOREPARTS_H

#include "cache/Store.h"

namespace writ::cache {

/// A connection, given back at the end. Several may be out at a time.
class Store::Lease {
public:
  static Result<Lease> take(Store &store);
  Lease(Lease &&) = default;
  Lease &operator=(Lease &&) = delete;
  ~Lease();

  Database &operator*() { return database; }

private:
  Lease(Store &store, Database database) : store(store), database(std::move(database)) {}

  Store &store;
  Database database;
};

int64_t secondsNow();

/// The key in five columns from `column` on: code, compiler, tier, target, options.
std::optional<Key> readKey(const Statement &statement, int column);

} // namespace writ::cache

#endif
