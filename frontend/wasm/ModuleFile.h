//===- ModuleFile.h - Module files, read with every check -----------------===//
#ifndef WRIT_FRONTEND_WASM_MODULEFILE_H
#define WRIT_FRONTEND_WASM_MODULEFILE_H

#include "hostabi/Result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace writ::wasm {

/// The bytes of `path` ("-": standard input), at most `maxBytes`. A BadInput error says in one
/// line what is wrong: missing, unreadable, a directory, a device, too large, empty, or not a
/// binary WebAssembly module at all (text, a shared object). What follows the magic number is
/// not looked at.
Result<std::vector<uint8_t>> readModuleFile(const std::string &path, uint64_t maxBytes);

} // namespace writ::wasm

#endif
