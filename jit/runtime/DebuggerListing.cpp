//===- DebuggerListing.cpp - Show machine code to GDB ---------------------===//
//
// GDB puts a breakpoint on `__jit_debug_register_code` and, when it is called, reads the
// object files that `__jit_debug_descriptor` lists. Ours hold nothing but symbols, at the
// addresses where the code lies.
//
//===----------------------------------------------------------------------===//
#include "jit/runtime/CodeListing.h"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <mutex>

using namespace writ;

extern "C" {
struct jit_code_entry {
  jit_code_entry *next, *previous;
  const char *file;
  uint64_t size;
};
struct jit_descriptor {
  uint32_t version, action;
  jit_code_entry *relevant, *first;
};

// Weak, since LLVM may bring its own: one of each is enough.
__attribute__((weak, used)) jit_descriptor __jit_debug_descriptor = {1, 0, nullptr, nullptr};
__attribute__((weak, used, noinline)) void __jit_debug_register_code() {
  asm volatile("" ::: "memory");
}
}

namespace {

/// An ELF file in memory: header, sections' contents, section headers.
class Image {
public:
  explicit Image(std::span<const NamedCode> code) {
    uint64_t low = ~uint64_t(0), high = 0;
    for (const NamedCode &function : code) {
      uint64_t begin = reinterpret_cast<uintptr_t>(function.begin);
      low = std::min(low, begin);
      high = std::max(high, begin + function.bytes);
    }
    bytes.resize(sizeof(Elf64_Ehdr));
    addSymbols(code);
    sections[1] = {
        1, SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR, low, sizeof(Elf64_Ehdr), high - low, 0, 0, 16, 0};
    static constexpr char names[] = "\0.text\0.symtab\0.strtab\0.shstrtab";
    sections[4] = section(23, SHT_STRTAB, names, sizeof names, 1);
    finish();
  }

  std::string bytes;

private:
  Elf64_Shdr section(uint32_t name, uint32_t type, const void *content, size_t size, size_t entry) {
    bytes.resize((bytes.size() + 7) / 8 * 8);
    Elf64_Shdr header = {name, type, 0, 0, bytes.size(), size, 0, 0, 8, entry == 1 ? 0 : entry};
    bytes.append(static_cast<const char *>(content), size);
    return header;
  }

  void addSymbols(std::span<const NamedCode> code) {
    std::vector<Elf64_Sym> symbols(1);
    std::string names(1, '\0');
    for (const NamedCode &function : code) {
      symbols.push_back({uint32_t(names.size()), ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), STV_DEFAULT,
                         1, reinterpret_cast<uintptr_t>(function.begin), function.bytes});
      names.append(function.name.c_str(), function.name.size() + 1);
    }
    sections[2] = section(7, SHT_SYMTAB, symbols.data(), symbols.size() * sizeof(Elf64_Sym),
                          sizeof(Elf64_Sym));
    sections[2].sh_link = 3; // Its names.
    sections[2].sh_info = 1; // The first that is not local.
    sections[3] = section(15, SHT_STRTAB, names.data(), names.size(), 1);
  }

  void finish() {
    Elf64_Shdr last = section(0, 0, sections, sizeof sections, 1);
    Elf64_Ehdr header = {};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = EM_X86_64;
    header.e_version = EV_CURRENT;
    header.e_ehsize = sizeof header;
    header.e_shoff = last.sh_offset;
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = std::size(sections);
    header.e_shstrndx = 4;
    std::memcpy(bytes.data(), &header, sizeof header);
  }

  Elf64_Shdr sections[5] = {};
};

} // namespace

void writ::showToDebugger(std::span<const NamedCode> code) {
  static std::mutex mutex;
  if (code.empty())
    return;
  // Never freed: the debugger may look at any time.
  auto *image = new std::string(Image(code).bytes);
  auto *entry = new jit_code_entry{nullptr, nullptr, image->data(), image->size()};
  std::lock_guard lock(mutex);
  entry->next = __jit_debug_descriptor.first;
  if (entry->next)
    entry->next->previous = entry;
  __jit_debug_descriptor.first = entry;
  __jit_debug_descriptor.relevant = entry;
  __jit_debug_descriptor.action = 1; // JIT_REGISTER_FN
  __jit_debug_register_code();
}
