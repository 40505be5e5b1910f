//===- ChildCompiler.cpp - Compile units in processes of their own --------===//

#include "jit/tierup/ChildCompiler.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <mutex>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

using namespace writ;

namespace {

using Clock = std::chrono::steady_clock;

/// A process, with one socket for both its input and its output. Killed and waited for in the end.
class Child {
public:
  ~Child() {
    if (socket >= 0)
      close(socket);
    if (pid <= 0)
      return;
    kill(pid, SIGKILL);
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  Result<void> start(const std::vector<std::string> &command);
  /// Writes all of `request`, then reads until the other side ends.
  Result<std::vector<uint8_t>> talk(std::span<const uint8_t> request, size_t mostAnswerBytes,
                                    Clock::time_point deadline);
  /// How it ended; waits for that.
  std::string ending();

private:
  /// Writes some more; false if nobody reads any more.
  bool send(std::span<const uint8_t> &rest);
  bool isReady(short events, Clock::time_point deadline) const;

  int socket = -1;
  pid_t pid = -1;
};

} // namespace

Result<void> Child::start(const std::vector<std::string> &command) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return internalError(fmt::format("no socket for a compiler: {}", std::strerror(errno)));
  socket = ends[0];
  fcntl(socket, F_SETFL, O_NONBLOCK);
  std::vector<char *> arguments;
  for (const std::string &argument : command)
    arguments.push_back(const_cast<char *>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  int failure = posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failure == 0)
    return {};
  pid = -1;
  return internalError(fmt::format("cannot start '{}': {}", command[0], std::strerror(failure)));
}

bool Child::isReady(short events, Clock::time_point deadline) const {
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0)
      return false;
    pollfd wanted = {socket, events, 0};
    int ready = poll(&wanted, 1, int(std::min<long>(left, 1 << 20)));
    if (ready > 0)
      return true;
    if (ready < 0 && errno != EINTR)
      return false;
  }
}

bool Child::send(std::span<const uint8_t> &rest) {
  ssize_t sent = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
  if (sent < 0)
    return errno == EAGAIN || errno == EINTR;
  rest = rest.subspan(size_t(sent));
  if (rest.empty())
    shutdown(socket, SHUT_WR);
  return true;
}

Result<std::vector<uint8_t>> Child::talk(std::span<const uint8_t> request, size_t mostAnswerBytes,
                                         Clock::time_point deadline) {
  std::vector<uint8_t> answer;
  for (;;) {
    if (!isReady(short(request.empty() ? POLLIN : POLLIN | POLLOUT), deadline))
      return Error{ErrorKind::Limit, "the compiler took too long"};
    if (!request.empty() && !send(request))
      return internalError("the compiler ended before it had read its request: " + ending());
    uint8_t buffer[65536];
    ssize_t count = recv(socket, buffer, sizeof(buffer), 0);
    if (count == 0)
      return answer;
    if (count < 0) {
      if (errno == EAGAIN || errno == EINTR)
        continue;
      return internalError("the compiler ended: " + ending());
    }
    answer.insert(answer.end(), buffer, buffer + count);
    if (answer.size() > mostAnswerBytes)
      return internalError("the compiler gives too much");
  }
}

std::string Child::ending() {
  int status = 0;
  kill(pid,
       SIGKILL); // It has closed its output, or does not read: there is nothing more to wait for.
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR)
      return "unknown";
  pid = -1;
  if (WIFSIGNALED(status))
    return fmt::format("signal {}", WTERMSIG(status));
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

Result<UnitImage> writ::compileInChild(const ChildRequest &request, const ChildOptions &options) {
  auto deadline = Clock::now() + std::chrono::seconds(request.limits.wallSeconds);
  Child child;
  if (Result<void> started = child.start(options.command); !started)
    return started.error();
  auto answer = child.talk(encode(request), options.mostAnswerBytes, deadline);
  if (!answer)
    return answer.error();
  if (answer->empty())
    return internalError("the compiler's process ended without an answer: " + child.ending());
  return decodeAnswer(*answer);
}

namespace {
class ChildCompiler final : public UnitCompiler {
public:
  ChildCompiler(ChildRequest request, ChildOptions options)
      : request(std::move(request)), options(std::move(options)) {}

  Result<UnitImage> compile(UnitRequest unit) override;

private:
  std::mutex mutex;
  ChildRequest request;
  const ChildOptions options;
};
} // namespace

Result<UnitImage> ChildCompiler::compile(UnitRequest unit) {
  std::lock_guard lock(mutex); // Each unit goes on with the charges of those before.
  request.unit = unit;
  request.limits = options.limits;
  Result<UnitImage> image = compileInChild(request, options);
  if (!image)
    return image;
  size_t known = request.charges.size() - request.numOwnCharges;
  const std::vector<CostCounts> &added = image->addedCharges;
  if (added.size() < known || !std::equal(request.charges.begin() + request.numOwnCharges,
                                          request.charges.end(), added.begin()))
    return internalError("the compiler forgot charges");
  if (Result<void> checked = checkUnit(*image, unit.func, request.numOwnCharges + added.size());
      !checked)
    return checked.error();
  request.charges.insert(request.charges.end(), added.begin() + long(known), added.end());
  return image;
}

std::unique_ptr<UnitCompiler> writ::makeChildCompiler(ChildRequest request, ChildOptions options) {
  return std::make_unique<ChildCompiler>(std::move(request), std::move(options));
}
