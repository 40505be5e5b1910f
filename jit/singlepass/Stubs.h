//===- Stubs.h - Code that a module's functions share ---------------------===//
#ifndef WRIT_JIT_SINGLEPASS_STUBS_H
#define WRIT_JIT_SINGLEPASS_STUBS_H

#include "jit/singlepass/EmittedChunk.h"
#include "jit/singlepass/Masm.h"
#include "jit/singlepass/Signature.h"

namespace writ::singlepass {

/// Ways out of code and into it. They refer to nothing but each other.
class Stubs {
public:
  /// `isCounting`: for code that counts and can be changed.
  explicit Stubs(bool isCounting) : isCounting(isCounting) {}

  /// Emits all of `Common`; comes first.
  void emitCommon();
  /// As a native function of that signature, with the `FuncRef` to call in r11. Returns where it
  /// begins, as `emitThunk` does.
  uint32_t emitSlowCall(const Signature &signature);
  /// The `NativeThunk` of the signature.
  uint32_t emitThunk(const Signature &signature);
  /// A jump through the word at a distance that is to be written to the last four bytes: what a
  /// `FuncRef` names. That never changes, so whoever calls it gets to the newest code.
  uint32_t emitEntryJump();

  uint32_t positionOf(Common common) const { return positions[size_t(common)]; }

  Masm masm;
  uint32_t unpaidSite = ~0u; ///< Counting: where thunks trap if gas was spent that was not there.

private:
  void emitCold();
  void emitTickStub();
  void emitSlowCallBody(const Signature &signature);

  const bool isCounting;
  uint32_t positions[numCommon] = {};
};

} // namespace writ::singlepass

#endif
