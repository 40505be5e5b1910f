//===- CacheSql.cpp - Ask the cache in SQL --------------------------------===//
#include "tools/writ/Text.h"
#include "tools/writ/cache/CacheActions.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

using Json = nlohmann::ordered_json;

namespace writ::cli {

using namespace cache;

static std::string hexOf(std::span<const uint8_t> bytes, size_t most) {
  std::string text;
  for (uint8_t byte : bytes.first(std::min(most, bytes.size())))
    text += fmt::format("{:02x}", byte);
  return bytes.size() > most ? fmt::format("{}... ({} bytes)", text, bytes.size()) : text;
}

static Json cell(const Statement &statement, int column, size_t mostBytes) {
  if (auto integer = statement.integer(column))
    return *integer;
  if (auto real = statement.real(column))
    return *real;
  if (auto text = statement.text(column))
    return *text;
  if (auto blob = statement.blob(column))
    return hexOf(*blob, mostBytes);
  return nullptr;
}

ExitCode runSql(const CacheRequest &request) {
  request.cache.open(Access::ReadOnly).reset(); // Says what is wrong with a file that is no cache.
  Database database = orFatal(Database::open(request.cache.file(), Access::ReadOnly, 10'000));
  Statement statement(database, request.words[0]);
  Table table;
  Json rows = Json::array();
  std::vector<std::string> names;
  for (int column = 0; column < statement.columns(); ++column)
    names.emplace_back(statement.columnName(column));
  if (!names.empty())
    table.add(names);
  orFatal(statement.forEachRow([&] {
    Json row = Json::object();
    std::vector<std::string> cells;
    for (int column = 0; column < statement.columns(); ++column) {
      Json value = cell(statement, column, request.json ? ~size_t(0) : 32);
      cells.push_back(value.is_null()     ? "-"
                      : value.is_string() ? value.get<std::string>()
                                          : value.dump());
      row[names[size_t(column)]] = std::move(value);
    }
    table.add(std::move(cells));
    rows.push_back(std::move(row));
  }));
  // Text in a database may be anything.
  std::string text =
      request.json ? rows.dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : table.text();
  fmt::print("{}", text);
  return ExitCode::Ok;
}

} // namespace writ::cli
