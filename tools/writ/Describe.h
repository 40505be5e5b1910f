//===- Describe.h - Imports and exports in words --------------------------===//
#ifndef WRIT_TOOLS_WRIT_DESCRIBE_H
#define WRIT_TOOLS_WRIT_DESCRIBE_H

#include "hostabi/ModuleInfo.h"

#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

/// "function", "table", "memory", "global".
std::string_view kindName(ExternKind kind);

/// The type of thing `index` of its index space: "(i32) -> (i64)", "funcref {min 1, max 2}",
/// "{min 2}", "mut i64".
std::string typeText(const ModuleInfo &info, ExternKind kind, uint32_t index);

/// `function "env" "read" (i32) -> (i64)`.
std::string describeImport(const ModuleInfo &info, ImportRef import);

/// "transfer": the name of each function from the name section or an export, else "function 12".
std::vector<std::string> functionNames(const ModuleInfo &info);

/// The same of one; takes time linear in the number of exports.
std::string functionName(const ModuleInfo &info, uint32_t index);

/// `text` in double quotes, with what is not printable escaped.
std::string quote(std::string_view text);

} // namespace writ::cli

#endif
