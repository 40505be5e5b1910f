//===- ModuleInfoFormat.h - What a module declares, as bytes --------------===//
//
// The parts of an artifact that are not code. One module has one form: equal declarations are equal
// bytes. No LLVM, no MLIR.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_IMAGE_MODULEINFOFORMAT_H
#define WRIT_JIT_IMAGE_MODULEINFOFORMAT_H

#include "hostabi/Bytes.h"
#include "hostabi/CostClasses.h"
#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"

#include <vector>

namespace writ {

/// `info` as `extractModuleInfo` or `readModuleInfo` makes it.
void writeModuleInfo(ByteWriter &writer, const ModuleInfo &info);

/// Whatever is there, the result is one that may be instantiated: imports come first, indices are
/// in range, types and limits fit, names of exports are unique. Errors are BadInput.
Result<ModuleInfo> readModuleInfo(ByteReader &reader);

/// A charge table.
void writeCharges(ByteWriter &writer, const std::vector<CostCounts> &charges);
/// Classes are known, sorted and without zero counts, or the reader has failed.
std::vector<CostCounts> readCharges(ByteReader &reader);

void writeFuncType(ByteWriter &writer, const FuncType &type);
FuncType readFuncType(ByteReader &reader);

} // namespace writ

#endif
