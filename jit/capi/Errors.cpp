//===- Errors.cpp - Errors, traps and versions for C ----------------------===//
#include "hostabi/Traps.h"
#include "jit/capi/Handles.h"

using namespace writ;

static_assert(WRIT_ERROR_BAD_INPUT == int(ErrorKind::BadInput) + 1);
static_assert(WRIT_ERROR_UNLINKABLE == int(ErrorKind::Unlinkable) + 1);
static_assert(WRIT_ERROR_LIMIT == int(ErrorKind::Limit) + 1);
static_assert(WRIT_ERROR_INTERNAL == int(ErrorKind::Internal) + 1);

writ_error_t *writ::capi::toC(Error error) { return new writ_error_t{std::move(error)}; }

uint32_t writ_api_version(void) { return WRIT_API_VERSION; }
const char *writ_version(void) { return WRIT_VERSION; }

writ_error_kind_t writ_error_kind(const writ_error_t *error) {
  return writ_error_kind_t(error->error.kind) + 1;
}

const char *writ_error_message(const writ_error_t *error) { return error->error.message.c_str(); }

void writ_error_free(writ_error_t *error) { delete error; }

/// `Internal` for what is none.
static TrapKind kindOf(int32_t trap) {
  switch (TrapKind(trap)) {
#define WRIT_TRAP(Name, Mnemonic, Code, Text) case TrapKind::Name:
#include "hostabi/Traps.def"
  case TrapKind::None:
    if (trap <= UINT8_MAX)
      return TrapKind(trap);
    break;
  case TrapKind::Internal:
    break;
  }
  return TrapKind::Internal;
}

// Both are literals, which end in a zero byte.
const char *writ_trap_name(int32_t trap) {
  TrapKind kind = kindOf(trap);
  return kind == TrapKind::Internal ? "unknown" : trapName(kind).data();
}

const char *writ_trap_text(int32_t trap) {
  TrapKind kind = kindOf(trap);
  return kind == TrapKind::Internal ? "unknown trap" : trapText(kind).data();
}
