//===- CacheActions.h - What writ cache does ------------------------------===//
#ifndef WRIT_TOOLS_WRIT_CACHE_CACHEACTIONS_H
#define WRIT_TOOLS_WRIT_CACHE_CACHEACTIONS_H

#include "tools/writ/Cli.h"
#include "tools/writ/cache/CachePath.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace writ::cli {

/// The command line of `writ cache`.
struct CacheRequest {
  CacheOption cache;
  std::string action;             ///< One of choices("ACTION").
  std::vector<std::string> words; ///< What follows it.
  std::optional<std::string> keep;
  bool json = false, repair = false;
};

ExitCode listCache(const CacheRequest &request);
ExitCode showContract(const CacheRequest &request);
ExitCode getArtifact(const CacheRequest &request);
ExitCode showTotals(const CacheRequest &request);
ExitCode verifyCache(const CacheRequest &request);
ExitCode collectGarbage(const CacheRequest &request);
ExitCode exportCache(const CacheRequest &request);
ExitCode importCache(const CacheRequest &request);
ExitCode runSql(const CacheRequest &request);

/// The one contract in `store` whose hash starts with `digits`. Throws `Fatal`, which names `file`,
/// if there is none, or several.
cache::Digest findCode(cache::Store &store, const std::string &digits, const std::string &file);

/// Their names.
std::vector<std::string> cacheActions();

/// "64M", "1.5G", "1000": bytes, with a prefix of 1000s.
Result<uint64_t> parseBytes(std::string_view text);

} // namespace writ::cli

#endif
