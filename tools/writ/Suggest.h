//===- Suggest.h - "Did you mean" for words mistyped ----------------------===//
#ifndef WRIT_TOOLS_WRIT_SUGGEST_H
#define WRIT_TOOLS_WRIT_SUGGEST_H

#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

/// `"; did you mean 'x'?"` with the one of `words` that is nearest to `word`, or an empty
/// string if none is near. Of a great many words only the first are looked at.
std::string suggestion(std::string_view word, const std::vector<std::string> &words);

/// "a, b, c"; of a great many the first ones, and how many more there are.
std::string listOf(const std::vector<std::string> &words);

} // namespace writ::cli

#endif
