//===- Outline.cpp - Make functions of code that recurs -------------------===//
//
// Pairs of neighbours that recur become one, again and again, as in Re-Pair (Larsson and Moffat,
// DCC 1999); what has become of that is a function if it is still used often enough.
//
//===----------------------------------------------------------------------===//
#include "lowering/wasm/Outline.h"

#include "lowering/wasm/InstructionTypes.h"
#include "lowering/wasm/Instructions.h"
#include "lowering/wasm/Numbering.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"

#include <algorithm>

using namespace writ;
using namespace writ::wasmgen;

namespace {
constexpr uint32_t none = ~0u;
constexpr unsigned mostRounds = 12;
/// Of a call, mostly.
constexpr int64_t callBytes = 2;
/// An entry in the function section, the size, no locals, `end`.
constexpr int64_t functionBytes = 4;

/// An instruction or two neighbours; equal ones have the same number.
struct Token {
  uint32_t left = none, right = none; ///< Of two neighbours.
  uint32_t count = 1;                 ///< Instructions.
  FuncType type;
  unsigned places = 0; ///< Instructions that may trap, that is, have a place in the input.
  bool charges = false;
  int64_t bytes = 0;
  uint64_t uses = 0;
  uint32_t function = none; ///< The function that it has become.
  bool isPair() const { return left != none; }
};

/// A token where it stands, from the instruction with the number `first`.
struct Item {
  uint32_t token = none; ///< None if it cannot be in another function.
  uint32_t first = 0;
};

struct Function {
  Body *body = nullptr;
  std::vector<InstructionRange> instructions;
  std::vector<Item> items;
};

class Outliner {
public:
  Outliner(ModuleState &module, const HelperNeeds &needs) : module(module), types(module, needs) {}

  void add(Body &body);
  std::vector<Body> run();

private:
  using Pair = std::pair<uint32_t, uint32_t>;

  uint32_t tokenOf(const Body &body, const InstructionRange &range);
  std::optional<Token> join(Pair pair) const;
  bool joinRound();
  void joinIn(Function &function, const llvm::DenseMap<Pair, uint32_t> &joined);
  int64_t gain(const Token &token, uint64_t uses) const;
  void chooseFunctions();
  void rewrite(Function &function);
  void appendInstruction(Body &made, const Function &from, uint32_t number);
  void append(Body &made, const Function &from, Item item, bool isWhole);

  ModuleState &module;
  InstructionTypes types;
  std::vector<Token> tokens;
  llvm::StringMap<uint32_t> numbers; ///< Of instructions.
  std::vector<Function> functions;
  std::vector<Body> made;
};
} // namespace

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

/// The number of an instruction; none for one that has to stay in its function.
uint32_t Outliner::tokenOf(const Body &body, const InstructionRange &range) {
  std::string key(body.code.bytes.begin() + range.begin, body.code.bytes.begin() + range.end);
  Token token;
  for (uint32_t number = range.firstGap; number < range.endGap; ++number) {
    const Gap &gap = body.code.gaps[number];
    token.charges |= gap.kind == GapKind::Charge;
    key += char(gap.kind);
    for (unsigned shift = 0; shift < 32; shift += 8)
      key += char(gap.index >> shift);
  }
  auto [found, isNew] = numbers.try_emplace(key, none);
  if (!isNew)
    return found->second;
  std::optional<FuncType> type = types.find(body, range);
  if (!type)
    return none;
  found->second = uint32_t(tokens.size());
  bool isWhole = range.begin == range.end;
  token.bytes = isWhole ? callBytes : range.end - range.begin + (range.endGap - range.firstGap);
  token.type = std::move(*type);
  token.places = range.hasPlace;
  tokens.push_back(std::move(token));
  return found->second;
}

void Outliner::add(Body &body) {
  Function function;
  function.body = &body;
  function.instructions = splitInstructions(body);
  for (uint32_t number = 0; number < function.instructions.size(); ++number)
    function.items.push_back({tokenOf(body, function.instructions[number]), number});
  functions.push_back(std::move(function));
}

