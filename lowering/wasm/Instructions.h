//===- Instructions.h - Encodings that are used by name -------------------===//
#ifndef WRIT_LOWERING_WASM_INSTRUCTIONS_H
#define WRIT_LOWERING_WASM_INSTRUCTIONS_H

#include <cstdint>

namespace writ::wasmgen {

/// Those of ops that one row of a table each says are in the table (NumericOps.cpp).
enum Instruction : uint8_t {
  unreachableCode = 0x00,
  blockCode = 0x02,
  loopCode = 0x03,
  ifCode = 0x04,
  elseCode = 0x05,
  endCode = 0x0b,
  brCode = 0x0c,
  brIfCode = 0x0d,
  brTableCode = 0x0e,
  returnCode = 0x0f,
  callCode = 0x10,
  callIndirectCode = 0x11,
  returnCallCode = 0x12,
  returnCallIndirectCode = 0x13,
  dropCode = 0x1a,
  selectCode = 0x1b,
  typedSelectCode = 0x1c,
  localGetCode = 0x20,
  localSetCode = 0x21,
  localTeeCode = 0x22,
  globalGetCode = 0x23,
  globalSetCode = 0x24,
  tableGetCode = 0x25,
  tableSetCode = 0x26,
  memorySizeCode = 0x3f,
  memoryGrowCode = 0x40,
  i32ConstCode = 0x41,
  i64ConstCode = 0x42,
  f32ConstCode = 0x43,
  f64ConstCode = 0x44,
  i32EqzCode = 0x45,
  i32EqCode = 0x46,
  i32NeCode = 0x47,
  i32LtSCode = 0x48,
  i32LtUCode = 0x49,
  i32GeUCode = 0x4f,
  i64EqzCode = 0x50,
  i64EqCode = 0x51,
  i64LtSCode = 0x53,
  i64GtSCode = 0x55,
  i64GeUCode = 0x5a,
  f32EqCode = 0x5b,
  f32NeCode = 0x5c,
  f64EqCode = 0x61,
  f64NeCode = 0x62,
  i32AddCode = 0x6a,
  i32SubCode = 0x6b,
  i32AndCode = 0x71,
  i32OrCode = 0x72,
  i32ShrUCode = 0x76,
  i64AddCode = 0x7c,
  i64SubCode = 0x7d,
  i64MulCode = 0x7e,
  i64ShlCode = 0x86,
  i32WrapI64Code = 0xa7,
  i64ExtendI32SCode = 0xac,
  i64ExtendI32UCode = 0xad,
  i32Extend8SCode = 0xc0,
  i64Extend8SCode = 0xc2,
  refNullCode = 0xd0,
  refIsNullCode = 0xd1,
  refFuncCode = 0xd2,
  miscCode = 0xfc,
  miscTableSizeCode = 0x10, ///< After that.
  emptyBlock = 0x40,
};

/// What sections begin with.
enum SectionCode : uint8_t {
  customSection = 0,
  typeSection = 1,
  importSection = 2,
  functionSection = 3,
  tableSection = 4,
  memorySection = 5,
  globalSection = 6,
  exportSection = 7,
  startSection = 8,
  elementSection = 9,
  codeSection = 10,
  dataSection = 11,
  dataCountSection = 12,
};

} // namespace writ::wasmgen

#endif
