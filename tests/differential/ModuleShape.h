//===- ModuleShape.h - What the code of a generated module can use --------===//
#ifndef WRIT_TESTS_DIFFERENTIAL_MODULESHAPE_H
#define WRIT_TESTS_DIFFERENTIAL_MODULESHAPE_H

#include "tests/differential/ByteSource.h"
#include "tests/support/Encoder.h"

namespace writ::test {

/// The declarations of a module, made before its code.
struct ModuleShape {
  ModuleWriter writer;
  std::vector<FuncType> blockTypes; ///< For typed blocks and indirect calls.
  uint32_t importedFuncs = 0;
  std::vector<uint32_t> funcTables; ///< Indices of the tables of funcref.
  std::vector<uint32_t> externTables;
  unsigned passiveData = 0; ///< Index of the passive data segment.
  unsigned passiveElem = 0; ///< Index of the passive element segment of funcref.
  bool isSmall = false;
};

/// A constant of `type`, as its bits: often one of the awkward ones. 0 for funcref.
uint64_t randomBits(ByteSource &in, ValueType type);

/// The body of function `index`.
Body generateBody(ModuleShape &shape, ByteSource &in, uint32_t index);

} // namespace writ::test

#endif
