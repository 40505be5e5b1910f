//===- Signals.h - Page faults of compiled code become traps --------------===//
//
// A SIGSEGV or SIGBUS is a trap if all of this holds: the thread runs an activation; the
// faulting instruction is in a registered range of code and listed there; the address that
// it touched is in the memory reservation of the instance that runs, beyond its size. All
// others go to the handler that was there before.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_RUNTIME_SIGNALS_H
#define WRIT_JIT_RUNTIME_SIGNALS_H

#include "hostabi/Context.h"
#include "hostabi/Result.h"

#include <memory>
#include <span>
#include <vector>

namespace writ {

/// An instruction that may fault.
struct FaultSite {
  uint32_t pc;   ///< Offset of the instruction in its range.
  uint32_t site; ///< Index in `sites`.
};

/// Where the gas left is when an instruction faults.
enum class GasAt : uint8_t { Context, Rsi };

/// What is known of a range's instructions. `faults` is sorted by `pc`.
struct CodeTables {
  std::span<const FaultSite> faults;
  std::span<const TrapSite> sites;
};

/// Brings code, and the tables that belong to it, to memory when they are first needed.
/// Thread-safe, and safe in signal handlers.
class CodePager {
public:
  virtual ~CodePager();
  /// Sees to it that the code at `offset` of the range can be executed. Null, or why that cannot
  /// be: text that lives as long as the pager.
  virtual const char *fetch(size_t offset) = 0;
  /// Sees to it that the tables are there, and gives them. Returns the same.
  virtual const char *fetchTables(CodeTables &tables) = 0;
};

/// Code from `begin` on, `bytes` long. `faults` is sorted by `pc`.
struct CodeRange {
  const void *begin = nullptr;
  size_t bytes = 0;
  std::vector<FaultSite> faults;
  /// The tier's table; must outlive the registration.
  std::span<const TrapSite> sites;
  GasAt gas = GasAt::Context;
  /// If given, code and tables come from there; must outlive the registration.
  CodePager *pager = nullptr;
};

/// Keeps a range registered. Destroy it when no thread runs the code any more.
class CodeRegistration {
public:
  explicit CodeRegistration(std::shared_ptr<const CodeRange> range) : range(std::move(range)) {}
  ~CodeRegistration();
  CodeRegistration(CodeRegistration &&) = default;
  CodeRegistration &operator=(CodeRegistration &&) = delete;

private:
  std::shared_ptr<const CodeRange> range;
};

/// Registers code; the first call of the process installs the signal handlers. Ranges must not
/// overlap. Thread-safe.
Result<CodeRegistration> registerCode(CodeRange range);

} // namespace writ

#endif
