//===- ModuleWriter.h - The sections of an emitted module -----------------===//
#ifndef WRIT_LOWERING_WASM_MODULEWRITER_H
#define WRIT_LOWERING_WASM_MODULEWRITER_H

#include "lowering/wasm/Assembly.h"
#include "lowering/wasm/Parts.h"

namespace writ::wasmgen {

/// Writes a module whose code has been laid out.
class ModuleWriter {
public:
  ModuleWriter(ModuleState &module, const Assembly &assembly)
      : module(module), info(module.info), options(module.options), assembly(assembly) {}

  std::vector<uint8_t> write();

private:
  using Contents = std::vector<uint8_t>;

  void section(uint8_t id, const Contents &head, const Contents &contents);
  /// Of a vector; none if it is empty.
  void vectorSection(uint8_t id, uint64_t count, const Contents &contents);
  void custom(std::string_view name, const Contents &contents);
  void writeTypes();
  void writeImports();
  void writeImport(Encoder &out, ImportRef import);
  void writeFunctions();
  template <typename Decl, typename Write>
  void writeOwn(uint8_t id, const std::vector<Decl> &declared, Write write);
  void writeTables();
  void writeMemories();
  void writeGlobals();
  void writeExports();
  void writeStart();
  void writeElements();
  void writeDataCount();
  void writeCode();
  void writeData();
  void writeNames();
  void writePlaces();
  void writeCharges();
  bool ownsMeter() const { return options.metered && options.meterOwner == MeterOwner::Module; }

  ModuleState &module;
  const ModuleInfo &info;
  const WasmOptions &options;
  const Assembly &assembly;
  std::vector<uint8_t> bytes;
};

} // namespace writ::wasmgen

#endif
