//===- Loader.cpp - An object file to code without relocations ------------===//

#include "jit/orc/Loader.h"

#include "jit/image/NativeImage.h"
#include "lowering/ContractToLLVM.h"

#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/JITLink/x86_64.h"
#include "llvm/ExecutionEngine/Orc/SymbolStringPool.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::jitlink;
using namespace writ;
using writ::orc::LinkedImage;

//===----------------------------------------------------------------------===//
// Where the parts go
//===----------------------------------------------------------------------===//

namespace {
/// Gives no memory that could be run: bytes, and addresses that nothing depends on.
class ImageMemory : public JITLinkMemoryManager {
public:
  static constexpr uint64_t base = uint64_t(1) << 32;

  void allocate(const JITLinkDylib *, LinkGraph &graph, OnAllocatedFunction done) override {
    BasicLayout layout(graph);
    uint64_t constantsEnd = 0, size = 0;
    for (Part part : {Part::Code, Part::Constants, Part::Dropped}) {
      size = NativeImage::pagesFor(size);
      if (part == Part::Constants)
        constantsBegin = size;
      for (auto &[group, segment] : layout.segments()) {
        if (partOf(group) == Part::Refused)
          return done(createStringError("code has data that can be written"));
        if (partOf(group) == part)
          size = place(segment, size);
      }
      if (part == Part::Code)
        codeBytes = size;
      else if (part == Part::Constants)
        constantsEnd = size;
    }
    constantBytes = constantsEnd - constantsBegin;
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

  std::vector<uint8_t> code() const { return {bytes.begin(), bytes.begin() + long(codeBytes)}; }
  std::vector<uint8_t> constants() const {
    auto begin = bytes.begin() + long(constantsBegin);
    return {begin, begin + long(constantBytes)};
  }

private:
  enum class Part { Code, Constants, Dropped, Refused };

  static Part partOf(const llvm::orc::AllocGroup &group) {
    if (group.getMemLifetime() != llvm::orc::MemLifetime::Standard)
      return Part::Dropped;
    llvm::orc::MemProt prot = group.getMemProt();
    if ((prot & llvm::orc::MemProt::Write) != llvm::orc::MemProt::None)
      return Part::Refused;
    bool isCode = (prot & llvm::orc::MemProt::Exec) != llvm::orc::MemProt::None;
    return isCode ? Part::Code : Part::Constants;
  }

  /// Returns where it ends.
  static uint64_t place(BasicLayout::Segment &segment, uint64_t size) {
    size = alignTo(size, std::max<uint64_t>(segment.Alignment.value(), 16));
    segment.Addr = llvm::orc::ExecutorAddr(base + size);
    return size + segment.ContentSize + segment.ZeroFillSize;
  }

  struct Allocation final : InFlightAlloc {
    void abandon(OnAbandonedFunction done) override { done(llvm::Error::success()); }
    void finalize(OnFinalizedFunction done) override { done(FinalizedAlloc()); }
  };

  std::vector<uint8_t> bytes;
  uint64_t codeBytes = 0, constantsBegin = 0, constantBytes = 0;
};

//===----------------------------------------------------------------------===//
// The way through JITLink
//===----------------------------------------------------------------------===//

/// JITLink owns it. The link is over when `link` returns, since our memory manager works in line.
class LinkContext : public JITLinkContext {
public:
  LinkContext(ImageMemory &memory, LinkedImage &image, std::string &failure)
      : JITLinkContext(nullptr), memory(memory), image(image), failure(failure) {}

  JITLinkMemoryManager &getMemoryManager() override { return memory; }
  void notifyFailed(llvm::Error error) override { failure = toString(std::move(error)); }
  llvm::Error notifyResolved(LinkGraph &) override { return llvm::Error::success(); }
  void notifyFinalized(JITLinkMemoryManager::FinalizedAlloc memory) override { memory.release(); }

  void lookup(const LookupMap &symbols,
              std::unique_ptr<JITLinkAsyncLookupContinuation> next) override {
    if (symbols.empty())
      return next->run(AsyncLookupResult());
    next->run(createStringError("code refers to '" + *symbols.begin()->first + "'"));
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
    config.PreFixupPasses.push_back(checkFloats);
    config.PostFixupPasses.push_back([this](LinkGraph &graph) {
      takeFunctions(graph);
      return takeFaults(graph);
    });
    return llvm::Error::success();
  }

private:
  /// Nothing may depend on where the code is.
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

  void takeFunctions(LinkGraph &graph) {
    Section *text = graph.findSectionByName(".text");
    if (!text)
      return;
    for (Symbol *symbol : text->symbols())
      if (symbol->hasName())
        image.functions[*symbol->getName()] = {
            uint32_t(symbol->getAddress().getValue() - ImageMemory::base),
            uint32_t(symbol->getSize())};
  }

  /// Each entry has the instruction's address less its own, and the site. In which order the
  /// entries are depends on addresses in the compiler.
  llvm::Error takeFaults(LinkGraph &graph) {
    Section *traps = graph.findSectionByName(trapSection);
    if (!traps)
      return llvm::Error::success();
    for (Block *block : traps->blocks()) {
      ArrayRef<char> content = block->getAlreadyMutableContent();
      for (size_t at = 0; at + 8 <= content.size(); at += 8) {
        auto relative = int32_t(support::endian::read32le(content.data() + at));
        uint32_t site = support::endian::read32le(content.data() + at + 4);
        uint64_t pc = block->getAddress().getValue() + at + uint64_t(int64_t(relative));
        if (pc - ImageMemory::base > UINT32_MAX)
          return createStringError("a trap site lies outside of the code");
        image.faults.push_back({uint32_t(pc - ImageMemory::base), site});
      }
    }
    llvm::sort(image.faults, [](FaultSite a, FaultSite b) { return a.pc < b.pc; });
    return llvm::Error::success();
  }

  ImageMemory &memory;
  LinkedImage &image;
  std::string &failure;
};
} // namespace

/// One instruction has one site.
static bool areDistinct(const std::vector<FaultSite> &faults, size_t codeBytes) {
  for (size_t i = 0; i < faults.size(); ++i)
    if (faults[i].pc >= codeBytes || (i > 0 && faults[i - 1].pc == faults[i].pc))
      return false;
  return true;
}

Result<LinkedImage> writ::orc::linkImage(MemoryBufferRef object) {
  auto graph = createLinkGraphFromObject(object, std::make_shared<llvm::orc::SymbolStringPool>());
  if (!graph)
    return internalError("cannot link: " + toString(graph.takeError()));
  ImageMemory memory;
  LinkedImage image;
  std::string failure;
  link(std::move(*graph), std::make_unique<LinkContext>(memory, image, failure));
  if (!failure.empty())
    return internalError("cannot link: " + failure);
  image.code = memory.code();
  image.constants = memory.constants();
  if (!areDistinct(image.faults, image.code.size()))
    return internalError("cannot link: a trap site lies outside of the code, or is one of two");
  return image;
}
