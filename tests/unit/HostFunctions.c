//===- HostFunctions.c - Host functions as a node writes them in C --------===//
#include "hostabi/Host.h"

#include "tests/unit/HostFunctions.h"

#include <string.h>

/* (i32 address, i32 size) -> (i64 sum of the bytes); a unit of gas for each byte. */
writ_status test_sum_bytes(void *user, writ_call *call, uint64_t *values) {
  uint64_t size = values[1];
  if (writ_consume_gas(call, size) != WRIT_SUCCESS)
    return WRIT_OUT_OF_GAS;
  const uint8_t *bytes = writ_memory(call, values[0], size);
  if (!bytes)
    return WRIT_MEMORY_OUT_OF_BOUNDS;
  uint64_t sum = 0;
  for (uint64_t i = 0; i < size; ++i)
    sum += bytes[i];
  values[0] = sum;
  return WRIT_SUCCESS;
}

writ_status test_refuse(void *user, writ_call *call, uint64_t *values) {
  char message[] = "no such account";
  return writ_trap(call, message, strlen(message));
}

writ_status test_break(void *user, writ_call *call, uint64_t *values) {
  return call->services->fail(call, "disk on fire", 12);
}

/* () -> (); the status is what `user` points to. */
writ_status test_status(void *user, writ_call *call, uint64_t *values) {
  return *(const writ_status *)user;
}

writ_status test_steal_gas(void *user, writ_call *call, uint64_t *values) {
  call->gas += 1;
  return WRIT_SUCCESS;
}

/* () -> (i32): a result with rubbish in the upper half. */
writ_status test_dirty_result(void *user, writ_call *call, uint64_t *values) {
  values[0] = 0xffffffff00000005u;
  return WRIT_SUCCESS;
}

/* (funcref) -> (i32): calls it. */
writ_status test_call_back(void *user, writ_call *call, uint64_t *values) {
  return call->services->invoke(call, values[0], values);
}

/* (funcref) -> (i32): calls it and, wrongly, goes on after a trap. */
writ_status test_swallow_trap(void *user, writ_call *call, uint64_t *values) {
  (void)call->services->invoke(call, values[0], values);
  return WRIT_SUCCESS;
}

/* () -> (i32): calls the caller's export "callback". */
writ_status test_call_export(void *user, writ_call *call, uint64_t *values) {
  writ_funcref callback = call->services->find_export(call, "callback", 8);
  if (!callback)
    return writ_trap(call, "no callback", 11);
  return call->services->invoke(call, callback, values);
}
