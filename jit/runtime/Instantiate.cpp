//===- Instantiate.cpp - From a module and imports to an instance ---------===//
#include "jit/runtime/HostCall.h"
#include "jit/runtime/Importing.h"
#include "jit/runtime/Store.h"

#include <fmt/format.h>
#include <new>

namespace writ {

/// Builds one instance, in the order of the specification (§4.5.4).
class Instantiator {
public:
  Instantiator(Store &store, std::shared_ptr<const CompiledModule> module,
               std::span<const Extern> imports, const InstanceOptions &options)
      : store(store), module(std::move(module)), info(this->module->info()), imports(imports),
        options(options) {}

  Result<Instantiation> run();

private:
  Result<const TierCode *> chooseTier() const;
  template <typename T>
  std::vector<T *> importsOf(ExternKind kind) const;
  Result<void> createTables();
  Result<void> createMemory();
  void createFunctions();
  void addImportedFunction(FuncRef *given, uint32_t index);
  void createGlobals();
  void createSegments();
  void handToStore();
  Result<void> fillContext();
  uint64_t evaluate(const ConstExpr &expr) const;
  TrapKind runActiveSegments();
  Result<CallOutcome> start();

  Store &store;
  std::shared_ptr<const CompiledModule> module;
  const ModuleInfo &info;
  std::span<const Extern> imports;
  const InstanceOptions &options;
  std::unique_ptr<Instance> owned; ///< Until it is handed to the store.
  Instance *instance = nullptr;
  // What the store gets once nothing can fail any more.
  std::vector<std::unique_ptr<Table>> newTables;
  std::unique_ptr<Memory> newMemory;
};

} // namespace writ

using namespace writ;

Result<const TierCode *> Instantiator::chooseTier() const {
  const InstanceLimits &limits = options.limits;
  if (limits.gas >= maxGas)
    return badInput(fmt::format("gas limit {} is not below 2^62", limits.gas));
  if (limits.stackBytes > maxStackBytes)
    return badInput(
        fmt::format("stack limit {} bytes exceeds {}", limits.stackBytes, maxStackBytes));
  if (const TierCode *tier = module->tier(options.tier))
    return tier;
  return badInput(fmt::format("the module is not compiled on tier '{}'", options.tier));
}

template <typename T>
std::vector<T *> Instantiator::importsOf(ExternKind kind) const {
  std::vector<T *> found;
  for (const Extern &import : imports)
    if (kindOf(import) == kind)
      found.push_back(std::get<T *>(import));
  return found;
}

Result<void> Instantiator::createTables() {
  instance->tables = importsOf<Table>(ExternKind::Table);
  for (size_t i = instance->tables.size(); i < info.tables.size(); ++i) {
    const TableDecl &decl = info.tables[i];
    Result<std::unique_ptr<Table>> table =
        Table::create(decl.element, decl.limits, 0, options.limits.tableElements);
    if (!table)
      return table.error();
    instance->tables.push_back(newTables.emplace_back(std::move(*table)).get());
  }
  for (Table *table : instance->tables)
    instance->tableViews.push_back(table->viewForCode());
  return {};
}

Result<void> Instantiator::createMemory() {
  std::vector<Memory *> memories = importsOf<Memory>(ExternKind::Memory);
  if (!memories.empty()) {
    instance->theMemory = memories.front();
  } else if (!info.memories.empty()) {
    Result<std::unique_ptr<Memory>> memory =
        Memory::create(info.memories.front().limits, options.limits.memoryPages);
    if (!memory)
      return memory.error();
    newMemory = std::move(*memory);
    instance->theMemory = newMemory.get();
  }
  return {};
}

/// Host functions get a reference of this instance's own, for the price under its schedule.
void Instantiator::addImportedFunction(FuncRef *given, uint32_t index) {
  if (!isHostFunction(given)) {
    instance->funcs.push_back(given);
    return;
  }
  const HostFunction *function = static_cast<const HostImport *>(given->owner)->function;
  auto *import = instance->hostImports.emplace_back(new HostImport{function}).get();
  FuncRef &ref = instance->ownFuncs[index];
  ref = *given;
  ref.owner = import;
  ref.index = index;
  instance->funcs.push_back(&ref);
}

void Instantiator::createFunctions() {
  instance->ownFuncs = std::make_unique<FuncRef[]>(info.funcs.size());
  for (FuncRef *given : importsOf<FuncRef>(ExternKind::Func))
    addImportedFunction(given, uint32_t(instance->funcs.size()));
  for (uint32_t i = uint32_t(instance->funcs.size()); i < info.funcs.size(); ++i) {
    CodeEntry entry = instance->code->entry(i);
    instance->ownFuncs[i] = {
        entry.call, entry.native, instance->fixed, entry.owner, module->signatures()[i], i};
    instance->funcs.push_back(&instance->ownFuncs[i]);
  }
}

