//===- HandlersState.cpp - Globals, tables, bulk memory, references -------===//
#include "jit/interp/Handlers.h"

using namespace writ;
using namespace writ::interp;

WRIT_HANDLER(writ::interp::runConst64) {
  std::memcpy(&fp[pc->a], pc[1].data, sizeof(Word));
  WRIT_NEXT(2);
}

WRIT_HANDLER(writ::interp::runSelect) {
  fp[pc->a] = fp[pc->b] ? fp[pc->c] : fp[pc->d];
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runFarLoad) {
  fp[pc->a] = fp[pc->uimm];
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runFarStore) {
  fp[pc->uimm] = fp[pc->a];
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runGlobalGet) {
  fp[pc->a] = *ownGlobal(context, pc->uimm);
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runGlobalSet) {
  *ownGlobal(context, pc->uimm) = fp[pc->a];
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runImportedGet) {
  fp[pc->a] = *context->importedGlobals[pc->uimm];
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runImportedSet) {
  *context->importedGlobals[pc->uimm] = fp[pc->a];
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runRefFunc) {
  fp[pc->a] = reinterpret_cast<Word>(context->funcs[pc->uimm]);
  WRIT_NEXT(1);
}

//===----------------------------------------------------------------------===//
// Through the runtime. What it gives back besides success is the trap.
//===----------------------------------------------------------------------===//

#define WRIT_TRAP_IF_FAILED(Call)                                                                  \
  do {                                                                                             \
    if (uint32_t kind = (Call)) {                                                                  \
      state->status = kind;                                                                        \
      WRIT_TAIL_CALL(trapWithStatus);                                                              \
    }                                                                                              \
  } while (false)
#define WRIT_WORD32(Field) uint32_t(fp[pc->Field])

WRIT_HANDLER(writ::interp::runMemorySize) {
  fp[pc->a] = memoryBytes >> 16;
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runMemoryGrow) {
  fp[pc->a] = context->runtime->memoryGrow(context, WRIT_WORD32(b));
  memoryBytes = context->memoryBytes;
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runMemoryCopy) {
  WRIT_TRAP_IF_FAILED(
      context->runtime->memoryCopy(context, WRIT_WORD32(a), WRIT_WORD32(b), WRIT_WORD32(c)));
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runMemoryFill) {
  WRIT_TRAP_IF_FAILED(
      context->runtime->memoryFill(context, WRIT_WORD32(a), WRIT_WORD32(b), WRIT_WORD32(c)));
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runMemoryInit) {
  WRIT_TRAP_IF_FAILED(context->runtime->memoryInit(context, pc[1].data[0], WRIT_WORD32(a),
                                                   WRIT_WORD32(b), WRIT_WORD32(c)));
  WRIT_NEXT(2);
}

WRIT_HANDLER(writ::interp::runDataDrop) {
  context->runtime->dataDrop(context, pc->uimm);
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runTableGet) {
  const TableView *table = context->tables[pc->uimm];
  uint32_t index = WRIT_WORD32(b);
  if (index >= table->size)
    WRIT_TAIL_CALL(trapWith<TrapKind::TableOutOfBounds>);
  fp[pc->a] = table->elements[index];
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runTableSet) {
  TableView *table = context->tables[pc->uimm];
  uint32_t index = WRIT_WORD32(a);
  if (index >= table->size)
    WRIT_TAIL_CALL(trapWith<TrapKind::TableOutOfBounds>);
  table->elements[index] = fp[pc->b];
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runTableSize) {
  fp[pc->a] = context->tables[pc->uimm]->size;
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runTableGrow) {
  fp[pc->a] = context->runtime->tableGrow(context, pc[1].data[0], fp[pc->b], WRIT_WORD32(c));
  WRIT_NEXT(2);
}

WRIT_HANDLER(writ::interp::runTableFill) {
  WRIT_TRAP_IF_FAILED(context->runtime->tableFill(context, pc[1].data[0], WRIT_WORD32(a), fp[pc->b],
                                                  WRIT_WORD32(c)));
  WRIT_NEXT(2);
}

WRIT_HANDLER(writ::interp::runTableCopy) {
  WRIT_TRAP_IF_FAILED(context->runtime->tableCopy(context, pc[1].data[0], pc[1].data[1],
                                                  WRIT_WORD32(a), WRIT_WORD32(b), WRIT_WORD32(c)));
  WRIT_NEXT(2);
}

WRIT_HANDLER(writ::interp::runTableInit) {
  WRIT_TRAP_IF_FAILED(context->runtime->tableInit(context, pc[1].data[1], pc[1].data[0],
                                                  WRIT_WORD32(a), WRIT_WORD32(b), WRIT_WORD32(c)));
  WRIT_NEXT(2);
}

WRIT_HANDLER(writ::interp::runElemDrop) {
  context->runtime->elemDrop(context, pc->uimm);
  WRIT_NEXT(1);
}
