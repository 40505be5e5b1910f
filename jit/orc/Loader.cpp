//===- Loader.cpp - An object file to executable memory -------------------===//

#include "jit/orc/Loader.h"

#include "lowering/ContractToLLVM.h"

#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/JITLink/x86_64.h"
#include "llvm/ExecutionEngine/Orc/SymbolStringPool.h"
#include "llvm/Support/Endian.h"

#include <cmath>
#include <cstring>
#include <optional>

using namespace llvm;
using namespace llvm::jitlink;
using namespace writ;
using writ::orc::LoadedCode;

/// One for all: it keeps no record of what it gave out.
static Expected<InProcessMemoryManager *> memoryManager() {
  static Expected<std::unique_ptr<InProcessMemoryManager>> manager =
      InProcessMemoryManager::Create();
  if (!manager)
    return createStringError("the page size is unknown");
  return manager->get();
}

LoadedCode::~LoadedCode() {
  if (!memory)
    return;
  std::vector<JITLinkMemoryManager::FinalizedAlloc> all;
  all.push_back(std::move(memory));
  cantFail((*memoryManager())->deallocate(std::move(all)));
}

/// What the code generator calls where the machine has no instruction.
static void *helperAddress(StringRef name) {
#define WRIT_HELPER(Name, Type)                                                                    \
  if (name == #Name)                                                                               \
    return reinterpret_cast<void *>(static_cast<Type>(Name));
  using OfDouble = double (*)(double);
  using OfFloat = float (*)(float);
  WRIT_HELPER(ceil, OfDouble)
  WRIT_HELPER(floor, OfDouble)
  WRIT_HELPER(trunc, OfDouble)
  WRIT_HELPER(roundeven, OfDouble)
  WRIT_HELPER(ceilf, OfFloat)
  WRIT_HELPER(floorf, OfFloat)
  WRIT_HELPER(truncf, OfFloat)
  WRIT_HELPER(roundevenf, OfFloat)
#undef WRIT_HELPER
  return nullptr;
}

namespace writ::orc {

/// What happens on the way through JITLink, which owns it. The link is over when
/// `link` returns, since our memory manager works in line.
class LinkContext : public JITLinkContext {
public:
  /// `mustFloat`: nothing may depend on where the code is.
  LinkContext(JITLinkMemoryManager &manager, LoadedCode &loaded, std::string &failure,
              bool mustFloat)
      : JITLinkContext(nullptr), manager(manager), loaded(loaded), failure(failure),
        mustFloat(mustFloat) {}

  JITLinkMemoryManager &getMemoryManager() override { return manager; }
  void notifyFailed(llvm::Error error) override { failure = toString(std::move(error)); }
  llvm::Error notifyResolved(LinkGraph &) override { return llvm::Error::success(); }
  void notifyFinalized(JITLinkMemoryManager::FinalizedAlloc memory) override {
    loaded.memory = std::move(memory);
  }

  void lookup(const LookupMap &symbols,
              std::unique_ptr<JITLinkAsyncLookupContinuation> next) override {
    AsyncLookupResult found;
    for (auto &[name, flags] : symbols) {
      void *address = mustFloat ? nullptr : helperAddress(*name);
      if (!address)
        return next->run(createStringError("code refers to '" + *name + "'"));
      found[name] = {llvm::orc::ExecutorAddr::fromPtr(address), JITSymbolFlags::Exported};
    }
    next->run(std::move(found));
  }

  llvm::Error modifyPassConfig(LinkGraph &, PassConfiguration &config) override {
    config.PrePrunePasses.push_back(markAllSymbolsLive);
    // No symbol names the trap sites, so nothing else would keep them.
    config.PrePrunePasses.push_back([](LinkGraph &graph) {
      if (Section *traps = graph.findSectionByName(trapSection))
        for (Block *block : traps->blocks())
          graph.addAnonymousSymbol(*block, 0, block->getSize(), false, true);
      return llvm::Error::success();
    });
    config.PostPrunePasses.push_back([](LinkGraph &graph) {
      if (Section *traps = graph.findSectionByName(trapSection))
        traps->setMemLifetime(llvm::orc::MemLifetime::Finalize);
      return llvm::Error::success();
    });
    if (mustFloat)
      config.PreFixupPasses.push_back(checkFloats);
    config.PostFixupPasses.push_back([this](LinkGraph &graph) {
      takeSymbols(graph);
      return takeFaults(graph);
    });
    return llvm::Error::success();
  }

private:
  static llvm::Error checkFloats(LinkGraph &graph) {
    for (Block *block : graph.blocks())
      for (const Edge &edge : block->edges())
        switch (edge.getKind()) {
        case x86_64::Delta64:
        case x86_64::Delta32:
        case x86_64::NegDelta64:
        case x86_64::NegDelta32:
        case x86_64::BranchPCRel32:
        case x86_64::PCRel32:
          break;
        default:
          if (edge.getKind() >= Edge::FirstRelocation)
            return createStringError("code depends on its address");
        }
    return llvm::Error::success();
  }

  void takeSymbols(LinkGraph &graph) {
    Section *text = graph.findSectionByName(".text");
    if (!text)
      return;
    SectionRange range(*text);
    loaded.begin = range.getStart().toPtr<void *>();
    loaded.bytes = range.getSize();
    for (Symbol *symbol : text->symbols())
      if (symbol->hasName())
        loaded.symbols[*symbol->getName()] = symbol->getAddress().toPtr<void *>();
  }

  /// Each entry has the instruction's address less its own, and the site.
  llvm::Error takeFaults(LinkGraph &graph) {
    Section *traps = graph.findSectionByName(trapSection);
    if (!traps)
      return llvm::Error::success();
    uint64_t begin = llvm::orc::ExecutorAddr::fromPtr(loaded.begin).getValue();
    for (Block *block : traps->blocks()) {
      ArrayRef<char> content = block->getAlreadyMutableContent();
      for (size_t at = 0; at + 8 <= content.size(); at += 8) {
        auto relative = int32_t(support::endian::read32le(content.data() + at));
        uint32_t site = support::endian::read32le(content.data() + at + 4);
        uint64_t pc = block->getAddress().getValue() + at + relative;
        if (pc - begin >= loaded.bytes)
          return createStringError("a trap site lies outside of the code");
        loaded.faults.push_back({uint32_t(pc - begin), site});
      }
    }
    llvm::sort(loaded.faults, [](FaultSite a, FaultSite b) { return a.pc < b.pc; });
    return llvm::Error::success();
  }

  JITLinkMemoryManager &manager;
  LoadedCode &loaded;
  std::string &failure;
  bool mustFloat;
};

} // namespace writ::orc

static Result<LoadedCode> linkWith(JITLinkMemoryManager &manager, MemoryBufferRef object,
                                   bool mustFloat) {
  auto graph = createLinkGraphFromObject(object, std::make_shared<llvm::orc::SymbolStringPool>());
  if (!graph)
    return internalError("cannot link: " + toString(graph.takeError()));
  LoadedCode loaded;
  std::string failure;
  link(std::move(*graph),
       std::make_unique<writ::orc::LinkContext>(manager, loaded, failure, mustFloat));
  if (!failure.empty())
    return internalError("cannot link: " + failure);
  return loaded;
}

Result<LoadedCode> writ::orc::loadObject(MemoryBufferRef object) {
  auto manager = memoryManager();
  if (!manager)
    return internalError(toString(manager.takeError()));
  return linkWith(**manager, object, false);
}

//===----------------------------------------------------------------------===//
// Images
//===----------------------------------------------------------------------===//

namespace {
/// Gives no memory that could be run: bytes, and addresses that nothing depends on.
class ImageMemory : public JITLinkMemoryManager {
public:
  static constexpr uint64_t base = uint64_t(1) << 32;

  void allocate(const JITLinkDylib *, LinkGraph &graph, OnAllocatedFunction done) override {
    BasicLayout layout(graph);
    uint64_t size = 0;
    // What is not kept comes last.
    for (bool isKept : {true, false}) {
      for (auto &[group, segment] : layout.segments())
        if ((group.getMemLifetime() == llvm::orc::MemLifetime::Standard) == isKept) {
          size = alignTo(size, std::max<uint64_t>(segment.Alignment.value(), 16));
          segment.Addr = llvm::orc::ExecutorAddr(base + size);
          size += segment.ContentSize + segment.ZeroFillSize;
        }
      if (isKept)
        keptBytes = size;
    }
    bytes.resize(size);
    for (auto &[group, segment] : layout.segments())
      segment.WorkingMem =
          reinterpret_cast<char *>(bytes.data() + (segment.Addr.getValue() - base));
    if (llvm::Error error = layout.apply())
      return done(std::move(error));
    done(std::make_unique<Allocation>());
  }

  void deallocate(std::vector<FinalizedAlloc>, OnDeallocatedFunction done) override {
    done(llvm::Error::success());
  }

  std::vector<uint8_t> bytes;
  size_t keptBytes = 0;

private:
  struct Allocation final : InFlightAlloc {
    void abandon(OnAbandonedFunction done) override { done(llvm::Error::success()); }
    void finalize(OnFinalizedFunction done) override { done(FinalizedAlloc()); }
  };
};
} // namespace

Result<writ::orc::LinkedImage> writ::orc::linkImage(MemoryBufferRef object) {
  ImageMemory memory;
  Result<LoadedCode> loaded = linkWith(memory, object, true);
  if (!loaded)
    return loaded.error();
  LinkedImage image;
  memory.bytes.resize(memory.keptBytes);
  image.bytes = std::move(memory.bytes);
  auto offsetOf = [](const void *address) {
    return uint32_t(reinterpret_cast<uint64_t>(address) - ImageMemory::base);
  };
  for (const auto &symbol : loaded->symbols)
    image.symbols[symbol.getKey()] = offsetOf(symbol.getValue());
  for (FaultSite fault : loaded->faults)
    image.faults.push_back({fault.pc + offsetOf(loaded->begin), fault.site});
  return image;
}
