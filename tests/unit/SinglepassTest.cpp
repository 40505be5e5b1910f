//===- SinglepassTest.cpp - Each op on singlepass and the interpreter -----===//
//
// Every op whose types its opcode fixes is run with edge values on both tiers: its operands in
// parameters, as constants and fresh from memory, its result returned and stored to a local.
//
//===----------------------------------------------------------------------===//
#include "jit/runtime/Linker.h"
#include "tests/support/Encoder.h"
#include "tests/support/Variant.h"

#include <bit>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <limits>

using namespace writ;
using namespace writ::test;
using wasm::Opcode;

namespace {
/// One module, instantiated on the interpreter and on the singlepass tier.
class TwoTiers {
public:
  explicit TwoTiers(ModuleWriter &writer) {
    static constexpr Variant variants[] = {
        {"interp", Metering::Merged, "interp", false},
        {"singlepass", Metering::Merged, "singlepass", false},
    };
    auto modules = compileVariants(writer.encode(), variants, "test");
    REQUIRE_MESSAGE(modules, (modules ? "" : modules.error().message));
    for (size_t i = 0; i < 2; ++i) {
      InstanceOptions options;
      options.tier = (*modules)[i].tier;
      auto made = Linker(stores[i]).instantiate((*modules)[i].module, options);
      REQUIRE(made);
      instances[i] = made->instance;
    }
  }

  /// Both outcomes as text, which must be equal.
  std::string call(const std::string &name, std::span<const uint64_t> arguments, uint64_t gas) {
    std::string said[2];
    for (size_t i = 0; i < 2; ++i) {
      CallLimits limits;
      limits.gas = gas;
      auto outcome = instances[i]->call(name, arguments, limits);
      REQUIRE(outcome);
      said[i] =
          fmt::format("{} at {:#x}, gas {}, {:#x}", trapName(outcome->trap.kind),
                      outcome->trap.offset, outcome->gasUsed, fmt::join(outcome->values, " "));
    }
    CHECK_MESSAGE(said[0] == said[1], name);
    return said[1];
  }

private:
  Store stores[2];
  Instance *instances[2] = {};
};

/// Where an op's operands come from.
enum class From { Params, Constants, ParamAndConstant, ConstantAndParam, Memory };
} // namespace

static std::vector<uint64_t> edgeValues(ValueType type) {
  auto f = [](float x) { return uint64_t(std::bit_cast<uint32_t>(x)); };
  auto d = [](double x) { return std::bit_cast<uint64_t>(x); };
  switch (type) {
  case ValueType::I32:
    return {0, 1, 2, 31, 33, 0x7f, 0x80, 0xffff, 0x8000, 0x7fffffff, 0x80000000, 0xffffffff};
  case ValueType::I64:
    return {0,
            1,
            63,
            65,
            0x80,
            0x8000,
            0x80000000,
            0xffffffff,
            0x7fffffffffffffff,
            0x8000000000000000,
            0xffffffffffffffff};
  case ValueType::F32:
    return {f(0.0f),
            f(-0.0f),
            f(1.5f),
            f(-2.5f),
            f(0x1p31f),
            f(-0x1p31f),
            f(0x1p63f),
            f(-0x1p63f),
            f(0x1.fffffep63f),
            f(1e-45f),
            f(std::numeric_limits<float>::infinity()),
            0x7fc00000,
            0xffc00001,
            0x7fa00000};
  default:
    return {d(0.0),
            d(-0.0),
            d(-0.9),
            d(2147483647.9),
            d(-2147483648.9),
            d(4294967295.5),
            d(0x1p63),
            d(-0x1p63),
            d(0x1p64),
            d(5e-324),
            d(std::numeric_limits<double>::infinity()),
            0x7ff8000000000000,
            0xfff8000000000001,
            0x7ff4000000000000};
  }
}

static void putConstant(Code &code, ValueType type, uint64_t bits) {
  switch (type) {
  case ValueType::I32:
    code.i32(int32_t(bits));
    break;
  case ValueType::I64:
    code.i64(int64_t(bits));
    break;
  case ValueType::F32:
    code.f32(uint32_t(bits));
    break;
  default:
    code.f64(bits);
  }
}

static Opcode memoryOp(ValueType type, bool isLoad) {
  switch (type) {
  case ValueType::I32:
    return isLoad ? Opcode::I32Load : Opcode::I32Store;
  case ValueType::I64:
    return isLoad ? Opcode::I64Load : Opcode::I64Store;
  case ValueType::F32:
    return isLoad ? Opcode::F32Load : Opcode::F32Store;
  default:
    return isLoad ? Opcode::F64Load : Opcode::F64Store;
  }
}