uint64_t Instantiator::evaluate(const ConstExpr &expr) const {
  switch (expr.kind) {
  case ConstExpr::Kind::Value:
    return expr.bits;
  case ConstExpr::Kind::GlobalGet:
    return instance->globals[expr.index]->get();
  case ConstExpr::Kind::RefFunc:
    return reinterpret_cast<uint64_t>(instance->funcs[expr.index]);
  case ConstExpr::Kind::RefNull:
    break;
  }
  return 0;
}

void Instantiator::createGlobals() {
  instance->globals = importsOf<Global>(ExternKind::Global);
  for (Global *global : instance->globals)
    instance->importedCells.push_back(global->cell());
  size_t imported = instance->globals.size();
  for (size_t i = imported; i < info.globals.size(); ++i) {
    const GlobalDecl &decl = info.globals[i];
    uint64_t *cell = ownGlobal(instance->fixed, i - imported);
    *cell = evaluate(decl.init);
    instance->globals.push_back(&store.globals.emplace_back(decl.type, decl.isMutable, cell));
  }
}

void Instantiator::createSegments() {
  for (const DataSegment &segment : info.data)
    instance->data.push_back(segment.bytes);
  for (const ElemSegment &segment : info.elems) {
    std::vector<uint64_t> &items = instance->elems.emplace_back();
    for (const ConstExpr &item : segment.items)
      items.push_back(evaluate(item));
  }
}

void Instantiator::handToStore() {
  for (std::unique_ptr<Table> &table : newTables)
    store.tables.push_back(std::move(table));
  if (newMemory)
    store.memories.push_back(std::move(newMemory));
  store.instances.push_back(std::move(owned));
}

Result<void> Instantiator::fillContext() {
  InstanceContext *context = instance->fixed;
  if (instance->theMemory)
    instance->theMemory->addView(context);
  context->runtime = instance->code->runtimeCalls();
  context->importedGlobals = instance->importedCells.data();
  context->funcs = instance->funcs.data();
  context->tables = instance->tableViews.data();
  context->extraResults = instance->extraResults.data();
  context->coldFrame = instance->coldFrame.data();
  context->callTypes = instance->code->callTypes();
  context->entries = instance->code->entries();
  return instance->setSchedule(options.schedule ? *options.schedule : *shippedSchedule("flat"));
}

/// As `table.init` and `elem.drop`, then `memory.init` and `data.drop`, of each segment in turn.
TrapKind Instantiator::runActiveSegments() {
  InstanceContext *context = instance->fixed;
  const RuntimeCalls &calls = *context->runtime;
  for (uint32_t i = 0; i < info.elems.size(); ++i) {
    const ElemSegment &segment = info.elems[i];
    if (segment.mode == SegmentMode::Active)
      if (uint32_t trap =
              calls.tableInit(context, i, segment.table, uint32_t(evaluate(segment.offset)), 0,
                              uint32_t(segment.items.size())))
        return TrapKind(trap);
    if (segment.mode != SegmentMode::Passive)
      instance->dropElem(i);
  }
  for (uint32_t i = 0; i < info.data.size(); ++i) {
    const DataSegment &segment = info.data[i];
    if (segment.mode != SegmentMode::Active)
      continue;
    auto offset = uint32_t(evaluate(segment.offset));
    instance->theMemory->expectWrites(offset, segment.bytes.size());
    if (uint32_t trap = calls.memoryInit(context, i, offset, 0, uint32_t(segment.bytes.size())))
      return TrapKind(trap);
    instance->dropData(i);
  }
  return TrapKind::None;
}

Result<CallOutcome> Instantiator::start() {
  CallOutcome outcome;
  outcome.trap.kind = runActiveSegments();
  if (outcome.trapped()) {
    outcome.trap.instance = instance;
    return outcome;
  }
  if (!info.start)
    return outcome;
  return instance->call(*info.start, {});
}

Result<Instantiation> Instantiator::run() {
  Result<const TierCode *> tier = chooseTier();
  if (!tier)
    return tier.error();
  if (Result<void> checked = checkImports(info, imports); !checked)
    return checked.error();
  owned.reset(new Instance(module, *tier, options.limits));
  instance = owned.get();
  instance->profiler = options.profiler;
  if (Result<void> created = createTables(); !created)
    return created.error();
  if (Result<void> created = createMemory(); !created)
    return created.error();
  createFunctions();
  createGlobals();
  createSegments();
  handToStore();
  if (Result<void> filled = fillContext(); !filled)
    return filled.error();
  Result<CallOutcome> started = start();
  if (!started)
    return started.error();
  return Instantiation{instance, std::move(*started)};
}

Result<Instantiation> Store::instantiate(std::shared_ptr<const CompiledModule> module,
                                         std::span<const Extern> imports,
                                         const InstanceOptions &options) {
  return Instantiator(*this, std::move(module), imports, options).run();
}
