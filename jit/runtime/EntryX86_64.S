//===- EntryX86_64.S - Switch stacks on entry, jump out on a trap ---------===//
//
// uint32_t writ_enter_native(EntryFrame *frame, void *stackTop, NativeThunk thunk,
//                            InstanceContext *context, Activation *activation,
//                            void *native, uint64_t *values)
//
// Saves the callee-saved registers here, remembers in frame->sp where, moves to
// `stackTop` unless it is null and calls the thunk. Returns 0.
//
// void writ_leave_native(EntryFrame *frame, uint32_t kind)
//
// Makes that call of writ_enter_native return `kind`, from wherever it is called
// or, by the signal handler, jumped to.
//
//===----------------------------------------------------------------------===//

  .text
  .globl writ_enter_native
  .hidden writ_enter_native
  .type writ_enter_native, @function
  .p2align 4
writ_enter_native:
  .cfi_startproc
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  subq $8, %rsp
  .cfi_offset %rbx, -24
  .cfi_offset %r12, -32
  .cfi_offset %r13, -40
  .cfi_offset %r14, -48
  .cfi_offset %r15, -56
  movq %rsp, (%rdi)
  movq %rdi, %rbx
  movq %rdx, %rax
  testq %rsi, %rsi
  cmovneq %rsi, %rsp
  movq %rcx, %rdi
  movq %r8, %rsi
  movq %r9, %rdx
  movq 16(%rbp), %rcx
  callq *%rax
  movq (%rbx), %rsp
  xorl %eax, %eax
.Lreturn:
  addq $8, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  .cfi_def_cfa %rsp, 8
  retq
  .cfi_endproc
  .size writ_enter_native, . - writ_enter_native

  .globl writ_leave_native
  .hidden writ_leave_native
  .type writ_leave_native, @function
  .p2align 4
writ_leave_native:
  movq (%rdi), %rsp
  movl %esi, %eax
  cld
  jmp .Lreturn
  .size writ_leave_native, . - writ_leave_native

  .section .note.GNU-stack, "", @progbits
