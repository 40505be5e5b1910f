//===- Table.h - Tables, globals and what an export can be ----------------===//
//
// All of these belong to a `Store` and follow its thread rule.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_RUNTIME_TABLE_H
#define WRIT_JIT_RUNTIME_TABLE_H

#include "hostabi/Context.h"
#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"

#include <memory>
#include <variant>

namespace writ {

class Memory;

inline constexpr uint32_t defaultMaxTableElements = 10'000'000;

/// A table of funcref (`FuncRef *` as a number) or externref (the node's handles).
class Table {
public:
  /// `limits.min` elements, all `initial`. Errors as `Memory::create`.
  static Result<std::unique_ptr<Table>> create(ValueType element, SizeLimits limits,
                                               uint64_t initial = 0,
                                               uint32_t maxElements = defaultMaxTableElements);
  ~Table();
  Table(const Table &) = delete;
  Table &operator=(const Table &) = delete;

  ValueType elementType() const { return element; }
  uint32_t size() const { return uint32_t(view.size); }
  /// The type for import matching: the current size and the declared maximum.
  SizeLimits type() const { return {size(), declaredMax}; }

  /// `index` must be below `size()`.
  uint64_t get(uint32_t index) const { return view.elements[index]; }
  void set(uint32_t index, uint64_t value) { view.elements[index] = value; }

  /// Adds `delta` elements. The old size, or ~0 if that would pass a limit. An Error
  /// means that the machine has no memory; nothing changed.
  Result<uint32_t> grow(uint32_t delta, uint64_t value);

  /// What code sees; `elements` changes when the table grows.
  TableView *viewForCode() { return &view; }

private:
  Table(ValueType element, SizeLimits limits, uint32_t maxElements);

  TableView view;
  ValueType element;
  uint32_t limit;
  std::optional<uint32_t> declaredMax;
};

/// A global of an instance or of the host.
class Global {
public:
  Global(ValueType type, bool isMutable, uint64_t *cell)
      : valueType(type), isMut(isMutable), where(cell) {}

  ValueType type() const { return valueType; }
  bool isMutable() const { return isMut; }
  uint64_t get() const { return *where; }
  /// Also for immutable globals: the host may, before it instantiates with them.
  void set(uint64_t bits) { *where = bits; }
  uint64_t *cell() const { return where; }

private:
  ValueType valueType;
  bool isMut;
  uint64_t *where;
};

/// Something that can be exported and imported; the alternatives are in the order of
/// `ExternKind`. Lives as long as its store.
using Extern = std::variant<FuncRef *, Table *, Memory *, Global *>;

inline ExternKind kindOf(const Extern &value) { return ExternKind(value.index()); }

/// "memory {min 1, max 2}", "function (i32) -> ()", as link errors print it.
std::string describe(const Extern &value);
std::string describeFunction(const FuncType &type);
std::string describeTable(ValueType element, SizeLimits limits);
std::string describeMemory(SizeLimits limits);
std::string describeGlobal(ValueType type, bool isMutable);

} // namespace writ

#endif
