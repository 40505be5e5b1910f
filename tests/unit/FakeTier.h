//===- FakeTier.h - A tier whose code is C++, for runtime tests -----------===//
#ifndef WRIT_TESTS_UNIT_FAKETIER_H
#define WRIT_TESTS_UNIT_FAKETIER_H

#include "jit/runtime/ContextScope.h"
#include "jit/runtime/Entry.h"
#include "jit/runtime/Linker.h"

namespace writ::test {

/// Stands for an interpreted function.
using Body = uint32_t (*)(InstanceContext *, Activation *, uint64_t *values);

inline uint32_t callBody(FuncRef *callee, Activation *activation, uint64_t *values) {
  ContextScope scope(callee->context, activation);
  return reinterpret_cast<Body>(callee->owner)(callee->context, activation, values);
}

inline CodeEntry interpreted(Body body) {
  return {callBody, nullptr, reinterpret_cast<void *>(body)};
}

/// Stands for a function of a native tier; the thunk is all of it.
inline CodeEntry native(NativeThunk thunk) {
  return {nativeArrayCall, nullptr, reinterpret_cast<void *>(thunk)};
}

class FakeTier : public TierCode {
public:
  FakeTier(std::vector<CodeEntry> entries, std::vector<TrapSite> sites, size_t imports)
      : entries(std::move(entries)), sites(std::move(sites)), imports(imports) {}

  std::string_view name() const override { return "fake"; }
  CodeEntry entry(uint32_t func) const override { return entries[func - imports]; }
  std::span<const TrapSite> trapSites() const override { return sites; }

private:
  std::vector<CodeEntry> entries;
  std::vector<TrapSite> sites;
  size_t imports;
};

/// A module whose own functions, in order, are `entries`.
inline std::shared_ptr<const CompiledModule> compile(ModuleInfo info,
                                                     std::vector<CodeEntry> entries = {},
                                                     std::vector<CostCounts> charges = {},
                                                     std::vector<TrapSite> sites = {}) {
  size_t imports = 0;
  for (const FuncDecl &func : info.funcs)
    imports += func.import.has_value();
  CompiledModule::Parts parts;
  parts.info = std::move(info);
  parts.charges = std::move(charges);
  parts.tiers.push_back(std::make_shared<FakeTier>(std::move(entries), std::move(sites), imports));
  return CompiledModule::create(std::move(parts));
}

/// Builds a `ModuleInfo`; imports first.
struct InfoBuilder {
  ModuleInfo info;

  InfoBuilder &importFunc(std::string module, std::string name, FuncType type) {
    info.imports.push_back({ExternKind::Func, uint32_t(info.funcs.size())});
    info.funcs.push_back({std::move(type), "", ImportName{std::move(module), std::move(name)}});
    return *this;
  }
  InfoBuilder &importMemory(std::string module, std::string name, SizeLimits limits) {
    info.imports.push_back({ExternKind::Memory, uint32_t(info.memories.size())});
    info.memories.push_back({limits, ImportName{std::move(module), std::move(name)}});
    return *this;
  }
  InfoBuilder &importTable(std::string module, std::string name, ValueType element,
                           SizeLimits limits) {
    info.imports.push_back({ExternKind::Table, uint32_t(info.tables.size())});
    info.tables.push_back({element, limits, ImportName{std::move(module), std::move(name)}});
    return *this;
  }
  InfoBuilder &importGlobal(std::string module, std::string name, ValueType type, bool isMutable) {
    info.imports.push_back({ExternKind::Global, uint32_t(info.globals.size())});
    info.globals.push_back({type, isMutable, ImportName{std::move(module), std::move(name)}, {}});
    return *this;
  }
  /// Exported under `name` if it is not empty.
  InfoBuilder &func(std::string name, FuncType type) {
    exportAs(std::move(name), ExternKind::Func, info.funcs.size());
    info.funcs.push_back({std::move(type), "", {}});
    return *this;
  }
  InfoBuilder &memory(SizeLimits limits, std::string name = "") {
    exportAs(std::move(name), ExternKind::Memory, info.memories.size());
    info.memories.push_back({limits, {}});
    return *this;
  }
  InfoBuilder &table(ValueType element, SizeLimits limits, std::string name = "") {
    exportAs(std::move(name), ExternKind::Table, info.tables.size());
    info.tables.push_back({element, limits, {}});
    return *this;
  }
  InfoBuilder &global(ValueType type, bool isMutable, ConstExpr init, std::string name = "") {
    exportAs(std::move(name), ExternKind::Global, info.globals.size());
    info.globals.push_back({type, isMutable, {}, init});
    return *this;
  }
  InfoBuilder &exportAs(std::string name, ExternKind kind, size_t index) {
    if (!name.empty())
      info.exports.push_back({std::move(name), kind, uint32_t(index)});
    return *this;
  }
};

inline ConstExpr i32Const(uint32_t value) {
  return {ConstExpr::Kind::Value, ValueType::I32, value, 0};
}
inline ConstExpr refFunc(uint32_t index) {
  return {ConstExpr::Kind::RefFunc, ValueType::FuncRef, 0, index};
}

/// A host function of type `type`.
inline HostFunction hostFunction(FuncType type, writ_host_function call, void *user = nullptr) {
  HostFunction function;
  function.type = std::move(type);
  function.call = call;
  function.user = user;
  return function;
}

} // namespace writ::test

#endif
