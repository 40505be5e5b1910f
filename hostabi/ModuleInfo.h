//===- ModuleInfo.h - What a module declares, as plain data ---------------===//
//
// Everything about a module but its code: what the reader finds in the
// sections, what the dialect's module-level ops say, what instantiation needs
// and what an artifact stores. No LLVM, no MLIR.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_HOSTABI_MODULEINFO_H
#define WRIT_HOSTABI_MODULEINFO_H

#include "hostabi/Result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

enum class ValueType : uint8_t { I32, I64, F32, F64, FuncRef, ExternRef };

/// "i32", "funcref" …
const char *valueTypeName(ValueType type);

/// Bytes of one value in the metered frame (DESIGN §5): i32 and f32 4, the rest 8.
constexpr unsigned frameBytes(ValueType type) {
  return type == ValueType::I32 || type == ValueType::F32 ? 4 : 8;
}

struct FuncType {
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  bool operator==(const FuncType &) const = default;
};

/// "(i32, i64) -> (f32)".
std::string toString(const FuncType &type);
/// The type of such a text; one result needs no parentheses. Errors are BadInput.
Result<FuncType> parseFuncType(std::string_view text);

/// Minimum and, if given, maximum: pages of 64 KiB for memories, elements for tables.
struct SizeLimits {
  uint32_t min = 0;
  std::optional<uint32_t> max;
  bool operator==(const SizeLimits &) const = default;
};

/// The two names under which something is imported.
struct ImportName {
  std::string module;
  std::string name;
};

/// Each declaration below is an import when `import` is set. Imports come first
/// in each index space, in the order of the import section.
struct FuncDecl {
  FuncType type;
  std::string name; ///< From the name section; empty if none.
  std::optional<ImportName> import;
};
struct TableDecl {
  ValueType element = ValueType::FuncRef;
  SizeLimits limits;
  std::optional<ImportName> import;
};
struct MemoryDecl {
  SizeLimits limits;
  std::optional<ImportName> import;
};

/// A constant expression: an initial value or a segment's offset.
struct ConstExpr {
  enum class Kind : uint8_t { Value, GlobalGet, RefFunc, RefNull };
  Kind kind = Kind::Value;
  ValueType type = ValueType::I32;
  uint64_t bits = 0;  ///< Value: the bits, zero-extended.
  uint32_t index = 0; ///< GlobalGet, RefFunc: which one.
};

struct GlobalDecl {
  ValueType type = ValueType::I32;
  bool isMutable = false;
  std::optional<ImportName> import;
  ConstExpr init; ///< Unused for imports.
};

enum class ExternKind : uint8_t { Func, Table, Memory, Global };

struct ExportDecl {
  std::string name;
  ExternKind kind = ExternKind::Func;
  uint32_t index = 0;
};

enum class SegmentMode : uint8_t { Active, Passive, Declarative };

struct DataSegment {
  SegmentMode mode = SegmentMode::Passive;
  uint32_t memory = 0;
  ConstExpr offset;
  std::string bytes;
};
struct ElemSegment {
  SegmentMode mode = SegmentMode::Passive;
  ValueType type = ValueType::FuncRef;
  uint32_t table = 0;
  ConstExpr offset;
  std::vector<ConstExpr> items;
};

/// One imported thing, in the order of the import section.
struct ImportRef {
  ExternKind kind;
  uint32_t index; ///< In the index space of `kind`.
};

struct ModuleInfo {
  std::string name; ///< From the name section; empty if none.
  std::vector<ImportRef> imports;
  std::vector<FuncDecl> funcs;
  std::vector<TableDecl> tables;
  std::vector<MemoryDecl> memories;
  std::vector<GlobalDecl> globals;
  std::vector<ExportDecl> exports;
  std::vector<DataSegment> data;
  std::vector<ElemSegment> elems;
  std::optional<uint32_t> start; ///< A function index.
};

/// The names of an import of `info`.
const ImportName &importName(const ModuleInfo &info, ImportRef import);

} // namespace writ

#endif
