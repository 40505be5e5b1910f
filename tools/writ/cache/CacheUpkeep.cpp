//===- CacheUpkeep.cpp - Check the cache, shrink it, copy it --------------===//
#include "tools/writ/Text.h"
#include "tools/writ/cache/CacheActions.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace writ::cli {

using namespace cache;

Result<uint64_t> parseBytes(std::string_view text) {
  std::string number(text);
  uint64_t unit = 1;
  static constexpr std::string_view prefixes = "kMGT";
  if (!number.empty() && number.back() == 'B')
    number.pop_back();
  if (size_t prefix = number.empty() ? prefixes.npos : prefixes.find(number.back());
      prefix != prefixes.npos) {
    number.pop_back();
    for (size_t i = 0; i <= prefix; ++i)
      unit *= 1000;
  }
  char *end = nullptr;
  double value = std::strtod(number.c_str(), &end);
  bool isPlain = number.find_first_not_of("0123456789.") == number.npos;
  if (number.empty() || !isPlain || *end != '\0' || !(value * double(unit) < 1e18))
    return Error{ErrorKind::BadInput,
                 fmt::format("'{}' is no size; expected bytes such as 1000, 64M or 1.5G", text)};
  return uint64_t(std::llround(value * double(unit)));
}

ExitCode verifyCache(const CacheRequest &request) {
  auto store = request.cache.open(request.repair ? Access::ReadWrite : Access::ReadOnly);
  std::vector<std::string> wrong = orFatal(store->verify(request.repair));
  for (const std::string &line : wrong)
    fmt::print("{}\n", line);
  Totals totals = orFatal(store->totals());
  fmt::print("{} contracts, {} artifacts: {}\n", totals.contracts, totals.artifacts,
             wrong.empty()    ? "nothing is wrong"
             : request.repair ? fmt::format("{} wrong, removed", wrong.size())
                              : fmt::format("{} wrong", wrong.size()));
  return wrong.empty() || request.repair ? ExitCode::Ok : ExitCode::BadInput;
}

ExitCode collectGarbage(const CacheRequest &request) {
  if (!request.keep)
    throw Fatal(ExitCode::BadInput, "cache gc needs --keep SIZE (see 'writ cache --help')");
  uint64_t keep = orFatal(parseBytes(*request.keep));
  request.cache.open(Access::ReadOnly).reset(); // There must be one.
  auto store = request.cache.open(Access::ReadWrite);
  uint64_t gone = orFatal(store->evict(keep));
  Totals totals = orFatal(store->totals());
  fmt::print("{} artifacts removed; {} of {} left\n", gone,
             totals.artifactBytes ? bytesText(double(totals.artifactBytes)) : "0 B",
             totals.artifacts);
  return ExitCode::Ok;
}

//===----------------------------------------------------------------------===//
// From one cache to another
//===----------------------------------------------------------------------===//

namespace {
struct CopyCounts {
  uint64_t contracts = 0, artifacts = 0, there = 0;
};
} // namespace

/// What `from` has and `to` has not, of the contracts that start with one of `codes`, or of all if
/// there are none. `from` checks whatever it gives.
static CopyCounts copy(Store &from, Store &to, const std::vector<std::string> &codes) {
  auto isWanted = [&](const Digest &code) {
    return codes.empty() || std::ranges::any_of(codes, [&](const std::string &digits) {
             return code.hex().starts_with(digits);
           });
  };
  CopyCounts counts;
  for (const Digest &code : orFatal(from.contracts()))
    if (isWanted(code))
      if (std::optional<Contract> contract = orFatal(from.findContract(code))) {
        orFatal(to.addContract(contract->kind, contract->bytes));
        ++counts.contracts;
      }
  for (const Entry &entry : orFatal(from.entries()))
    if (isWanted(entry.key.code))
      if (std::optional<Bytes> bytes = orFatal(from.find(entry.key)))
        ++(orFatal(to.add(entry, *bytes)) ? counts.artifacts : counts.there);
  return counts;
}

static void report(const CopyCounts &counts, const char *what) {
  fmt::print("{} contracts and {} artifacts {}; {} artifacts were there\n", counts.contracts,
             counts.artifacts, what, counts.there);
}

static std::unique_ptr<Store> openOther(const std::string &path, Access access) {
  CacheOption other;
  other.path = path;
  return other.open(access);
}

ExitCode exportCache(const CacheRequest &request) {
  auto from = request.cache.open(Access::ReadOnly);
  std::vector<std::string> codes(request.words.begin() + 1, request.words.end());
  auto to = openOther(request.words[0], Access::ReadWrite);
  CopyCounts counts = copy(*from, *to, codes);
  if (!codes.empty() && counts.contracts + counts.artifacts + counts.there == 0)
    throw Fatal(ExitCode::BadInput,
                fmt::format("{}: has no contract {}", request.cache.file(), codes[0]));
  report(counts, "written");
  return ExitCode::Ok;
}

ExitCode importCache(const CacheRequest &request) {
  auto from = openOther(request.words[0], Access::ReadOnly);
  auto to = request.cache.open(Access::ReadWrite);
  report(copy(*from, *to, {}), "added");
  return ExitCode::Ok;
}

} // namespace writ::cli
