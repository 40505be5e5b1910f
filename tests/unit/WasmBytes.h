//===- WasmBytes.h - Small modules, byte by byte, for tests ---------------===//
#ifndef WRIT_TESTS_UNIT_WASMBYTES_H
#define WRIT_TESTS_UNIT_WASMBYTES_H

#include "frontend/wasm/Wasm.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace writ::test {

using Bytes = std::vector<uint8_t>;

inline Bytes leb(uint32_t value) {
  Bytes out;
  for (; value >= 0x80; value >>= 7)
    out.push_back(uint8_t(value | 0x80));
  out.push_back(uint8_t(value));
  return out;
}

inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes &part : parts)
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

/// A size and that many bytes: a section's contents, a body, a name.
inline Bytes sized(const Bytes &contents) {
  return join({leb(uint32_t(contents.size())), contents});
}

inline Bytes text(std::string_view chars) { return sized(Bytes(chars.begin(), chars.end())); }

inline Bytes section(uint8_t id, const Bytes &contents) {
  return join({Bytes{id}, sized(contents)});
}

inline Bytes module(std::initializer_list<Bytes> sections) {
  return join({{0, 'a', 's', 'm', 1, 0, 0, 0}, join(sections)});
}

/// A module with a memory, a table, a mutable i32 global and one function of the type `type`
/// (params and results as in the binary), with the code `code` (without the final end).
inline Bytes moduleOf(const Bytes &type, const Bytes &code, const Bytes &locals = {0}) {
  Bytes body = sized(join({locals, code, {0x0b}}));
  return module({section(1, join({{1, 0x60}, type})), section(3, {1, 0}),
                 section(4, {1, 0x70, 0, 1}), section(5, {1, 0, 1}),
                 section(6, {1, 0x7f, 1, 0x41, 0, 0x0b}), section(10, join({{1}, body}))});
}

/// The types () -> () and () -> (i32).
inline const Bytes noType = {0, 0};
inline const Bytes toI32 = {0, 1, 0x7f};

/// What readModule says without the position, or "ok".
inline std::string verdict(const Bytes &bytes, const wasm::Policy &policy = {}) {
  Result<wasm::Module> module = wasm::readModule(bytes, policy, "m");
  if (module)
    return "ok";
  const std::string &message = module.error().message;
  size_t start = message.find(": ");
  return start == std::string::npos ? message : message.substr(start + 2);
}

inline std::string bodyVerdict(const Bytes &code, const Bytes &type = noType,
                               const wasm::Policy &policy = {}) {
  std::string text = verdict(moduleOf(type, code), policy);
  return text.starts_with("function 0: ") ? text.substr(12) : text;
}

} // namespace writ::test

#endif
