//===- Report.h - Results as table, JSON, CSV and HTML --------------------===//
#ifndef WRIT_TOOLS_WRIT_BENCH_REPORT_H
#define WRIT_TOOLS_WRIT_BENCH_REPORT_H

#include "tools/writ/Text.h"
#include "tools/writ/bench/Results.h"

#include <string>

namespace writ::bench {

/// Tables for a terminal.
std::string textReport(const Results &results);

/// Everything, with every sample.
Json jsonReport(const Results &results);

/// A line for each workload and configuration, with a line of names first.
std::string csvReport(const Results &results);

/// One page with charts that needs nothing else: no scripts, no other files.
std::string htmlReport(const Results &results);

using cli::bytesText;
using cli::countText;
using cli::secondsText;
using cli::Table;
using cli::threeDigits;

} // namespace writ::bench

#endif
