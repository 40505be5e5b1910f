//===- CompiledModule.h - A module with the code of its tiers -------------===//
#ifndef WRIT_JIT_RUNTIME_COMPILEDMODULE_H
#define WRIT_JIT_RUNTIME_COMPILEDMODULE_H

#include "hostabi/Context.h"
#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"
#include "hostabi/Schedule.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace writ {

/// How one own function of a module is entered on one tier: the fields of its `FuncRef`.
struct CodeEntry {
  ArrayCall call = nullptr; ///< Native tiers give `nativeArrayCall` (Entry.h).
  void *native = nullptr;   ///< Null for the interpreter.
  void *owner = nullptr;    ///< Native tiers: the `NativeThunk` of the signature.
};

/// Where the machine code of an own function lies.
struct CodeSymbol {
  uint32_t func; ///< In the function index space.
  const void *begin;
  size_t bytes;
};

class CompiledModule;

/// One tier's code of one module. Once in a `CompiledModule` all members are thread-safe; nothing
/// taken from it outlives it.
class TierCode {
public:
  virtual ~TierCode();

  /// "interpreter", "llvm".
  virtual std::string_view name() const = 0;

  /// The machine code; empty for the interpreter.
  virtual std::span<const uint8_t> machineCode() const { return {}; }

  /// `func` is an index in the function index space that is not an import.
  virtual CodeEntry entry(uint32_t func) const = 0;

  /// What the code finds in `context->runtime`. By default `standardRuntimeCalls()`
  /// (RuntimeCalls.h), whose `cold` and `coldWithRegisters` must not be reached: a tier whose code
  /// calls one of them copies that table, sets it and gives its copy here.
  virtual const RuntimeCalls *runtimeCalls() const;

  /// Size of what it runs: machine code, or bytecode. Without side tables.
  virtual size_t codeBytes() const { return 0; }

  /// For debuggers and profilers of the machine; none of an interpreter.
  virtual std::vector<CodeSymbol> symbols() const { return {}; }

  /// Words that `context->coldFrame` needs.
  virtual size_t coldFrameWords() const { return 0; }

  /// Whether the code finds amounts at `nearPriceOffset` from the context.
  virtual bool wantsNearPrices() const { return false; }

  /// What `RuntimeCalls::trap` and the fault tables of the tier's code are given indices of.
  virtual std::span<const TrapSite> trapSites() const { return {}; }

  /// What the code finds in `context->callTypes`; may be null if it makes no indirect call.
  virtual const uint32_t *callTypes() const { return nullptr; }

  /// A hint: the own function `func` is going to be called from outside.
  virtual void expectCall(uint32_t) const {}

  //===--- Tiers that change their code while it runs (docs/tier-up.md) ---===//

  /// The code that is there from the start.
  virtual const TierCode &baseline() const { return *this; }
  /// What the code finds in `context->entries`.
  virtual void *const *entries() const { return nullptr; }
  /// How many counters an instance has, how they start, and what has become of them when the
  /// instance ends.
  virtual size_t numCounters() const { return 0; }
  virtual void startCounters(std::span<int32_t>) const {}
  virtual void endCounters(std::span<const int32_t>) const {}
  /// Called once the code is in `module`, and with null before that ends.
  virtual void attach(const CompiledModule *) const {}
};

/// A charge table that is read when it is needed. Thread-safe.
class ChargeSource {
public:
  virtual ~ChargeSource();
  virtual size_t size() const = 0;
  /// Errors: BadInput.
  virtual Result<std::vector<CostCounts>> read() const = 0;
  /// What its entries come to under `prices`, if that is known without reading them; else nothing.
  /// Errors: BadInput.
  virtual Result<std::vector<uint64_t>> amounts(const ClassPrices &prices) const = 0;
};

/// A module, compiled on one or more tiers. Thread-safe, and as good as immutable (code that is
/// added later does the same): any number of instances in any number of threads share one.
class CompiledModule {
public:
  struct Parts {
    ModuleInfo info;
    std::vector<CostCounts> charges;                    ///< The charge table, or
    std::shared_ptr<const ChargeSource> chargeSource;   ///< where to read it.
    std::vector<std::shared_ptr<const TierCode>> tiers; ///< At least one; the last is the default.
    /// Makes the interpreter's code, if that is not in `tiers`, when it is first asked for.
    std::function<Result<std::shared_ptr<const TierCode>>(const CompiledModule &)> makeInterp;
  };

  static std::shared_ptr<const CompiledModule> create(Parts parts);
  ~CompiledModule();
  CompiledModule(const CompiledModule &) = delete;
  CompiledModule &operator=(const CompiledModule &) = delete;

  const ModuleInfo &info() const { return parts.info; }
  /// The charge table as it was made; code that is added later may have added to it. Empty if it
  /// cannot be read.
  std::span<const CostCounts> charges() const;
  size_t numCharges() const {
    return parts.chargeSource ? parts.chargeSource->size() : parts.charges.size();
  }

  /// The tier of that name (empty: the default one), or null. May take as long as a compile, when
  /// the interpreter is asked for that has not been needed before.
  const TierCode *tier(std::string_view name = {}) const;

  /// How many amounts are to be near the context: all that there are, or none.
  size_t nearPrices() const;

  /// The export of that name, or null.
  const ExportDecl *findExport(std::string_view name) const;

  /// Interned signature of each function of the function index space.
  std::span<const uint32_t> signatures() const { return funcSignatures; }

  /// One more than the most results a function of the module has, in words.
  size_t extraResultWords() const { return extraResults; }

  /// The amount of each charge under `prices`. Shared by all who ask with the same prices
  /// while one of them holds it. Errors: BadInput if the charge table cannot be read.
  Result<std::shared_ptr<const std::vector<uint64_t>>> amounts(const ClassPrices &prices) const;

  /// Sees to it that the charge table goes on, behind `charges()`, as `added` does, and that all
  /// arrays of amounts that are in use have these too. For code that is loaded later: it must not
  /// run before. Errors: Limit if there would be too many; Internal if others are there.
  Result<void> addCharges(std::span<const CostCounts> added) const;

private:
  explicit CompiledModule(Parts parts);

  const TierCode *lazyInterp() const;
  const Result<std::vector<CostCounts>> &lazyCharges() const;
  Result<std::vector<uint64_t>> fill(const ClassPrices &prices) const;

  Parts parts;
  mutable std::once_flag interpOnce;
  mutable std::shared_ptr<const TierCode> interpMade;
  mutable std::once_flag chargesOnce;
  mutable Result<std::vector<CostCounts>> chargesRead{std::vector<CostCounts>()};
  std::vector<uint32_t> funcSignatures;
  size_t extraResults = 0;
  bool mayAddCharges = false; ///< A tier changes its code.
  std::unordered_map<std::string_view, const ExportDecl *> exports;
  mutable std::mutex amountsMutex;
  mutable std::map<ClassPrices, std::weak_ptr<std::vector<uint64_t>>> amountsCache;
  mutable std::vector<CostCounts> addedCharges;
};

} // namespace writ

#endif
