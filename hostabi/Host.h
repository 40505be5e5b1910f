/*===- Host.h - The C interface of host functions, version 0 ----------------===*\
|*
|* How a node gives functions to contracts. Plain C11; no allocation and no
|* string look-up happens on the way of a call. The words MUST, MUST NOT and MAY
|* are those of RFC 2119. docs/host-abi.md explains it with an example.
|*
\*===------------------------------------------------------------------------===*/
#ifndef WRIT_HOSTABI_HOST_H
#define WRIT_HOSTABI_HOST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of everything below. A host built against another version MUST
 *  NOT be linked. */
#define WRIT_HOST_ABI_VERSION 0

/**
 * What a host function returns.
 *
 * 0 is success. 1 to 254 end the call with that trap: the numbers are those of
 * hostabi/Traps.def and never change. Negative: the host itself failed.
 */
typedef int32_t writ_status;

enum {
  /** The function did its work. Its results MUST be in `values`. */
  WRIT_SUCCESS = 0,
  /** The contract gave an address range that is not in its memory. The whole call
   *  traps with `memory_out_of_bounds`. */
  WRIT_MEMORY_OUT_OF_BOUNDS = 2,
  /** The gas left does not cover what the function costs. The whole call traps
   *  with `out_of_gas` and all gas counts as used. */
  WRIT_OUT_OF_GAS = 11,
  /** The host function refuses. The whole call traps with `host` and the message
   *  given to `writ_trap`, if any. */
  WRIT_HOST_TRAP = 12,
  /** The host failed in a way that is not the contract's doing (disk error, out of
   *  memory). The call has no result: its maker gets an error, not an outcome, and
   *  MUST NOT treat it as one. */
  WRIT_HOST_FAILURE = -1
};

typedef struct writ_call writ_call;

/** A non-null funcref as contracts pass it in `values`; 0 is null. Valid as long as
 *  the store of the contract. */
typedef uint64_t writ_funcref;

/** What the runtime does for host functions. Provided by the runtime; a host MUST
 *  NOT make or change one. */
struct writ_services {
  /** Keeps a copy of the first 255 bytes of `message`, which MAY be temporary, and
   *  returns WRIT_HOST_TRAP. */
  writ_status (*trap)(writ_call *call, const char *message, size_t length);
  /** As `trap`, for WRIT_HOST_FAILURE. */
  writ_status (*fail)(writ_call *call, const char *message, size_t length);
  /** Calls `function` within this call: same gas, same stack limit. `values` holds the
   *  arguments and receives the results; it MUST have room for the larger number.
   *  `*call` is up to date afterwards (gas, memory size). A status other than
   *  WRIT_SUCCESS MUST be returned by the host function at once. A null or dangling
   *  `function` MUST NOT be given. */
  writ_status (*invoke)(writ_call *call, writ_funcref function, uint64_t *values);
  /** The caller's exported function of that name, or 0. Looks strings up: not for the
   *  hot path. */
  writ_funcref (*find_export)(writ_call *call, const char *name, size_t length);
};

/** One call of a host function. Valid until the function returns; a host function MUST
 *  NOT keep the pointer nor pass it to another thread. */
struct writ_call {
  /** Gas left. A host function MAY lower it (`writ_consume_gas`) and MUST NOT raise it.
   *  The schedule's price for the call itself is already taken. */
  uint64_t gas;
  /** The caller's linear memory, or NULL if it has none. Never moves while the caller
   *  lives. A host function MAY read and write `memory[0 .. memory_size)`. */
  uint8_t *memory;
  /** Its size in bytes; only `invoke` changes it. */
  uint64_t memory_size;
  const struct writ_services *services;
  /** The runtime's own. */
  void *internal;
};

/**
 * A host function.
 *
 * `user` is the pointer given with the function. `values[0 .. params)` are the
 * arguments, one 64-bit word each: i32 and f32 zero-extended, f32 and f64 as their bits,
 * funcref as `writ_funcref`, externref as the node's own handle (0 is null). On
 * WRIT_SUCCESS the results MUST be in `values[0 .. results)`, in the same form; the upper
 * half of i32 and f32 results is ignored. On any other status `values` is ignored.
 *
 * The function MUST be deterministic in whatever reaches the contract. It MUST NOT unwind
 * out (C++ exceptions, longjmp), MUST NOT use more than 256 KiB of stack and MUST be safe
 * to call from every thread that runs contracts which import it. Which memory, table or
 * global it changes before it traps stays changed.
 */
typedef writ_status (*writ_host_function)(void *user, writ_call *call, uint64_t *values);

/** `size` bytes of the caller's memory at `address`, or NULL if any of them lies outside.
 *  With `size` 0, `address` MAY be the end of the memory. A host function that gets NULL
 *  SHOULD return WRIT_MEMORY_OUT_OF_BOUNDS (or its own interface's error). */
static inline uint8_t *writ_memory(const writ_call *call, uint64_t address, uint64_t size) {
  if (size > call->memory_size || address > call->memory_size - size)
    return NULL;
  return call->memory + address;
}

/** Takes `amount` of gas. If less is left, takes nothing and returns WRIT_OUT_OF_GAS, which
 *  the host function MUST return. To be called before the work it pays for. */
static inline writ_status writ_consume_gas(writ_call *call, uint64_t amount) {
  if (call->gas < amount)
    return WRIT_OUT_OF_GAS;
  call->gas -= amount;
  return WRIT_SUCCESS;
}

/** `return writ_trap(call, "no such account", 15);` */
static inline writ_status writ_trap(writ_call *call, const char *message, size_t length) {
  return call->services->trap(call, message, length);
}

#ifdef __cplusplus
}
#endif

#endif
