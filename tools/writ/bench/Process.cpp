//===- Process.cpp - Run a program and see what it took -------------------===//
#include "tools/writ/bench/Process.h"

#include "tools/writ/Interrupt.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace writ::bench {

namespace {

using Clock = std::chrono::steady_clock;

/// A child with pipes for what it prints.
class Child {
public:
  explicit Child(const std::vector<std::string> &command);
  ~Child();
  Child(const Child &) = delete;
  Child &operator=(const Child &) = delete;

  /// Empty, or why there is no child.
  std::string failure;

  /// Takes in what it prints until it closes its ends. False if it had to be killed.
  bool read(ProcessResult &result, Clock::time_point deadline);
  int wait(rusage &usage);

private:
  void exec(const std::vector<std::string> &command);

  pid_t pid = -1;
  int out[2] = {-1, -1}, err[2] = {-1, -1};
};

} // namespace

Child::Child(const std::vector<std::string> &command) {
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
    failure = fmt::format("cannot make a pipe: {}", strerror(errno));
    return;
  }
  pid = fork();
  if (pid == 0)
    exec(command);
  if (pid < 0)
    failure = fmt::format("cannot start a process: {}", strerror(errno));
  close(std::exchange(out[1], -1));
  close(std::exchange(err[1], -1));
}

Child::~Child() {
  for (int fd : {out[0], out[1], err[0], err[1]})
    if (fd >= 0)
      close(fd);
}

/// In the child.
void Child::exec(const std::vector<std::string> &command) {
  // A group of its own: Ctrl-C is for us, and what it starts can be killed with it.
  setpgid(0, 0);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  if (int null = open("/dev/null", O_RDONLY); null >= 0)
    dup2(null, STDIN_FILENO);
  dup2(out[1], STDOUT_FILENO);
  dup2(err[1], STDERR_FILENO);
  std::vector<char *> words;
  for (const std::string &word : command)
    words.push_back(const_cast<char *>(word.c_str()));
  words.push_back(nullptr);
  execvp(words[0], words.data());
  dprintf(STDERR_FILENO, "cannot run %s: %s\n", words[0], strerror(errno));
  _exit(127);
}

bool Child::read(ProcessResult &result, Clock::time_point deadline) {
  pollfd ends[2] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
  std::string *texts[2] = {&result.output, &result.errors};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (cli::interrupted() || left.count() <= 0) {
      kill(-pid, SIGKILL);
      kill(pid, SIGKILL); // It may not have made its group yet.
      return false;
    }
    poll(ends, 2, int(std::min<long long>(left.count() + 1, 200)));
    for (int i = 0; i < 2; ++i) {
      if (ends[i].fd < 0 || !(ends[i].revents & (POLLIN | POLLHUP | POLLERR)))
        continue;
      char buffer[4096];
      ssize_t got = ::read(ends[i].fd, buffer, sizeof buffer);
      if (got == 0 || (got < 0 && errno != EINTR))
        ends[i].fd = -1;
      else if (got > 0 && texts[i]->size() < (1u << 20))
        texts[i]->append(buffer, size_t(got));
    }
  }
  return true;
}

int Child::wait(rusage &usage) {
  int status = 0;
  while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
    ;
  return status;
}

/// The line that says what is wrong: the first one that speaks of an error, else the last one.
static std::string tellingLine(const std::string &text) {
  std::istringstream in(text);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (line.find("rror:") != std::string::npos)
      return line;
    if (line.find_first_not_of(" \r\t") != std::string::npos)
      last = line;
  }
  return last;
}

static std::string failureOf(int status, const ProcessResult &result) {
  if (WIFSIGNALED(status))
    return fmt::format("killed by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  if (WEXITSTATUS(status) == 0)
    return {};
  std::string said = tellingLine(result.errors);
  return fmt::format("exit code {}{}{}", WEXITSTATUS(status), said.empty() ? "" : ": ", said);
}

ProcessResult runProcess(const std::vector<std::string> &command, double maxSeconds) {
  ProcessResult result;
  auto start = Clock::now();
  auto limit =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(maxSeconds));
  Child child(command);
  result.failure = child.failure;
  if (!result.failure.empty())
    return result;
  bool done = child.read(result, start + limit);
  rusage usage = {};
  int status = child.wait(usage);
  result.wallSeconds = std::chrono::duration<double>(Clock::now() - start).count();
  for (const timeval &time : {usage.ru_utime, usage.ru_stime})
    result.cpuSeconds += double(time.tv_sec) + double(time.tv_usec) * 1e-6;
  result.peakBytes = uint64_t(usage.ru_maxrss) * 1024;
  result.failure = done                 ? failureOf(status, result)
                   : cli::interrupted() ? "interrupted"
                                        : fmt::format("took more than {:.0f} s", maxSeconds);
  return result;
}

std::string findProgram(const std::string &program) {
  if (program.find('/') != std::string::npos)
    return access(program.c_str(), X_OK) == 0 ? program : "";
  const char *path = std::getenv("PATH");
  std::string folders = path ? path : "";
  for (size_t at = 0; at <= folders.size();) {
    size_t end = std::min(folders.find(':', at), folders.size());
    std::string candidate = folders.substr(at, end - at) + "/" + program;
    if (end > at && access(candidate.c_str(), X_OK) == 0)
      return candidate;
    at = end + 1;
  }
  return {};
}

} // namespace writ::bench
