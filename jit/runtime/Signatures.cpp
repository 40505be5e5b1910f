//===- Signatures.cpp - One number for each function type -----------------===//
#include "jit/runtime/Signatures.h"

#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>

using namespace writ;

namespace {
struct Interner {
  std::shared_mutex mutex;
  std::map<std::string, uint32_t, std::less<>> numbers;
  std::deque<FuncType> types; ///< By number; a deque, so that references stay valid.
};
} // namespace

static Interner &interner() {
  static Interner &only = *new Interner; // Never destroyed: used until the last thread ends.
  return only;
}

/// One byte a type; the results follow a byte that is no type.
static std::string keyOf(const FuncType &type) {
  std::string key;
  key.reserve(type.params.size() + 1 + type.results.size());
  for (ValueType param : type.params)
    key += char(param);
  key += '\xff';
  for (ValueType result : type.results)
    key += char(result);
  return key;
}

uint32_t writ::internSignature(const FuncType &type) {
  Interner &all = interner();
  std::string key = keyOf(type);
  {
    std::shared_lock lock(all.mutex);
    if (auto found = all.numbers.find(key); found != all.numbers.end())
      return found->second;
  }
  std::unique_lock lock(all.mutex);
  auto [entry, isNew] = all.numbers.try_emplace(std::move(key), uint32_t(all.types.size()));
  if (isNew)
    all.types.push_back(type);
  return entry->second;
}

const FuncType &writ::signatureType(uint32_t signature) {
  Interner &all = interner();
  std::shared_lock lock(all.mutex);
  return all.types[signature];
}
