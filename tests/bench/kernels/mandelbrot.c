//===- mandelbrot.c - Points of the Mandelbrot set ------------------------===//
//
// f64 arithmetic with a chain of dependences, on a grid of n by n points; at most 256 steps
// a point.
//
//===----------------------------------------------------------------------===//
#include "kernel.h"

static u32 stepsAt(double cx, double cy) {
  double x = 0, y = 0;
  u32 steps = 0;
  while (steps < 256) {
    double xx = x * x, yy = y * y;
    if (xx + yy > 4)
      break;
    y = 2 * x * y + cy;
    x = xx - yy + cx;
    ++steps;
  }
  return steps;
}

u32 run(u32 n) {
  u32 checksum = 1;
  for (u32 row = 0; row < n; ++row)
    for (u32 column = 0; column < n; ++column)
      checksum = mix(checksum, stepsAt(-2 + 2.5 * column / n, -1.25 + 2.5 * row / n));
  return checksum;
}
