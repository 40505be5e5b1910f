//===- CachePath.h - Where the cache is, unless told ----------------------===//
#ifndef WRIT_TOOLS_WRIT_CACHE_CACHEPATH_H
#define WRIT_TOOLS_WRIT_CACHE_CACHEPATH_H

#include "cache/Store.h"

#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace writ::cli {

/// The option `--cache FILE`, for every subcommand that has to do with one.
struct CacheOption {
  std::string path; ///< Empty: $WRIT_CACHE, or writ/cache.db in the user's folder of caches.

  void addTo(CLI::App &app);

  std::string file() const;

  /// The store there. If there is none it is made, with the folders above it, if `access` allows
  /// it. Throws `Fatal`.
  std::unique_ptr<cache::Store> open(cache::Access access) const;
};

} // namespace writ::cli

#endif
