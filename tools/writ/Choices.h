//===- Choices.h - The words that options take ----------------------------===//
#ifndef WRIT_TOOLS_WRIT_CHOICES_H
#define WRIT_TOOLS_WRIT_CHOICES_H

#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

/// The words that `option` ("--tier", …) takes, for help, checks and completion. Empty if it
/// takes something else. Some take files besides ("--schedule").
std::vector<std::string> choices(std::string_view option);

} // namespace writ::cli

#endif
