//===- interpreter.c - A stack machine that runs small programs -----------===//
//
// n runs of three programs (greatest common divisors, a sieve, a Fibonacci number by
// recursion) on a machine with a stack, a memory, calls and a step limit: a contract that
// runs other contracts.
//
//===----------------------------------------------------------------------===//
#include "kernel.h"

enum { stackSize = 256, memorySize = 256 };

typedef enum {
  Push,  // operand
  Load,  // address on the stack
  Store, // value, address
  Local, // operand: place above the frame
  SetLocal,
  Add,
  Subtract,
  Remainder,
  Less,
  Equal,
  Jump,     // operand: target
  JumpZero, // operand: target
  Call,     // operand: target; one argument, one result
  Return,
  Halt,
} Op;

typedef struct {
  u8 op;
  i32 operand;
} Instruction;

typedef struct {
  u64 stack[stackSize];
  u64 memory[memorySize];
  u32 steps;
} Machine;

/// Euclid's algorithm: locals 0 and 1 are the two numbers.
static const Instruction gcd[] = {{Local, 1},     {JumpZero, 9}, {Local, 0},    {Local, 1},
                                  {Remainder, 0}, {Local, 1},    {SetLocal, 0}, {SetLocal, 1},
                                  {Jump, 0},      {Local, 0},    {Halt, 0}};

/// Primes below local 0: counts them in local 1; local 2 walks, local 3 marks.
static const Instruction sieve[] = {
    {Push, 2},  {SetLocal, 2},                                 // 0
    {Local, 2}, {Local, 0},    {Less, 0},      {JumpZero, 31}, // 2
    {Local, 2}, {Load, 0},     {JumpZero, 13}, {Local, 2},     // 6
    {Push, 1},  {Add, 0},      {Jump, 1},                      // 10
    {Local, 1}, {Push, 1},     {Add, 0},       {SetLocal, 1},  // 13
    {Local, 2}, {SetLocal, 3},                                 // 17
    {Local, 3}, {Local, 2},    {Add, 0},       {SetLocal, 3},  // 19
    {Local, 3}, {Local, 0},    {Less, 0},      {JumpZero, 9},  // 23
    {Push, 1},  {Local, 3},    {Store, 0},     {Jump, 19},     // 27
    {Local, 1}, {Halt, 0},                                     // 31
};

/// The Fibonacci number of local 0.
static const Instruction fibonacci[] = {
    {Local, 0},  {Call, 3}, {Halt, 0},                                // 0
    {Local, 0},  {Push, 2}, {Less, 0},     {JumpZero, 9}, {Local, 0}, // 3
    {Return, 0},                                                      // 8
    {Local, 0},  {Push, 1}, {Subtract, 0}, {Call, 3},                 // 9
    {Local, 0},  {Push, 2}, {Subtract, 0}, {Call, 3},     {Add, 0},   // 13
    {Return, 0},                                                      // 18
};

static u64 binary(u8 op, u64 a, u64 b) {
  switch (op) {
  case Add:
    return a + b;
  case Subtract:
    return a - b;
  case Remainder:
    return b == 0 ? 0 : a % b;
  case Less:
    return a < b;
  default:
    return a == b;
  }
}

/// Runs until Halt; the first `locals` words of the stack are the program's.
static NOINLINE u64 execute(Machine *m, const Instruction *code, u32 locals) {
  u64 *stack = m->stack;
  u32 top = locals, frame = 0, at = 0;
  while (1) {
    Instruction now = code[at++];
    if (++m->steps > 1u << 24 || top > stackSize - 4)
      __builtin_trap();
    switch (now.op) {
    case Push:
      stack[top++] = (u64)(i64)now.operand;
      break;
    case Load:
      stack[top - 1] = m->memory[stack[top - 1] % memorySize];
      break;
    case Store:
      top -= 2;
      m->memory[stack[top + 1] % memorySize] = stack[top];
      break;
    case Local:
      stack[top++] = stack[frame + now.operand];
      break;
    case SetLocal:
      stack[frame + now.operand] = stack[--top];
      break;
    case Jump:
      at = now.operand;
      break;
    case JumpZero:
      if (stack[--top] == 0)
        at = now.operand;
      break;
    case Call: // The argument becomes local 0; behind it, where to go back to.
      stack[top] = (u64)frame << 32 | at;
      frame = top - 1;
      at = now.operand;
      ++top;
      break;
    case Return: {
      u64 back = stack[frame + 1];
      stack[frame] = stack[top - 1];
      top = frame + 1;
      frame = (u32)(back >> 32);
      at = (u32)back;
      break;
    }
    case Halt:
      return stack[top - 1];
    default:
      --top;
      stack[top - 1] = binary(now.op, stack[top - 1], stack[top]);
    }
  }
}

static u64 start(Machine *m, const Instruction *code, u64 first, u64 second) {
  for (u32 i = 0; i < memorySize; ++i)
    m->memory[i] = 0;
  m->steps = 0;
  m->stack[0] = first;
  m->stack[1] = second;
  m->stack[2] = m->stack[3] = 0;
  return execute(m, code, 4);
}

u32 run(u32 n) {
  static Machine machine;
  u64 state = 19;
  u32 checksum = 1;
  for (u32 i = 0; i < n; ++i) {
    u64 a = nextRandom(&state) >> 20, b = nextRandom(&state) >> 30;
    checksum = mixWide(checksum, start(&machine, gcd, a, b));
    checksum = mix(checksum, machine.steps);
    if (start(&machine, sieve, memorySize, 0) != 54)
      __builtin_trap();
    checksum = mix(checksum, machine.steps);
    if (start(&machine, fibonacci, 12, 0) != 144)
      __builtin_trap();
    checksum = mix(checksum, machine.steps);
  }
  return checksum;
}
