//===- ModuleFromIRTest.cpp - Declarations read back from IR --------------===//
#include "jit/ModuleFromIR.h"
#include "mlir-dialect/IR/Contract.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

using namespace writ;

/// `text` need not verify: nothing that is read may rely on it.
static Result<ModuleInfo> extract(const std::string &text) {
  static mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  context.loadDialect<contract::ContractDialect>();
  mlir::ParserConfig config(&context, /*verifyAfterParse=*/false);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, config, "m.mlir");
  REQUIRE(module);
  return extractModuleInfo(*module);
}

/// The error without its position, or "ok".
static std::string verdict(const std::string &text) {
  Result<ModuleInfo> info = extract(text);
  if (info)
    return "ok";
  CHECK(info.error().kind == ErrorKind::BadInput);
  CHECK(info.error().message.starts_with("m.mlir:"));
  return info.error().message.substr(info.error().message.find(": ") + 2);
}

TEST_CASE("declarations are read in the order of their index spaces") {
  Result<ModuleInfo> info = extract(R"(
    module @token {
      contract.global i32 import "env" "base"
      contract.func @log(i32) -> i64 import "env" "log"
      contract.data at #contract.global<0> "hi"
      contract.memory 1 max 2
      contract.table !contract.funcref 3
      contract.global mutable f32 = 0x7FA00000 : f32
      contract.elem !contract.funcref in 0 at 1 : i32 [@f2, unit]
      contract.export "run" func 1
      contract.start @init
      contract.func @init() { contract.return }
      contract.func @f2() { contract.return }
    })");
  REQUIRE(info);
  CHECK(info->name == "token");
  REQUIRE(info->imports.size() == 2);
  CHECK(info->imports[0].kind == ExternKind::Global);
  CHECK(info->imports[1].kind == ExternKind::Func);
  REQUIRE(info->funcs.size() == 3);
  CHECK(info->funcs[0].import->name == "log");
  CHECK(toString(info->funcs[0].type) == "(i32) -> (i64)");
  CHECK(info->funcs[1].name == "init");
  CHECK(info->funcs[2].name.empty());
  CHECK(info->start == 1u);
  CHECK(info->memories[0].limits == SizeLimits{1, 2});
  CHECK(info->globals[1].init.bits == 0x7fa00000);
  CHECK(info->data[0].offset.kind == ConstExpr::Kind::GlobalGet);
  CHECK(info->elems[0].items[0].index == 2);
  CHECK(info->elems[0].items[1].kind == ConstExpr::Kind::RefNull);
  CHECK(info->elems[0].offset.bits == 1);
}

TEST_CASE("limits are those of the index type") {
  CHECK(verdict("contract.memory 65536 max 65536") == "ok");
  CHECK(verdict("contract.memory 65537") == "contract.memory has a minimum above 65536");
  CHECK(verdict("contract.memory -1") == "contract.memory has a minimum above 65536");
  CHECK(verdict("contract.memory 2 max 1") ==
        "contract.memory has a maximum below its minimum or above 65536");
  CHECK(verdict("contract.memory 1\ncontract.memory 1") ==
        "contract.memory is the second one; expected at most one");
  CHECK(verdict("contract.table i32 1") == "contract.table does not hold references");
}

TEST_CASE("imports come first and have two names") {
  CHECK(verdict("contract.memory 1\ncontract.global i32 import \"a\" \"b\"") == "ok");
  CHECK(verdict("contract.global i32 = 1 : i32\ncontract.global i32 import \"a\" \"b\"") ==
        "contract.global is an import and stands after one that is none");
  CHECK(verdict("\"contract.memory\"() {min = 1 : i64, import_name = \"b\"} : () -> ()") ==
        "contract.memory has one import name; expected a module and a name, or neither");
}

TEST_CASE("initial values are of the global's type") {
  CHECK(verdict("contract.global i32") ==
        "contract.global has an initial value or offset that is no constant i32");
  CHECK(verdict("contract.global i32 = 1 : i64") ==
        "contract.global has an initial value or offset that is no i32");
  CHECK(verdict("contract.global i32 = 1 : i128") ==
        "contract.global has a type that is no core value type");
  CHECK(verdict("contract.global i32 = \"one\"") ==
        "contract.global has an initial value or offset that is no constant i32");
  CHECK(verdict("contract.global i32 = unit") ==
        "contract.global has an initial value or offset that is no constant i32");
  CHECK(verdict("contract.global !contract.funcref = @nobody") ==
        "contract.global names @nobody; expected a function");
  CHECK(verdict("contract.global i32 = #contract.global<0>") ==
        "contract.global names global 0; expected one of the declared");
  CHECK(verdict("contract.global mutable i32 import \"a\" \"b\"\n"
                "contract.global i32 = #contract.global<0>") ==
        "contract.global names global 0; expected an imported constant i32");
  CHECK(verdict("contract.global i128 = 1 : i128") ==
        "contract.global has a type that is no core value type");
}

TEST_CASE("exports, segments and the start function name what exists") {
  CHECK(verdict("contract.export \"x\" func 0") ==
        "contract.export names index 0; expected one of 0");
  CHECK(verdict("contract.memory 1\ncontract.export \"x\" memory 0\ncontract.export \"x\" memory "
                "0") == "contract.export has the name of another");
  CHECK(verdict("\"contract.export\"() <{index = 0 : i32, kind = 9 : i32, name = \"x\"}> "
                ": () -> ()") == "contract.export has no known kind");
  CHECK(verdict("contract.data at 0 : i32 \"x\"") == "contract.data is active; expected a memory");
  CHECK(verdict("contract.elem !contract.funcref in 4 at 0 : i32 []") ==
        "contract.elem names table 4; expected one of the declared");
  CHECK(verdict("contract.elem i64 []") == "contract.elem does not hold references");
  CHECK(verdict("contract.start @nobody") == "contract.start names @nobody; expected a function");
  CHECK(verdict("contract.func @f(i32) import \"a\" \"b\"\ncontract.start @f") ==
        "builtin.module starts with a function that takes or gives values");
  CHECK(verdict("contract.func @f() import \"a\" \"b\"\ncontract.func @f() import \"a\" \"b\"") ==
        "contract.func has the name of another");
}

TEST_CASE("nothing else may stand in the module") {
  CHECK(verdict("%x = arith.constant 1 : i32") ==
        "arith.constant is no declaration of the contract dialect");
}
