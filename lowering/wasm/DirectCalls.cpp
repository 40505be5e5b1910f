//===- DirectCalls.cpp - Hand the gas left over in calls ------------------===//
#include "lowering/wasm/DirectCalls.h"

#include "lowering/wasm/Helpers.h"
#include "lowering/wasm/Instructions.h"

using namespace writ;
using namespace writ::wasmgen;

namespace {
/// Adds to code that has gaps.
class CodeBuilder {
public:
  explicit CodeBuilder(Code &code) : code(code), out(code.bytes) {}

  void op(uint8_t instruction) { out.byte(instruction); }
  void op(uint8_t instruction, uint64_t immediate) {
    out.byte(instruction);
    out.number(immediate);
  }
  void op(uint8_t instruction, GapKind kind, uint32_t index) {
    op(instruction);
    addGap(code, kind, index);
  }
  void meter(uint8_t instruction, MeterGlobal global) {
    op(instruction, GapKind::Meter, uint32_t(global));
  }

  Code &code;
  Encoder out;
};
} // namespace

DirectCalls::DirectCalls(ModuleState &module, const SpeedChoice &choice,
                         const std::vector<uint32_t> &roots)
    : module(module) {
  auto bodies = choice.bodies();
  for (auto [index, body] : bodies)
    if (body->isDirect)
      direct.insert(index);
  needsEntry.insert(roots.begin(), roots.end());
  for (auto [index, body] : bodies) {
    add(index | (body->isDirect ? directBit : 0), *body);
    if (body->assumes)
      add(index | smallBit, choice.smallest(index));
  }
  for (uint32_t index : direct)
    if (needsEntry.contains(index))
      addEntry(index);
}

void DirectCalls::add(uint32_t index, const Body &body) {
  for (const Gap &gap : body.code.gaps)
    if (gap.kind == GapKind::Func)
      needsEntry.insert(gap.index);
  Body &copy = made[index] = body;
  if (body.isDirect)
    resolve(copy);
}

/// Behind the arguments, those that metering brings along; or both go to their globals.
void DirectCalls::resolve(Body &body) {
  Code code;
  CodeBuilder build(code);
  uint32_t gas = uint32_t(module.types[body.type].params.size()) - 2;
  copyCode(code, body.code, [&](const Gap &gap) {
    bool isTail = gap.kind == GapKind::DirectTailCall;
    if (gap.kind != GapKind::DirectCall && !isTail) {
      code.gaps.push_back(gap);
      code.gaps.back().at = uint32_t(code.bytes.size());
      return;
    }
    bool takesThem = direct.contains(gap.index);
    bool isPlace = !code.places.empty() && code.places.back().at == code.bytes.size() &&
                   code.places.back().gaps == code.gaps.size();
    build.op(localGetCode, gas);
    if (!takesThem)
      build.meter(globalSetCode, MeterGlobal::GasLeft);
    build.op(localGetCode, gas + 1);
    if (!takesThem)
      build.meter(globalSetCode, MeterGlobal::StackLeft);
    if (isPlace) { // The call's own, wherever that has moved.
      code.places.back().at = uint32_t(code.bytes.size());
      code.places.back().gaps = uint32_t(code.gaps.size());
    }
    build.op(isTail ? returnCallCode : callCode, GapKind::Func,
             gap.index | (takesThem ? directBit : 0));
  });
  body.code = std::move(code);
}

/// Others find the stack left in its global, as it was. What makes tail calls sees to that itself,
/// since it may be called by one.
void DirectCalls::addEntry(uint32_t index) {
  Body body;
  const FuncType &type = module.info.funcs[index].type;
  body.type = module.typeNumber(type);
  CodeBuilder build(body.code);
  auto saved = uint32_t(type.params.size());
  if (module.mayCallIndirectly) {
    build.op(i32ConstCode);
    build.out.signedNumber(faultInMemory);
    build.meter(globalSetCode, MeterGlobal::Fault);
  }
  for (uint32_t param = 0; param < saved; ++param)
    build.op(localGetCode, param);
  build.meter(globalGetCode, MeterGlobal::GasLeft);
  build.meter(globalGetCode, MeterGlobal::StackLeft);
  if (module.hasTailCalls) {
    build.op(returnCallCode, GapKind::Func, index | directBit);
  } else {
    body.locals = {{1, ValueType::I32}};
    build.op(localTeeCode, saved);
    build.op(callCode, GapKind::Func, index | directBit);
    build.op(localGetCode, saved);
    build.meter(globalSetCode, MeterGlobal::StackLeft);
  }
  build.op(endCode);
  made[index] = std::move(body);
}
