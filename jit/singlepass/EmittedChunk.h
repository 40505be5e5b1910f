//===- EmittedChunk.h - Code of a run of functions, before linking --------===//
#ifndef WRIT_JIT_SINGLEPASS_EMITTEDCHUNK_H
#define WRIT_JIT_SINGLEPASS_EMITTEDCHUNK_H

#include "hostabi/Context.h"
#include "hostabi/CostClasses.h"
#include "hostabi/ModuleInfo.h"
#include "jit/runtime/Signals.h"
#include "jit/runtime/Ticks.h"
#include "jit/singlepass/Amounts.h"

#include <vector>

namespace writ::singlepass {

/// Code that any function may jump to.
enum class Common : uint8_t {
  Trap,      ///< At the site in eax.
  OutOfGas,  ///< The same, with no gas left.
  Cold,      ///< For the region in eax; all registers are as at its charge.
  Propagate, ///< A trap that is in the activation already.
  Tick,      ///< Called: for the tick in eax. Keeps all registers.
};
inline constexpr size_t numCommon = 5;

/// A 32-bit field of the code, and what it depends on.
struct Patch {
  uint32_t position, what;
};

/// What a switch reads where to jump to from. It lies behind the constants, not in the code, and
/// holds distances from itself.
struct JumpTable {
  uint32_t use = 0;              ///< The field that takes the distance to the table.
  std::vector<uint32_t> targets; ///< Positions in the code.
};

/// Functions that follow each other, and all that is to be known of them. Depends on nothing but
/// their IR and the module's declarations: chunks may be made in any order. Whatever is numbered
/// is so within the chunk, in the order of its code.
struct EmittedChunk {
  uint32_t firstFunction = 0;
  std::vector<uint8_t> code;
  std::vector<uint32_t> functions;    ///< Where each begins.
  std::vector<uint32_t> firstRegions; ///< How many regions those before it have.
  uint32_t numRegions = 0;
  std::vector<FaultSite> faults;
  std::vector<TrapSite> sites; ///< `refund` is an entry of `charges`.
  Amounts charges;
  std::vector<FuncType> callTypes; ///< As for `TierCode::callTypes`.
  std::vector<FuncType> slowTypes; ///< Of functions that are called through the slow-call stub.
  std::vector<uint64_t> constants;
  std::vector<JumpTable> jumpTables;
  TickTable ticks; ///< Of code that counts.

  // Distances from the end of the field to something:
  std::vector<Patch> commonJumps;  ///< A `Common`.
  std::vector<Patch> functionUses; ///< A function, by its index in the index space.
  std::vector<Patch> entryUses;    ///< A function's word in the table of entries.
  std::vector<Patch> slowUses;     ///< The stub for one of `slowTypes`.
  std::vector<Patch> constantUses; ///< Two copies of one of `constants`.
  // Displacements:
  std::vector<Patch> chargeUses;   ///< From the context, of the amount of one of `charges`.
  std::vector<Patch> callTypeUses; ///< Of one of `callTypes` in their table.
  // Numbers to which those of the chunks before are added:
  std::vector<uint32_t> siteUses, regionUses, tickUses;
};

} // namespace writ::singlepass

#endif
