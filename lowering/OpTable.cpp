//===- OpTable.cpp - Gather the families of ops ---------------------------===//

#include "lowering/OpTable.h"

using namespace writ::lowering;

OpTable::OpTable() {
  addArithOps(*this);
  addCallOps(*this);
  addControlOps(*this);
  addFloatOps(*this);
  addGasOps(*this);
  addIntegerOps(*this);
  addMemoryOps(*this);
  addStorageOps(*this);
  addTableOps(*this);
}
