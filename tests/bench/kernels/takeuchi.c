//===- takeuchi.c - Takeuchi's function, all calls ------------------------===//
//
// n times tak(14, 8, 2), in two ways: direct calls, and calls through a table.
//
//===----------------------------------------------------------------------===//
#include "kernel.h"

typedef i32 (*Function)(i32, i32, i32);

static NOINLINE i32 direct(i32 x, i32 y, i32 z) {
  if (y >= x)
    return z;
  return direct(direct(x - 1, y, z), direct(y - 1, z, x), direct(z - 1, x, y));
}

static i32 evenStep(i32 x, i32 y, i32 z);
static i32 oddStep(i32 x, i32 y, i32 z);
static const Function volatile functions[2] = {evenStep, oddStep};

static NOINLINE i32 indirect(i32 x, i32 y, i32 z) { return functions[(x + y) & 1](x, y, z); }

static NOINLINE i32 evenStep(i32 x, i32 y, i32 z) {
  if (y >= x)
    return z;
  return indirect(indirect(x - 1, y, z), indirect(y - 1, z, x), indirect(z - 1, x, y));
}

static NOINLINE i32 oddStep(i32 x, i32 y, i32 z) {
  if (y >= x)
    return z;
  i32 a = indirect(x - 1, y, z), b = indirect(y - 1, z, x), c = indirect(z - 1, x, y);
  return indirect(a, b, c);
}

u32 run(u32 n) {
  u32 checksum = 1;
  for (u32 i = 0; i < n; ++i) {
    i32 z = (i32)(i % 3);
    i32 a = direct(14, 8, z), b = indirect(14, 8, z);
    if (a != b)
      __builtin_trap();
    checksum = mix(checksum, (u32)a);
  }
  return checksum;
}
