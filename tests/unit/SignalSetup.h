//===- SignalSetup.h - Signal handlers a host may have had before ---------===//
#ifndef WRIT_TESTS_UNIT_SIGNALSETUP_H
#define WRIT_TESTS_UNIT_SIGNALSETUP_H

namespace writ::test {

/// Before any code is registered: a handler of SIGSEGV with siginfo and one of SIGBUS without.
void installHostHandlers();

/// For child processes with no handlers of their own: register code, then fault outside of it
/// or send the signal. Do not return.
int dieByFault();
int dieByRaise();

} // namespace writ::test

#endif
