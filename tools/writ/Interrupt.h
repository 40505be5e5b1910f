//===- Interrupt.h - Ctrl-C that lets work end well -----------------------===//
#ifndef WRIT_TOOLS_WRIT_INTERRUPT_H
#define WRIT_TOOLS_WRIT_INTERRUPT_H

namespace writ::cli {

/// From now on Ctrl-C (or SIGTERM) only sets `interrupted()`, and ends what waits in a system call;
/// a second one ends the program.
void catchInterrupts();
bool interrupted();

} // namespace writ::cli

#endif
