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
  // Names come from modules: the work stays small whatever they are.
  constexpr size_t maxWords = 10000, maxLength = 64;
  word = word.substr(0, maxLength);
  const std::string *best = nullptr;
  size_t bestDistance = std::min(std::max<size_t>(2, word.size() / 3) + 1, word.size());
  for (size_t i = 0; i < std::min(words.size(), maxWords); ++i) {
    const std::string &candidate = words[i];
    size_t away = distance(word, std::string_view(candidate).substr(0, maxLength));
    if (away < bestDistance) {
      best = &candidate;
      bestDistance = away;
    }
  }
  return best ? "; did you mean '" + *best + "'?" : "";
}

std::string listOf(const std::vector<std::string> &words) {
  constexpr size_t maxWords = 40;
  std::string list;
  for (size_t i = 0; i < std::min(words.size(), maxWords); ++i)
    list += (i == 0 ? "" : ", ") + words[i];
  if (words.size() > maxWords)
    list += " and " + std::to_string(words.size() - maxWords) + " more";
  return list;
}

} // namespace writ::cli