//===----------------------------------------------------------------------===//
// Pairs
//===----------------------------------------------------------------------===//

/// What the second takes of what the first leaves is between them.
static std::optional<FuncType> joinTypes(const FuncType &first, const FuncType &second) {
  size_t between = std::min(first.results.size(), second.params.size());
  for (size_t index = 1; index <= between; ++index)
    if (first.results[first.results.size() - index] != second.params[second.params.size() - index])
      return std::nullopt;
  FuncType type;
  type.params.assign(second.params.begin(), second.params.end() - ptrdiff_t(between));
  type.params.insert(type.params.end(), first.params.begin(), first.params.end());
  type.results.assign(first.results.begin(), first.results.end() - ptrdiff_t(between));
  type.results.insert(type.results.end(), second.results.begin(), second.results.end());
  return type;
}

std::optional<Token> Outliner::join(Pair pair) const {
  const Token &left = tokens[pair.first], &right = tokens[pair.second];
  Token token;
  token.charges = left.charges || right.charges;
  token.places = left.places + right.places;
  if (!token.charges || token.places > 1)
    return std::nullopt;
  std::optional<FuncType> type = joinTypes(left.type, right.type);
  constexpr size_t mostParams = 8;
  if (!type || type->results.size() > 1 || type->params.size() > mostParams)
    return std::nullopt;
  token.type = std::move(*type);
  token.left = pair.first;
  token.right = pair.second;
  token.count = left.count + right.count;
  token.bytes =
      (left.isPair() ? callBytes : left.bytes) + (right.isPair() ? callBytes : right.bytes);
  return token;
}

/// Bytes less if the token is a function.
int64_t Outliner::gain(const Token &token, uint64_t uses) const {
  int64_t once = functionBytes + 2 * int64_t(token.type.params.size()) + token.bytes;
  if (!module.hasType(token.type))
    once += 3 + int64_t(token.type.params.size() + token.type.results.size());
  return int64_t(uses) * (token.bytes - callBytes) - once;
}

void Outliner::joinIn(Function &function, const llvm::DenseMap<Pair, uint32_t> &joined) {
  std::vector<Item> items;
  for (size_t index = 0; index < function.items.size(); ++index) {
    Item item = function.items[index];
    bool hasNext = index + 1 < function.items.size() && item.token != none;
    auto found =
        hasNext ? joined.find({item.token, function.items[index + 1].token}) : joined.end();
    if (found != joined.end()) {
      item.token = found->second;
      ++index;
    }
    items.push_back(item);
  }
  function.items = std::move(items);
}

