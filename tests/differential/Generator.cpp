//===- Generator.cpp - Declarations of random modules ---------------------===//
#include "tests/differential/Generator.h"

#include "tests/differential/ModuleShape.h"
#include "tests/support/TestHost.h"

#include <string>

namespace writ::test {

std::vector<uint8_t> seededBytes(uint64_t seed, size_t count) {
  std::vector<uint8_t> bytes;
  bytes.reserve(count + 8);
  for (uint64_t state = seed; bytes.size() < count;) {
    // splitmix64: every seed gives a stream of its own.
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    for (unsigned i = 0; i < 8; ++i)
      bytes.push_back(uint8_t(z >> (8 * i)));
  }
  bytes.resize(count);
  return bytes;
}

static uint64_t randomInteger(ByteSource &in, unsigned bits) {
  static constexpr uint64_t awkward[] = {0,
                                         1,
                                         ~0ull,
                                         2,
                                         0x7fffffff,
                                         0x80000000,
                                         0xffffffff,
                                         0x7fffffffffffffff,
                                         0x8000000000000000,
                                         65535,
                                         65536,
                                         65532,
                                         31,
                                         32,
                                         63,
                                         64};
  uint64_t mask = bits == 64 ? ~0ull : (1ull << bits) - 1;
  switch (in.below(4)) {
  case 0:
    return in.byte();
  case 1:
    return in.pick(awkward) & mask;
  case 2:
    return in.number(2);
  default:
    return in.number(bits / 8);
  }
}

static uint64_t randomF32(ByteSource &in) {
  static constexpr uint32_t awkward[] = {
      0x00000000, 0x3f800000, 0x80000000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000,
      0xffc00000, 0x7fa00001, 0xff812345, 0x7fffffff, 0x00000001, 0x007fffff, 0x7f7fffff,
      0x4f000000, 0x4effffff, 0x5f000000, 0x4f800000, 0x3f000000, 0x40200000, 0xcf000000};
  return in.chance(200) ? in.pick(awkward) : in.number(4);
}

static uint64_t randomF64(ByteSource &in) {
  static constexpr uint64_t awkward[] = {
      0x0000000000000000, 0x3ff0000000000000, 0x8000000000000000, 0xbff0000000000000,
      0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 0xfff8000000000000,
      0x7ff4000000000001, 0xfff0000012345678, 0x7fffffffffffffff, 0x0000000000000001,
      0x000fffffffffffff, 0x7fefffffffffffff, 0x41e0000000000000, 0x41dfffffffc00000,
      0x43e0000000000000, 0x43f0000000000000, 0x3fe0000000000000, 0x4004000000000000,
      0xc1e0000000200000, 0x47efffffe0000000, 0x36a0000000000000};
  return in.chance(200) ? in.pick(awkward) : in.number(8);
}

uint64_t randomBits(ByteSource &in, ValueType type) {
  switch (type) {
  case ValueType::I32:
    return randomInteger(in, 32);
  case ValueType::I64:
    return randomInteger(in, 64);
  case ValueType::F32:
    return randomF32(in);
  case ValueType::F64:
    return randomF64(in);
  case ValueType::FuncRef:
    return 0;
  case ValueType::ExternRef:
    return in.below(4);
  }
  return 0;
}

static ValueType randomType(ByteSource &in) {
  static constexpr ValueType types[] = {ValueType::I32,     ValueType::I64,      ValueType::F64,
                                        ValueType::F32,     ValueType::I32,      ValueType::I64,
                                        ValueType::FuncRef, ValueType::ExternRef};
  return in.pick(types);
}

static FuncType randomSignature(ByteSource &in) {
  FuncType type;
  for (unsigned i = in.below(4); i > 0; --i)
    type.params.push_back(randomType(in));
  for (unsigned i = in.chance(64) ? 2 + in.below(3) : in.below(2); i > 0; --i)
    type.results.push_back(randomType(in));
  return type;
}

static ConstExpr constant(ValueType type, uint64_t bits) {
  bool isReference = type == ValueType::FuncRef || type == ValueType::ExternRef;
  return {isReference ? ConstExpr::Kind::RefNull : ConstExpr::Kind::Value, type, bits, 0};
}

static ConstExpr refFunc(uint32_t index) {
  return {ConstExpr::Kind::RefFunc, ValueType::FuncRef, 0, index};
}

static void importFunction(ModuleInfo &info, const FuncType &type, ImportName name) {
  info.imports.push_back({ExternKind::Func, uint32_t(info.funcs.size())});
  info.funcs.push_back({type, {}, std::move(name)});
}

static void importHost(ModuleShape &shape) {
  for (const TestHostFunction &function : testHostFunctions())
    importFunction(shape.writer.info, function.type, {"env", std::string(function.name)});
  shape.importedFuncs = uint32_t(shape.writer.info.funcs.size());
}

/// Everything that `first` exports, in the same order, so that a memory, table or global has
/// the same index in both.
static void importAll(ModuleShape &shape, const ModuleInfo &first) {
  ModuleInfo &info = shape.writer.info;
  for (const ExportDecl &decl : first.exports) {
    ImportName name{"first", decl.name};
    switch (decl.kind) {
    case ExternKind::Func:
      importFunction(info, first.funcs[decl.index].type, name);
      break;
    case ExternKind::Table:
      info.imports.push_back({decl.kind, uint32_t(info.tables.size())});
      info.tables.push_back(first.tables[decl.index]);
      info.tables.back().import = name;
      break;
    case ExternKind::Memory:
      info.imports.push_back({decl.kind, 0});
      info.memories.push_back(first.memories[0]);
      info.memories.back().import = name;
      break;
    case ExternKind::Global:
      info.imports.push_back({decl.kind, uint32_t(info.globals.size())});
      info.globals.push_back(first.globals[decl.index]);
      info.globals.back().import = name;
    }
  }
  shape.importedFuncs = uint32_t(info.funcs.size());
  shape.funcTables = {0, 2};
  shape.externTables = {1};
}

/// The own functions: f0, f1, …, and the one that `TestHost` calls back.
static void declareFunctions(ModuleShape &shape, ByteSource &in) {
  ModuleInfo &info = shape.writer.info;
  shape.blockTypes = {{{}, {}}, {{ValueType::I32}, {ValueType::I32}}};
  for (unsigned i = 2 + in.below(4); i > 0; --i)
    shape.blockTypes.push_back(randomSignature(in));
  unsigned count = 1 + in.below(shape.isSmall ? 3 : 7);
  for (unsigned i = 0; i < count; ++i) {
    std::string name = "f" + std::to_string(i);
    info.exports.push_back({name, ExternKind::Func, uint32_t(info.funcs.size())});
    info.funcs.push_back({in.pick(shape.blockTypes), name, {}});
  }
  info.exports.push_back({"callback", ExternKind::Func, uint32_t(info.funcs.size())});
  info.funcs.push_back({{{ValueType::I32}, {ValueType::I32}}, "callback", {}});
}

static void declareState(ModuleShape &shape, ByteSource &in) {
  ModuleInfo &info = shape.writer.info;
  info.memories.push_back({{in.below(8) == 7 ? 0u : 1u, 3}, {}});
  info.exports.push_back({"memory", ExternKind::Memory, 0});
  for (unsigned i = 0; i < 3; ++i) {
    ValueType element = i == 1 ? ValueType::ExternRef : ValueType::FuncRef;
    info.tables.push_back({element, {4 + 4 * i, 20}, {}});
    (i == 1 ? shape.externTables : shape.funcTables).push_back(i);
    info.exports.push_back({"table" + std::to_string(i), ExternKind::Table, i});
  }
  static constexpr ValueType types[] = {ValueType::I32, ValueType::I64,     ValueType::F32,
                                        ValueType::F64, ValueType::FuncRef, ValueType::ExternRef};
  for (unsigned i = 0; i < 8; ++i) {
    ValueType type = i < 6 ? types[i] : ValueType::I32;
    uint64_t bits = type < ValueType::FuncRef ? randomBits(in, type) : 0;
    info.globals.push_back({type, i != 7, {}, constant(type, bits)});
    info.exports.push_back({"global" + std::to_string(i), ExternKind::Global, i});
  }
}

static void declareSegments(ModuleShape &shape, ByteSource &in) {
  ModuleInfo &info = shape.writer.info;
  if (info.memories[0].limits.min > 0) {
    std::string bytes;
    for (unsigned i = in.below(64); i > 0; --i)
      bytes.push_back(char(in.byte()));
    info.data.push_back({SegmentMode::Active, 0, constant(ValueType::I32, in.below(32)), bytes});
  }
  shape.passiveData = unsigned(info.data.size());
  info.data.push_back({SegmentMode::Passive, 0, {}, "a passive segment of 31 bytes.."});

  ElemSegment active{
      SegmentMode::Active, ValueType::FuncRef, 0, constant(ValueType::I32, in.below(2)), {}};
  for (unsigned i = 0; i < 3; ++i)
    active.items.push_back(refFunc(in.below(unsigned(info.funcs.size()))));
  info.elems.push_back(active);
  active.table = 2;
  for (unsigned i = 0; i < 6; ++i)
    active.items.push_back(i == 4 ? constant(ValueType::FuncRef, 0)
                                  : refFunc(in.below(unsigned(info.funcs.size()))));
  info.elems.push_back(active);
  shape.passiveElem = unsigned(info.elems.size());
  info.elems.push_back({SegmentMode::Passive, ValueType::FuncRef, 0, {}, active.items});
  ElemSegment declarative{SegmentMode::Declarative, ValueType::FuncRef, 0, {}, {}};
  for (uint32_t i = 0; i < info.funcs.size(); ++i)
    declarative.items.push_back(refFunc(i)); // So that ref.func may name any.
  info.elems.push_back(declarative);
}

static void generateCalls(const ModuleShape &shape, ByteSource &in, unsigned module,
                          std::vector<GeneratedCall> &calls) {
  const ModuleInfo &info = shape.writer.info;
  unsigned own = unsigned(info.funcs.size()) - shape.importedFuncs;
  unsigned count = shape.isSmall ? 1 + in.below(2) : 3 + in.below(6);
  for (unsigned i = 0; i < count; ++i) {
    const FuncDecl &func = info.funcs[shape.importedFuncs + (i + in.below(2)) % own];
    GeneratedCall call{module, func.name, {}};
    for (ValueType type : func.type.params)
      call.args.push_back(randomBits(in, type));
    calls.push_back(std::move(call));
  }
}

static void generateCode(ModuleShape &shape, ByteSource &in) {
  ModuleInfo &info = shape.writer.info;
  if (in.chance(24)) {
    info.start = uint32_t(info.funcs.size());
    info.funcs.push_back({{{}, {}}, "start", {}});
  }
  for (uint32_t i = shape.importedFuncs; i < info.funcs.size(); ++i)
    shape.writer.bodies.push_back(generateBody(shape, in, i));
}

GeneratedProgram generateProgram(std::span<const uint8_t> bytes, const GeneratorOptions &options) {
  static constexpr uint64_t stackSizes[] = {262144, 20000, 2000};
  ByteSource in(bytes);
  GeneratedProgram program;
  program.stackBytes = in.pick(stackSizes);
  unsigned modules = in.chance(60) ? 2 : 1;
  ModuleInfo first;
  for (unsigned i = 0; i < modules; ++i) {
    ModuleShape shape;
    shape.isSmall = options.isSmall;
    importHost(shape);
    if (i > 0)
      importAll(shape, first);
    declareFunctions(shape, in);
    if (i == 0)
      declareState(shape, in);
    declareSegments(shape, in);
    generateCalls(shape, in, i, program.calls);
    generateCode(shape, in);
    program.modules.push_back(shape.writer.encode());
    first = std::move(shape.writer.info);
  }
  return program;
}

} // namespace writ::test