static bool isTested(const wasm::OpInfo &op) {
  return op.immediate == wasm::ImmediateKind::None && !op.signature.isSpecial &&
         op.signature.numParams != 0 && op.signature.numResults == 1;
}

/// A function with the op's parameters that stores its result to a local and returns it plus, to
/// see that nothing else was lost, what the local holds by then.
static Body makeBody(const wasm::OpInfo &op, From from, std::span<const uint64_t> constants) {
  const wasm::OpSignature &signature = op.signature;
  Code code;
  for (unsigned i = 0; i < signature.numParams; ++i) {
    ValueType type = signature.params[i];
    bool isConstant = from == From::Constants || (from == From::ParamAndConstant && i == 1) ||
                      (from == From::ConstantAndParam && i == 0);
    if (isConstant) {
      putConstant(code, type, constants[i]);
    } else if (from == From::Memory) {
      code.i32(int32_t(16 * i)).op(Opcode::LocalGet, i).op(memoryOp(type, false), 0, 0);
      code.i32(int32_t(16 * i)).op(memoryOp(type, true), 0, 0);
    } else {
      code.op(Opcode::LocalGet, i);
    }
  }
  code.op(op.opcode);
  code.op(Opcode::LocalTee, signature.numParams).op(Opcode::LocalGet, signature.numParams);
  code.end();
  return {{signature.result}, code.bytes};
}

static void addFunction(ModuleWriter &writer, const std::string &name, const wasm::OpInfo &op,
                        Body body) {
  FuncDecl decl;
  decl.type.params.assign(op.signature.params, op.signature.params + op.signature.numParams);
  decl.type.results = {op.signature.result, op.signature.result};
  writer.info.exports.push_back({name, ExternKind::Func, uint32_t(writer.info.funcs.size())});
  writer.info.funcs.push_back(decl);
  writer.bodies.push_back(std::move(body));
}

/// Calls `use` with each combination of edge values for the operands.
template <typename Use>
static void forEachOperands(const wasm::OpInfo &op, Use use) {
  std::vector<uint64_t> second{0};
  if (op.signature.numParams > 1)
    second = edgeValues(op.signature.params[1]);
  for (uint64_t a : edgeValues(op.signature.params[0]))
    for (uint64_t b : second) {
      uint64_t values[] = {a, b};
      use(std::span<const uint64_t>(values, op.signature.numParams));
    }
}

static ModuleWriter writerWithMemory() {
  ModuleWriter writer;
  writer.info.memories.push_back({{1, 1}, {}});
  return writer;
}

TEST_CASE("each op gives the same from parameters and from memory as on the interpreter") {
  ModuleWriter writer = writerWithMemory();
  for (const wasm::OpInfo &op : wasm::opTable)
    if (isTested(op)) {
      addFunction(writer, fmt::format("{} params", op.text), op, makeBody(op, From::Params, {}));
      addFunction(writer, fmt::format("{} memory", op.text), op, makeBody(op, From::Memory, {}));
    }
  TwoTiers tiers(writer);
  for (const wasm::OpInfo &op : wasm::opTable)
    if (isTested(op))
      forEachOperands(op, [&](std::span<const uint64_t> values) {
        tiers.call(fmt::format("{} params", op.text), values, 1000);
        tiers.call(fmt::format("{} memory", op.text), values, 1000);
      });
}

TEST_CASE("each op gives the same with constants as on the interpreter") {
  for (const wasm::OpInfo &op : wasm::opTable) {
    if (!isTested(op))
      continue;
    ModuleWriter writer = writerWithMemory();
    uint32_t number = 0;
    forEachOperands(op, [&](std::span<const uint64_t> values) {
      for (From from : {From::Constants, From::ParamAndConstant, From::ConstantAndParam})
        addFunction(writer, fmt::format("{}", number++), op, makeBody(op, from, values));
    });
    TwoTiers tiers(writer);
    number = 0;
    forEachOperands(op, [&](std::span<const uint64_t> values) {
      INFO(op.text);
      for (int i = 0; i < 3; ++i)
        tiers.call(fmt::format("{}", number++), values, 1000);
    });
  }
}

TEST_CASE("each op runs out of gas at the same place at every gas limit") {
  ModuleWriter writer = writerWithMemory();
  for (const wasm::OpInfo &op : wasm::opTable)
    if (isTested(op))
      addFunction(writer, std::string(op.text), op, makeBody(op, From::Memory, {}));
  TwoTiers tiers(writer);
  for (const wasm::OpInfo &op : wasm::opTable)
    if (isTested(op))
      for (uint64_t gas = 0; gas < 30; ++gas) {
        uint64_t values[] = {7, 0};
        tiers.call(std::string(op.text), std::span(values, op.signature.numParams), gas);
      }
}