/// Joins the pairs that gain most, no token in more than one of them. False if there are none.
bool Outliner::joinRound() {
  llvm::DenseMap<Pair, uint64_t> uses;
  for (const Function &function : functions)
    for (size_t index = 1; index < function.items.size(); ++index) {
      uint32_t left = function.items[index - 1].token, right = function.items[index].token;
      if (left != none && right != none && (tokens[left].charges || tokens[right].charges))
        ++uses[{left, right}];
    }
  std::vector<std::pair<int64_t, Pair>> best;
  for (auto [pair, count] : uses) {
    std::optional<Token> token = count > 1 ? join(pair) : std::nullopt;
    int64_t gained = token ? gain(*token, pair.first == pair.second ? count / 2 : count) : 0;
    if (gained > 0)
      best.push_back({-gained, pair});
  }
  std::ranges::sort(best);
  llvm::DenseSet<uint32_t> taken;
  llvm::DenseMap<Pair, uint32_t> joined;
  for (auto [loss, pair] : best) {
    if (taken.contains(pair.first) || taken.contains(pair.second))
      continue;
    taken.insert(pair.first);
    taken.insert(pair.second);
    joined[pair] = uint32_t(tokens.size());
    tokens.push_back(*join(pair));
  }
  for (Function &function : functions)
    if (!joined.empty())
      joinIn(function, joined);
  return !joined.empty();
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// Those that are left, the largest first: what is not used often enough stands in its place again.
void Outliner::chooseFunctions() {
  for (const Function &function : functions)
    for (Item item : function.items)
      if (item.token != none)
        ++tokens[item.token].uses;
  uint32_t chosen = 0;
  for (size_t number = tokens.size(); number-- > 0;) {
    Token &token = tokens[number];
    if (!token.isPair() || token.uses == 0)
      continue;
    bool isFunction = gain(token, token.uses) > 0;
    if (isFunction)
      token.function = chosen++;
    for (uint32_t part : {token.left, token.right})
      tokens[part].uses += isFunction ? 1 : token.uses;
  }
  made.resize(chosen);
}

void Outliner::appendInstruction(Body &to, const Function &from, uint32_t number) {
  const InstructionRange &range = from.instructions[number];
  const Code &code = from.body->code;
  auto at = uint32_t(to.code.bytes.size());
  if (range.hasPlace)
    to.code.places.push_back({at, uint32_t(to.code.gaps.size()), code.places[range.place].source});
  for (uint32_t index = range.firstGap; index < range.endGap; ++index) {
    to.code.gaps.push_back(code.gaps[index]);
    to.code.gaps.back().at += at - range.begin;
  }
  to.code.bytes.insert(to.code.bytes.end(), code.bytes.begin() + range.begin,
                       code.bytes.begin() + range.end);
}

/// Adds what stands there: a call, or what it is made of. `isWhole`: in a function that calls would
/// be of.
void Outliner::append(Body &to, const Function &from, Item item, bool isWhole) {
  std::vector<std::pair<Item, bool>> work{{item, isWhole}};
  while (!work.empty()) {
    auto [next, isInside] = work.back();
    work.pop_back();
    if (next.token == none || !tokens[next.token].isPair()) {
      appendInstruction(to, from, next.first);
      continue;
    }
    const Token &token = tokens[next.token];
    if (token.function == none || isInside) {
      work.push_back({{token.right, next.first + tokens[token.left].count}, false});
      work.push_back({{token.left, next.first}, false});
      continue;
    }
    auto at = uint32_t(to.code.bytes.size());
    for (uint32_t number = next.first; number < next.first + token.count; ++number)
      if (const InstructionRange &range = from.instructions[number]; range.hasPlace)
        to.code.places.push_back(
            {at, uint32_t(to.code.gaps.size()), from.body->code.places[range.place].source});
    addGap(to.code, GapKind::Shared, token.function);
  }
}

/// The function's code with calls in it; and the functions that are called, if they are not there.
void Outliner::rewrite(Function &function) {
  Body done;
  std::vector<Item> waiting; ///< Whose functions are to be made.
  for (Item item : function.items) {
    append(done, function, item, /*isWhole=*/false);
    waiting.push_back(item);
    while (!waiting.empty()) {
      Item next = waiting.back();
      waiting.pop_back();
      if (next.token == none || !tokens[next.token].isPair())
        continue;
      const Token &token = tokens[next.token];
      if (token.function != none) {
        Body &body = made[token.function];
        if (!body.code.bytes.empty())
          continue;
        body.type = module.typeNumber(token.type);
        Encoder out(body.code.bytes);
        for (size_t param = 0; param < token.type.params.size(); ++param)
          emitIndexed(out, localGetCode, uint32_t(param));
        append(body, function, next, /*isWhole=*/true);
        body.code.places.clear();
        body.code.bytes.push_back(endCode);
      }
      waiting.push_back({token.left, next.first});
      waiting.push_back({token.right, next.first + tokens[token.left].count});
    }
  }
  function.body->code = std::move(done.code);
}

std::vector<Body> Outliner::run() {
  for (unsigned round = 0; round < mostRounds && joinRound(); ++round)
    continue;
  chooseFunctions();
  if (!made.empty())
    for (Function &function : functions)
      rewrite(function);
  return std::move(made);
}

std::vector<Body> wasmgen::outline(ModuleState &module, const HelperNeeds &needs,
                                   std::span<Body *const> bodies) {
  Outliner outliner(module, needs);
  for (Body *body : bodies)
    outliner.add(*body);
  return outliner.run();
}
