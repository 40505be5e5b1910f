//===- Traps.cpp - Trap kinds and their names -----------------------------===//
#include "hostabi/Traps.h"

using namespace writ;

std::string_view writ::trapName(TrapKind kind) {
  switch (kind) {
  case TrapKind::None:
    return "none";
#define WRIT_TRAP(Name, Mnemonic, Code, Text)                                                      \
  case TrapKind::Name:                                                                             \
    return Mnemonic;
#include "hostabi/Traps.def"
  case TrapKind::Internal:
    return "internal";
  }
  return "unknown";
}

std::string_view writ::trapText(TrapKind kind) {
  switch (kind) {
  case TrapKind::None:
    return "no trap";
#define WRIT_TRAP(Name, Mnemonic, Code, Text)                                                      \
  case TrapKind::Name:                                                                             \
    return Text;
#include "hostabi/Traps.def"
  case TrapKind::Internal:
    return "internal failure";
  }
  return "unknown trap";
}

std::optional<TrapKind> writ::parseTrapKind(std::string_view name) {
#define WRIT_TRAP(Name, Mnemonic, Code, Text)                                                      \
  if (name == Mnemonic)                                                                            \
    return TrapKind::Name;
#include "hostabi/Traps.def"
  return std::nullopt;
}
