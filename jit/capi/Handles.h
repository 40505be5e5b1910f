//===- Handles.h - What is behind the handles of writ.h -------------------===//
#ifndef WRIT_JIT_CAPI_HANDLES_H
#define WRIT_JIT_CAPI_HANDLES_H

#include "cache/ByteSource.h"
#include "cache/MacKey.h"
#include "cache/Store.h"
#include "frontend/wasm/Policy.h"
#include "hostabi/Schedule.h"
#include "hostabi/writ.h"
#include "jit/runtime/Linker.h"

#include <deque>
#include <memory>
#include <string>

namespace writ {

class CompileQueue;

namespace capi {

/// What tier llvm compiles for if nothing is said.
inline constexpr std::string_view defaultTarget = "x86-64-v3";

/// What an engine is asked to do.
struct EngineOptions {
  // For compiling:
  std::string tier = "singlepass";
  std::string target; ///< Of tier llvm; empty for the usual one.
  wasm::Policy policy;
  unsigned threads = 1;
  unsigned optLevel = 2;
  bool explicitBounds = false;
  uint64_t llvmBudget = 0;
  // For artifacts:
  std::string cachePath; ///< Empty for no cache.
  cache::StoreOptions cache;
  std::optional<cache::MacKey> macKey;
  // For running:
  Schedule schedule = *shippedSchedule("flat");
  InstanceLimits limits;
};

/// What modules and stores share with the engine that made them, and keep alive.
struct Engine {
  EngineOptions options;
  std::unique_ptr<cache::Store> cache; ///< Null if there is none.
  /// Where tier `auto` compiles; made by the compile side when it is first needed.
  mutable std::mutex mutex;
  mutable std::shared_ptr<CompileQueue> queue;
};

/// On the heap, for C.
writ_error_t *toC(Error error);
inline writ_error_t *toC(const Result<void> &result) {
  return result ? nullptr : toC(result.error());
}

/// A module, and the artifact that it came from, if it came from one.
struct Loaded {
  std::shared_ptr<const CompiledModule> module;
  std::shared_ptr<const cache::ByteSource> artifact;
};

/// Gives the new handle of `module` to `*place`.
void giveModule(Loaded module, writ_module_t **place);

/// A copy of `bytes` for C.
writ_error_t *giveBytes(std::span<const uint8_t> bytes, writ_bytes_t *place);

/// What artifacts of the engine's are kept under.
cache::Key keyOf(const EngineOptions &options, const cache::Digest &code);

/// A module from `source`, which must be what `key` says, if that is given.
Result<Loaded> load(const EngineOptions &options, std::shared_ptr<const cache::ByteSource> source,
                    const cache::Key *key = nullptr);

/// A value as the word of an array call, and back.
uint64_t toWord(writ_value_t value);
writ_value_t fromWord(ValueType type, uint64_t word);

} // namespace capi
} // namespace writ

struct writ_error_t {
  writ::Error error;
};
struct writ_config_t {
  writ::capi::EngineOptions options;
};
struct writ_engine_t {
  std::shared_ptr<const writ::capi::Engine> engine;
};
struct writ_module_t {
  std::shared_ptr<const writ::CompiledModule> module;
  std::shared_ptr<const writ::cache::ByteSource> artifact; ///< Null if it came from none.
};
struct writ_instance_t {
  writ::Instance *instance;
};
struct writ_store_t {
  explicit writ_store_t(std::shared_ptr<const writ::capi::Engine> engine)
      : engine(std::move(engine)) {}

  std::shared_ptr<const writ::capi::Engine> engine;
  writ::Store store;
  writ::Linker linker{store};
  std::deque<writ_instance_t> instances; ///< Their places do not change.
};

#endif
