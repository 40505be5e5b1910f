//===- Cold.h - Regions that cannot be paid, from native code -------------===//
//
// Code of the singlepass tier does not know how the interpreter's frames look. When a region cannot
// be paid, it saves its registers; only then its function is translated for the interpreter, and
// compiled once more to learn where each word is that the interpreter needs.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_IMAGE_COLD_H
#define WRIT_JIT_IMAGE_COLD_H

#include "hostabi/Context.h"
#include "hostabi/Result.h"
#include "jit/interp/Code.h"

#include <memory>
#include <vector>

namespace writ {

/// A word that a region needs, and where it is at its charge.
struct ColdWord {
  enum class Place : uint8_t { General, Vector, Stack, Constant };
  Place place = Place::Constant;
  bool isNarrow = false; ///< 32 bits, zero-extended for the interpreter.
  bool isExact = true;   ///< False for a float that, if a NaN, must become the canonical one.
  uint32_t frameIndex = 0;
  uint64_t value = 0; ///< A register's number, bytes above the stack pointer, or the constant.
};

struct ColdRegion {
  uint32_t region = 0;         ///< Within the function.
  uint32_t number = 0;         ///< In `ColdFunction::code`.
  bool takesStack = false;     ///< `contract.enter` comes yet: the stack left is in rdx.
  std::vector<ColdWord> words; ///< Singlepass; others give words by themselves.
};

/// All that it takes to run a function's regions.
struct ColdFunction {
  std::shared_ptr<const interp::Code> code; ///< Of this function alone; maybe only its regions.
  std::vector<ColdRegion> regions;          ///< Those that need the interpreter, in order.
};

/// Makes cold functions. Thread-safe.
class ColdSource {
public:
  virtual ~ColdSource() = default;
  /// `func` is in the function index space. The result lives as long as the source, and is always
  /// the same. Errors are Internal.
  virtual Result<const ColdFunction *> function(uint32_t func) const = 0;
  /// As `TierCode::attach`.
  virtual void attach(const CompiledModule *) const {}
};

/// `RuntimeCalls::coldWithRegisters` of singlepass code.
void runCold(InstanceContext *context, uint32_t region, uint64_t gas,
             const NativeRegisters *registers);
/// `RuntimeCalls::cold` of code of tier llvm that has a `ColdSource`.
void runColdFrame(InstanceContext *context, uint32_t region, uint64_t gas);

} // namespace writ

#endif
