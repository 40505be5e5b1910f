//===- Condition.h - What a comparison leaves in the flags ----------------===//
#ifndef WRIT_JIT_SINGLEPASS_CONDITION_H
#define WRIT_JIT_SINGLEPASS_CONDITION_H

#include "jit/singlepass/Masm.h"

namespace writ::singlepass {

/// Comparisons of floats for (in)equality have to look at the parity flag too: it says that one
/// is a NaN.
struct Condition {
  enum class Parity : uint8_t { Ignored, AndNotSet, OrSet };
  Cond cond = Cond::NE;
  Parity parity = Parity::Ignored;

  Condition negated() const {
    Parity other = parity == Parity::Ignored     ? Parity::Ignored
                   : parity == Parity::AndNotSet ? Parity::OrSet
                                                 : Parity::AndNotSet;
    return {negate(cond), other};
  }
};

} // namespace writ::singlepass

#endif
