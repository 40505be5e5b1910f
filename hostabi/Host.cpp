//===- Host.cpp - The C interface agrees with the rest --------------------===//
#include "hostabi/Host.h"

#include "hostabi/Traps.h"

using writ::TrapKind;

static_assert(WRIT_MEMORY_OUT_OF_BOUNDS == int(TrapKind::MemoryOutOfBounds));
static_assert(WRIT_OUT_OF_GAS == int(TrapKind::OutOfGas));
static_assert(WRIT_HOST_TRAP == int(TrapKind::Host));
