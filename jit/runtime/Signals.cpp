//===- Signals.cpp - Page faults of compiled code become traps ------------===//
#include "jit/runtime/Signals.h"

#include "jit/runtime/CodeRegistry.h"
#include "jit/runtime/EntryFrame.h"
#include "jit/runtime/Instance.h"
#include "jit/runtime/TakeTrap.h"
#include "jit/runtime/Thread.h"

#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <mutex>
#include <ucontext.h>

using namespace writ;

static struct sigaction previousSegv, previousBus;

static uint64_t &registerOf(ucontext_t *machine, int which) {
  return reinterpret_cast<uint64_t &>(machine->uc_mcontext.gregs[which]);
}

/// Lets the thread go on in the innermost entry frame, once the handler returns.
WRIT_NO_ASAN static void continueInEntryFrame(ucontext_t *machine, Activation *activation) {
  auto *frame = static_cast<EntryFrame *>(activation->entryFrame);
  frame->fiber.beforeLeave();
  registerOf(machine, REG_RIP) = reinterpret_cast<uint64_t>(&writ_leave_native);
  registerOf(machine, REG_RDI) = reinterpret_cast<uint64_t>(frame);
  registerOf(machine, REG_RSI) = uint64_t(activation->trap.kind);
}

/// True if `address` is one that a bounds-checked access could not have touched.
static bool isOutOfBounds(const InstanceContext *context, const void *address) {
  if (!context || !context->memoryBase)
    return false;
  uint64_t offset = uint64_t(static_cast<const uint8_t *>(address) - context->memoryBase);
  return offset >= context->memoryBytes && offset < memoryReservationBytes;
}

/// Does a contract run on this thread, at an address of its code?
static std::optional<CodeAddress> runningCode(const ThreadState *thread, ucontext_t *machine) {
  if (!thread || !thread->current || !thread->current->entryFrame)
    return std::nullopt;
  return findCode(registerOf(machine, REG_RIP));
}

/// Ends the call that runs, by the fault's reason.
WRIT_NO_ASAN static bool endCall(const siginfo_t *info, ucontext_t *machine,
                                 const char *fetchFailure) {
  ThreadState *thread = thisThreadIfAny();
  std::optional<CodeAddress> code = runningCode(thread, machine);
  if (!code)
    return false;
  Activation *activation = thread->current;
  GuardedRegion *stack = thread->nativeStacks.top();
  if (fetchFailure) {
    setInternalFailure(activation, fetchFailure);
  } else if (stack && stack->inLowGuard(info->si_addr)) {
    setInternalFailure(activation, "native stack exhausted before the metered limit");
  } else if (!isOutOfBounds(activation->context, info->si_addr)) {
    return false;
  } else if (code->failure) {
    setInternalFailure(activation, code->failure);
  } else if (code->site) {
    if (code->gas == GasAt::Rsi)
      activation->context->gas = registerOf(machine, REG_RSI);
    takeTrap(activation->context, *code->site);
  } else {
    return false;
  }
  continueInEntryFrame(machine, activation);
  return true;
}

/// Lets the thread go on if the fault was for code that is not in memory yet, and turns it into a
/// trap if it is one.
WRIT_NO_ASAN static bool handleFault(const siginfo_t *info, ucontext_t *machine) {
  if (info->si_code <= 0)
    return false; // Sent by kill().
  // Code that is in memory cannot fault but by a write: whoever does that is to be told.
  constexpr uint64_t isWrite = 2;
  FetchAnswer fetched;
  if (!(registerOf(machine, REG_ERR) & isWrite))
    fetched = fetchCode(reinterpret_cast<uintptr_t>(info->si_addr));
  if (fetched.isCode && !fetched.failure)
    return true;
  return endCall(info, machine, fetched.failure);
}

/// As the kernel would have without us. Returning runs the faulting instruction again,
/// which then ends the process; a signal that somebody sent has to be sent again.
static void takeDefaultAction(int signal, const siginfo_t *info) {
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, nullptr);
  if (info->si_code <= 0)
    raise(signal);
}

static void chain(int signal, siginfo_t *info, void *machine) {
  const struct sigaction &previous = signal == SIGBUS ? previousBus : previousSegv;
  bool wantsInfo = previous.sa_flags & SA_SIGINFO;
  if (!wantsInfo && previous.sa_handler == SIG_IGN && info->si_code <= 0)
    return;
  if (!wantsInfo && (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN))
    return takeDefaultAction(signal, info);
  sigset_t blocked = previous.sa_mask, before;
  if (!(previous.sa_flags & SA_NODEFER))
    sigaddset(&blocked, signal);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  if (wantsInfo)
    previous.sa_sigaction(signal, info, machine);
  else
    previous.sa_handler(signal);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

WRIT_NO_ASAN static void onSignal(int signal, siginfo_t *info, void *machine) {
  int savedErrno = errno;
  if (!handleFault(info, static_cast<ucontext_t *>(machine)))
    chain(signal, info, machine);
  errno = savedErrno;
}

static bool installHandlers() {
  struct sigaction ours = {};
  ours.sa_sigaction = onSignal;
  // SA_NODEFER: a chained handler may leave by longjmp.
  ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&ours.sa_mask);
  return sigaction(SIGSEGV, nullptr, &previousSegv) == 0 &&
         sigaction(SIGBUS, nullptr, &previousBus) == 0 && sigaction(SIGSEGV, &ours, nullptr) == 0 &&
         sigaction(SIGBUS, &ours, nullptr) == 0;
}

Result<CodeRegistration> writ::registerCode(CodeRange range) {
  static const bool installed = installHandlers();
  if (!installed)
    return internalError("cannot install the handler of page faults");
  auto shared = std::make_shared<const CodeRange>(std::move(range));
  if (!addCode(shared))
    return internalError(fmt::format("code at {} overlaps registered code", shared->begin));
  return CodeRegistration(std::move(shared));
}

CodeRegistration::~CodeRegistration() {
  if (range)
    removeCode(range);
}
