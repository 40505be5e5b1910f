//===- Sections.h - The sections of a module that is metered in place -----===//
#ifndef WRIT_JIT_METERONLY_SECTIONS_H
#define WRIT_JIT_METERONLY_SECTIONS_H

#include "jit/meteronly/Layout.h"
#include "lowering/wasm/Parts.h"

namespace writ::meteronly {

/// Writes a module whose code has been laid out: its sections in their order, each as it was but
/// for what is added behind. Custom ones stay as they are.
class SectionWriter {
public:
  SectionWriter(const wasmgen::ModuleState &state, const wasm::Module &module, const Layout &layout)
      : state(state), module(module), layout(layout) {}

  std::vector<uint8_t> write();

private:
  using Contents = std::vector<uint8_t>;

  void section(uint8_t id, const Contents &contents);
  void rewrite(uint8_t id, std::span<const uint8_t> old);
  /// `old`, a vector or nothing, with `count` more items.
  static Contents extended(std::span<const uint8_t> old, uint64_t count, const Contents &more);
  void writeTypes(std::span<const uint8_t> old);
  void writeImports(std::span<const uint8_t> old);
  void writeFunctions(std::span<const uint8_t> old);
  void writeGlobals();
  void writeExports();
  void writeElements(std::span<const uint8_t> old);
  bool wrapsImports() const;
  bool ownsMeter() const { return state.options.meterOwner == MeterOwner::Module; }

  const wasmgen::ModuleState &state;
  const wasm::Module &module;
  const Layout &layout;
  Contents bytes;
};

} // namespace writ::meteronly

#endif
