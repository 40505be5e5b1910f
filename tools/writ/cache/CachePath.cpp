//===- CachePath.cpp - Where the cache is, unless told --------------------===//
#include "tools/writ/cache/CachePath.h"

#include "tools/writ/Cli.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

namespace writ::cli {

void CacheOption::addTo(CLI::App &app) {
  app.add_option("--cache", path,
                 "The cache's file; default: $WRIT_CACHE, or writ/cache.db in $XDG_CACHE_HOME or "
                 "~/.cache")
      ->type_name("FILE");
}

/// Empty if the variable is not set.
static std::string environment(const char *name) {
  const char *value = std::getenv(name);
  return value ? value : "";
}

std::string CacheOption::file() const {
  if (!path.empty())
    return path;
  if (std::string named = environment("WRIT_CACHE"); !named.empty())
    return named;
  std::string folder = environment("XDG_CACHE_HOME"), home = environment("HOME");
  if (folder.empty() && !home.empty())
    folder = home + "/.cache";
  if (folder.empty())
    throw Fatal(ExitCode::BadInput,
                "no cache: give --cache FILE (neither WRIT_CACHE nor HOME is set)");
  return folder + "/writ/cache.db";
}

std::unique_ptr<cache::Store> CacheOption::open(cache::Access access) const {
  std::string file = this->file();
  std::error_code failed;
  bool isThere = std::filesystem::exists(file, failed);
  if (access == cache::Access::ReadOnly && !isThere)
    throw Fatal(ExitCode::BadInput, fmt::format("{}: there is no cache", file));
  auto folder = std::filesystem::path(file).parent_path();
  if (!isThere && path.empty() && !folder.empty())
    std::filesystem::create_directories(folder, failed); // Opening says what is wrong.
  cache::StoreOptions options;
  options.access = access;
  return orFatal(cache::Store::open(file, options));
}

} // namespace writ::cli
