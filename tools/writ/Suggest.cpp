//===- Suggest.cpp - "Did you mean" for words mistyped --------------------===//
#include "tools/writ/Suggest.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace writ::cli {

/// Levenshtein distance.
static size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

std::string suggestion(std::string_view word, const std::vector<std::string> &words) {
  // Of a long word no more than this is compared: the work stays small.
  word = word.substr(0, 64);
  const std::string *best = nullptr;
  size_t bestDistance = std::min(std::max<size_t>(2, word.size() / 3) + 1, word.size());
  for (const std::string &candidate : words) {
    size_t away = distance(word, std::string_view(candidate).substr(0, 64));
    if (away < bestDistance) {
      best = &candidate;
      bestDistance = away;
    }
  }
  return best ? "; did you mean '" + *best + "'?" : "";
}

std::string listOf(const std::vector<std::string> &words) {
  std::string list;
  for (const std::string &word : words)
    list += (list.empty() ? "" : ", ") + word;
  return list;
}

} // namespace writ::cli
