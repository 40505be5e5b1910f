//===- OpTable.cpp - Gather the families of ops ---------------------------===//

#include "jit/singlepass/OpTable.h"

using namespace writ::singlepass;

OpTable::OpTable() {
  addArithOps(*this);
  addCallOps(*this);
  addCompareOps(*this);
  addControlOps(*this);
  addConvertOps(*this);
  addDivisionOps(*this);
  addFloatOps(*this);
  addGasOps(*this);
  addMemoryOps(*this);
  addShiftOps(*this);
  addStorageOps(*this);
  addTableOps(*this);
}
