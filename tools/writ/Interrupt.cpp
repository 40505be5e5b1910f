//===- Interrupt.cpp - Ctrl-C that lets work end well ---------------------===//
#include "tools/writ/Interrupt.h"

#include "tools/writ/Cli.h"

#include <csignal>
#include <unistd.h>

namespace writ::cli {

static volatile sig_atomic_t interruptions = 0;

static void onInterrupt(int) {
  if (interruptions > 0)
    _exit(int(ExitCode::Interrupted));
  interruptions = 1;
}

void catchInterrupts() {
  struct sigaction action = {};
  action.sa_handler = onInterrupt; // Without SA_RESTART, so that `poll` returns.
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return interruptions > 0; }

} // namespace writ::cli
