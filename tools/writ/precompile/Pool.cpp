//===- Pool.cpp - Processes that compile, and that may die ----------------===//
//
// Parent and worker talk in lines over a socket. To the worker: the path of a module. Back: what it
// begins ({"begin": tier, "code": hash}), an outcome for each tier, and {"done": true}.
//
//===----------------------------------------------------------------------===//
#include "tools/writ/precompile/Pool.h"

#include "tools/writ/Interrupt.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace writ::cli::precompile {

Pool::Pool(PoolOptions options, std::function<void(const Outcome &)> onOutcome,
           std::function<Outcome(const Accident &)> onAccident)
    : options(std::move(options)), onOutcome(std::move(onOutcome)),
      onAccident(std::move(onAccident)), workers(this->options.workers) {}

Pool::~Pool() {
  for (Worker &worker : workers)
    stop(worker);
}

//===----------------------------------------------------------------------===//
// Processes
//===----------------------------------------------------------------------===//

void Pool::start(Worker &worker) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw Fatal(ExitCode::Failure, fmt::format("no socket for a worker: {}", strerror(errno)));
  std::vector<char *> words;
  for (const std::string &word : options.command)
    words.push_back(const_cast<char *>(word.c_str()));
  words.push_back(nullptr);
  pid_t pid = fork();
  if (pid == 0) {
    setpgid(0, 0); // Ctrl-C is for the parent.
    dup2(ends[1], STDIN_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    execvp(words[0], words.data());
    _exit(127);
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    throw Fatal(ExitCode::Failure, fmt::format("cannot start a worker: {}", strerror(errno)));
  }
  worker = {};
  worker.pid = pid;
  worker.socket = ends[0];
}

void Pool::stop(Worker &worker) {
  if (worker.pid > 0)
    endOf(worker, /*isEnding=*/!interrupted()); // It has uses to write down.
}

/// Kills the worker and says how it ended. With `isEnding`, it has some time to end by itself.
std::string Pool::endOf(Worker &worker, bool isEnding) {
  close(std::exchange(worker.socket, -1));
  int status = 0;
  pid_t ended = 0;
  for (int tries = 0; isEnding && ended == 0 && tries < 100; ++tries) {
    ended = waitpid(worker.pid, &status, WNOHANG);
    if (ended == 0)
      usleep(1000);
  }
  if (ended <= 0) {
    kill(-worker.pid, SIGKILL);
    kill(worker.pid, SIGKILL); // It may not have made its group yet.
    while (waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
    }
  }
  worker.pid = -1;
  if (WIFSIGNALED(status))
    return fmt::format("killed by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

/// A worker is gone: whatever it was doing has failed.
void Pool::bury(Worker &worker, const std::string &how) {
  if (std::exchange(worker.isBusy, false)) {
    worker.doing.how = how;
    onOutcome(onAccident(worker.doing));
  }
}

//===----------------------------------------------------------------------===//
// Lines
//===----------------------------------------------------------------------===//

void Pool::give(Worker &worker, const std::string &path) {
  if (worker.pid < 0)
    start(worker);
  worker.isBusy = true;
  worker.doing = {path, "", "", ""};
  worker.since = Clock::now();
  std::string line = path + "\n";
  for (std::string_view rest = line; !rest.empty();) {
    ssize_t sent = send(worker.socket, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR)
      return; // It is dead: reading will tell.
    rest.remove_prefix(size_t(std::max<ssize_t>(sent, 0)));
  }
}

void Pool::understand(Worker &worker, const std::string &line) {
  Json said = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (said.contains("begin")) {
    worker.doing.tier = said["begin"];
    worker.doing.code = said["code"];
    worker.since = Clock::now();
  } else if (said.contains("done")) {
    worker.isBusy = false;
  } else if (said.contains("status")) {
    onOutcome(outcomeFrom(said));
  }
}

void Pool::read(Worker &worker) {
  char buffer[65536];
  ssize_t got = recv(worker.socket, buffer, sizeof(buffer), 0);
  if (got < 0 && errno == EINTR)
    return;
  if (got <= 0) {
    std::string how = endOf(worker, /*isEnding=*/true);
    bury(worker, "the compiler ended: " + how);
    return;
  }
  worker.input.append(buffer, size_t(got));
  for (size_t end; (end = worker.input.find('\n')) != std::string::npos;) {
    std::string line = worker.input.substr(0, end);
    worker.input.erase(0, end + 1);
    understand(worker, line);
  }
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

/// Starting a process takes its time, and reading a file may.
static constexpr double startSeconds = 10;

double Pool::secondsLeft(const Worker &worker) const {
  std::chrono::duration<double> spent = Clock::now() - worker.since;
  double most = options.timeoutSeconds + (worker.doing.tier.empty() ? startSeconds : 0);
  return most - spent.count();
}

/// Milliseconds until the next worker has had its time.
int Pool::nextTimeout() const {
  double least = 1;
  for (const Worker &worker : workers)
    if (worker.isBusy)
      least = std::min(least, secondsLeft(worker));
  return std::max(0, int(least * 1000) + 1);
}

bool Pool::run(const std::vector<std::string> &modules) {
  size_t next = 0;
  for (;;) {
    std::vector<pollfd> ends;
    std::vector<Worker *> owners;
    for (Worker &worker : workers) {
      if (!worker.isBusy && next < modules.size())
        give(worker, modules[next++]);
      if (!worker.isBusy)
        continue;
      ends.push_back({worker.socket, POLLIN, 0});
      owners.push_back(&worker);
    }
    if (ends.empty())
      return true;
    poll(ends.data(), ends.size(), nextTimeout());
    if (interrupted())
      return false;
    for (size_t i = 0; i < ends.size(); ++i) {
      if (ends[i].revents)
        read(*owners[i]);
      else if (secondsLeft(*owners[i]) < 0) {
        endOf(*owners[i]);
        bury(*owners[i], fmt::format("took more than {:g} s", options.timeoutSeconds));
      }
    }
  }
}

} // namespace writ::cli::precompile
