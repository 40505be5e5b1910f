//===- Cli.h - What the command line programs share ----------------------===//
#ifndef WRIT_TOOLS_WRIT_CLI_H
#define WRIT_TOOLS_WRIT_CLI_H

#include "hostabi/Result.h"

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace writ::cli {

/// What the process returns, for every subcommand.
enum class ExitCode : int {
  Ok = 0,
  Trap = 1,     ///< The contract trapped.
  BadInput = 2, ///< The module, the arguments or the command line are wrong.
  Failure = 3,  ///< writ or the machine failed; whatever was printed is not a result.
  Partial = 4,  ///< Of many things some are done and some failed.
  Interrupted = 130,
};

/// Ends the program: `main` prints "writ: error: <what>" and returns `code`.
struct Fatal : std::runtime_error {
  Fatal(ExitCode code, const std::string &message) : std::runtime_error(message), code(code) {}
  ExitCode code;
};

ExitCode exitCodeOf(ErrorKind kind);

/// The value, or `Fatal` with the error.
template <typename T>
T orFatal(Result<T> result) {
  if (!result)
    throw Fatal(exitCodeOf(result.error().kind), result.error().message);
  return std::move(*result);
}

/// Nothing, or `Fatal` with the error.
inline void orFatal(Result<void> result) {
  if (!result)
    throw Fatal(exitCodeOf(result.error().kind), result.error().message);
}

/// What a subcommand does once the command line is parsed.
using Command = std::function<ExitCode()>;

/// "writ" if nothing is said; lives as long as the program.
void setProgramName(std::string_view name);

/// "writ: error: <message>" on standard error. Gives `code`.
ExitCode printError(ExitCode code, const std::string &message);

/// The arguments as CLI11 takes them, last first. "-inf" and "-nan" are values and no options:
/// a blank in front, which `parseValue` ignores, says so.
std::vector<std::string> arguments(int argc, char **argv);

/// Runs `command`; an exception is printed.
ExitCode runCommand(const Command &command);

/// `code`, unless something could not be written.
ExitCode finishOutput(ExitCode code);

/// Each adds one subcommand with its options to `app`. What was asked for ends up in
/// `chosen` when the command line is parsed.
void addRun(CLI::App &app, Command &chosen);
void addInspect(CLI::App &app, Command &chosen);
void addValidate(CLI::App &app, Command &chosen);
void addBench(CLI::App &app, Command &chosen);
void addCompile(CLI::App &app, Command &chosen);
void addPrecompile(CLI::App &app, Command &chosen);
void addVerify(CLI::App &app, Command &chosen);
void addReprice(CLI::App &app, Command &chosen);
void addCache(CLI::App &app, Command &chosen);
void addCompletion(CLI::App &app, Command &chosen);

} // namespace writ::cli

#endif
