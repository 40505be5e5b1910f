//===- ScheduleParser.cpp - Reads the text of a schedule ------------------===//
#include "hostabi/Context.h"
#include "hostabi/Schedule.h"

#include <bitset>
#include <charconv>
#include <set>

using namespace writ;

namespace {

/// A word, a "quoted string" (`text` is what is between the quotes), or the end of a line.
struct Token {
  enum class Kind { Word, String, EndOfLine };
  Kind kind = Kind::EndOfLine;
  std::string_view text;
  size_t column = 1;
};

class Parser {
public:
  Parser(std::string_view text, std::string_view file) : rest(text), file(file) {}
  Result<Schedule> run();

private:
  Result<Token> next();
  Result<Token> quoted();
  Result<void> statement(const Token &keyword);
  Result<void> endOfLine();
  Result<void> parseName();
  Result<void> parsePrice();
  Result<void> parseHost();
  Result<void> parseAmount(uint64_t &amount, uint64_t limit = maxGas);
  Result<std::string> parseString(const char *what);
  Result<void> applyDefault();
  Error fail(size_t column, const std::string &what) const;
  Error fail(const Token &token, const std::string &what) const { return fail(token.column, what); }

  std::string_view rest; ///< What follows the current line.
  std::string_view file;
  std::string_view line; ///< The current line.
  size_t lineNumber = 0;
  size_t position = 0;             ///< In `line`.
  std::set<std::string_view> seen; ///< Statements that come once.
  std::bitset<numCostClasses> priced;
  uint64_t defaultAmount = 0;
  Schedule schedule;
};

} // namespace

static bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// Classes whose price multiplies a size are free unless priced by name.
static bool countsUnits(CostClass costClass) { return costClassName(costClass).ends_with("_unit"); }

Error Parser::fail(size_t column, const std::string &what) const {
  return badInput(std::string(file) + ":" + std::to_string(lineNumber) + ":" +
                  std::to_string(column) + ": " + what);
}

Result<Token> Parser::next() {
  while (position < line.size() && isSpace(line[position]))
    ++position;
  if (position == line.size() || line[position] == '#') {
    position = line.size();
    return Token{Token::Kind::EndOfLine, {}, position + 1};
  }
  if (line[position] == '"')
    return quoted();
  size_t begin = position;
  while (position < line.size() && !isSpace(line[position]) && line[position] != '#' &&
         line[position] != '"')
    ++position;
  return Token{Token::Kind::Word, line.substr(begin, position - begin), begin + 1};
}

Result<Token> Parser::quoted() {
  size_t begin = position;
  size_t end = line.find('"', begin + 1);
  if (end == std::string_view::npos)
    return fail(begin + 1, "string without closing quote");
  position = end + 1;
  return Token{Token::Kind::String, line.substr(begin + 1, end - begin - 1), begin + 1};
}

Result<void> Parser::endOfLine() {
  Result<Token> token = next();
  if (!token)
    return token.error();
  if (token->kind != Token::Kind::EndOfLine)
    return fail(*token, "'" + std::string(token->text) + "' after the end of the statement");
  return {};
}

Result<void> Parser::parseName() {
  Result<Token> token = next();
  if (!token)
    return token.error();
  if (token->kind != Token::Kind::Word)
    return fail(*token, "expected a name, one word");
  schedule.name = token->text;
  return {};
}

Result<void> Parser::parseAmount(uint64_t &amount, uint64_t limit) {
  Result<Token> token = next();
  if (!token)
    return token.error();
  std::string_view text = token->text;
  if (token->kind != Token::Kind::Word)
    return fail(*token, "expected an amount of gas, a decimal number");
  auto [end, error] = std::from_chars(text.begin(), text.end(), amount);
  if (end != text.end() || (error != std::errc() && error != std::errc::result_out_of_range))
    return fail(*token, "'" + std::string(text) + "' is not a decimal number");
  if (error == std::errc::result_out_of_range || amount >= limit)
    return fail(*token, "amount " + std::string(text) + " is not below " +
                            (limit == maxGas ? "2^62" : "2^32"));
  return {};
}

Result<void> Parser::parsePrice() {
  Result<Token> token = next();
  if (!token)
    return token.error();
  if (token->kind != Token::Kind::Word)
    return fail(*token, "expected a cost class");
  std::optional<CostClass> costClass = parseCostClass(token->text);
  if (!costClass)
    return fail(*token, "no cost class '" + std::string(token->text) + "'");
  if (priced[size_t(*costClass)])
    return fail(*token, "second price for '" + std::string(token->text) + "'");
  priced.set(size_t(*costClass));
  return parseAmount(schedule.classPrices[size_t(*costClass)], classPriceLimit);
}

Result<std::string> Parser::parseString(const char *what) {
  Result<Token> token = next();
  if (!token)
    return token.error();
  if (token->kind != Token::Kind::String)
    return fail(*token, std::string("expected the host function's ") + what + " in quotes");
  return std::string(token->text);
}

Result<void> Parser::parseHost() {
  Result<std::string> module = parseString("module");
  if (!module)
    return module.error();
  Result<std::string> name = parseString("name");
  if (!name)
    return name.error();
  auto [entry, isNew] = schedule.hosts.try_emplace({*module, *name}, 0);
  if (!isNew)
    return fail(1, "second price for host function \"" + *module + "\" \"" + *name + "\"");
  return parseAmount(entry->second);
}

Result<void> Parser::statement(const Token &keyword) {
  std::string_view word = keyword.text;
  if (keyword.kind == Token::Kind::Word) {
    if (word == "price")
      return parsePrice();
    if (word == "host")
      return parseHost();
    if (word == "name" || word == "default" || word == "host_default" || word == "load_byte")
      if (!seen.insert(word).second)
        return fail(keyword, "second '" + std::string(word) + "'");
    if (word == "name")
      return parseName();
    if (word == "default")
      return parseAmount(defaultAmount, classPriceLimit);
    if (word == "host_default")
      return parseAmount(schedule.hostDefault);
    if (word == "load_byte")
      return parseAmount(schedule.loadByte);
  }
  return fail(keyword, "'" + std::string(word) +
                           "' is no statement; expected name, default, price, host, "
                           "host_default or load_byte");
}

Result<void> Parser::applyDefault() {
  for (size_t i = 0; i < numCostClasses; ++i) {
    if (priced[i] || countsUnits(CostClass(i)))
      continue;
    if (!seen.count("default"))
      return fail(1,
                  "no price for '" + std::string(costClassName(CostClass(i))) + "' and no default");
    schedule.classPrices[i] = defaultAmount;
  }
  if (!seen.count("name"))
    return fail(1, "no name");
  return {};
}

Result<Schedule> Parser::run() {
  while (!rest.empty()) {
    size_t end = rest.find('\n');
    line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    ++lineNumber;
    position = 0;
    Result<Token> keyword = next();
    if (!keyword)
      return keyword.error();
    if (keyword->kind == Token::Kind::EndOfLine)
      continue;
    if (Result<void> parsed = statement(*keyword); !parsed)
      return parsed.error();
    if (Result<void> ended = endOfLine(); !ended)
      return ended.error();
  }
  ++lineNumber; // What is missing is reported behind the last line.
  if (Result<void> complete = applyDefault(); !complete)
    return complete.error();
  return std::move(schedule);
}

Result<Schedule> writ::parseSchedule(std::string_view text, std::string_view file) {
  return Parser(text, file).run();
}
