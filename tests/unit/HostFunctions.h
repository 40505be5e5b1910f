//===- HostFunctions.h - Host functions in C11 for HostTest.cpp -----------===//
#ifndef WRIT_TESTS_UNIT_HOSTFUNCTIONS_H
#define WRIT_TESTS_UNIT_HOSTFUNCTIONS_H

#include "hostabi/Host.h"

#ifdef __cplusplus
extern "C" {
#endif

writ_status test_sum_bytes(void *user, writ_call *call, uint64_t *values);
writ_status test_refuse(void *user, writ_call *call, uint64_t *values);
writ_status test_break(void *user, writ_call *call, uint64_t *values);
writ_status test_status(void *user, writ_call *call, uint64_t *values);
writ_status test_steal_gas(void *user, writ_call *call, uint64_t *values);
writ_status test_dirty_result(void *user, writ_call *call, uint64_t *values);
writ_status test_call_back(void *user, writ_call *call, uint64_t *values);
writ_status test_swallow_trap(void *user, writ_call *call, uint64_t *values);
writ_status test_call_export(void *user, writ_call *call, uint64_t *values);

#ifdef __cplusplus
}
#endif

#endif
