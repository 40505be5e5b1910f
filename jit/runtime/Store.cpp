//===- Store.cpp - Owner of instances and all they refer to ---------------===//
#include "jit/runtime/Store.h"

#include "jit/runtime/HostCall.h"
#include "jit/runtime/Signatures.h"

using namespace writ;

Store::Store() = default;
Store::~Store() = default;

Result<Memory *> Store::createMemory(SizeLimits limits, uint32_t maxPages) {
  Result<std::unique_ptr<Memory>> memory = Memory::create(limits, maxPages);
  if (!memory)
    return memory.error();
  return memories.emplace_back(std::move(*memory)).get();
}

Result<Table *> Store::createTable(ValueType element, SizeLimits limits, uint64_t initial,
                                   uint32_t maxElements) {
  Result<std::unique_ptr<Table>> table = Table::create(element, limits, initial, maxElements);
  if (!table)
    return table.error();
  return tables.emplace_back(std::move(*table)).get();
}

Global *Store::createGlobal(ValueType type, bool isMutable, uint64_t bits) {
  uint64_t *cell = &hostCells.emplace_back(bits);
  return &globals.emplace_back(type, isMutable, cell);
}

FuncRef *Store::createHostFunction(HostFunction function) {
  const HostFunction *kept = &hostFunctions.emplace_back(std::move(function));
  auto *import = hostImports.emplace_back(new HostImport{kept}).get();
  FuncRef *ref = &hostRefs.emplace_back();
  ref->call = hostArrayCall;
  ref->owner = import;
  ref->type = internSignature(kept->type);
  ref->index = ~0u;
  return ref;
}
