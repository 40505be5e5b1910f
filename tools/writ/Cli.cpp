//===- Cli.cpp - What the command line programs share ---------------------===//
#include "tools/writ/Cli.h"

#include <cstdio>
#include <fmt/format.h>
#include <new>

namespace writ::cli {

/// What the errors of this program begin with.
static std::string_view programName = "writ";

void setProgramName(std::string_view name) { programName = name; }

ExitCode exitCodeOf(ErrorKind kind) {
  return kind == ErrorKind::Internal ? ExitCode::Failure : ExitCode::BadInput;
}

ExitCode printError(ExitCode code, const std::string &message) {
  fmt::print(stderr, "{}: error: {}\n", programName, message);
  return code;
}

std::vector<std::string> arguments(int argc, char **argv) {

  std::vector<std::string> args;
  for (int i = argc - 1; i > 0; --i) {
    std::string arg = argv[i];
    bool isValue = arg.starts_with("-inf") || arg.starts_with("-nan") ||
                   (arg.starts_with("-.") && arg.size() > 2);
    args.push_back(isValue ? " " + arg : arg);
  }
  return args;
}

ExitCode runCommand(const Command &command) {
  try {
    return command();
  } catch (const Fatal &fatal) {
    return printError(fatal.code, fatal.what());
  } catch (const std::bad_alloc &) {
    return printError(ExitCode::Failure, "out of memory");
  } catch (const std::exception &error) {
    return printError(ExitCode::Failure, error.what());
  }
}

ExitCode finishOutput(ExitCode code) {
  if (std::fflush(stdout) != 0 || std::ferror(stdout))
    return printError(ExitCode::Failure, "cannot write to standard output");
  return code;
}

} // namespace writ::cli
