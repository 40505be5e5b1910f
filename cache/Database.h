//===- Database.h - SQLite, with errors as results ------------------------===//
#ifndef WRIT_CACHE_DATABASE_H
#define WRIT_CACHE_DATABASE_H

#include "cache/Digest.h"
#include "hostabi/Result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace writ::cache {

class Database;

/// One statement, prepared. Bind, then step. Of one thread at a time, and not to outlive its
/// database.
class Statement {
public:
  Statement(Database &database, std::string_view sql);
  ~Statement();
  Statement(const Statement &) = delete;
  Statement &operator=(const Statement &) = delete;

  /// The next parameter. Text and blobs must live until the last step.
  Statement &bind(int64_t value);
  Statement &bind(std::string_view text);
  Statement &bind(std::span<const uint8_t> blob);
  Statement &bind(const Digest &digest) { return bind(std::span<const uint8_t>(digest.bytes)); }

  /// True if there is a row. Errors are of the database: locked for too long, full, damaged.
  Result<bool> step();
  /// Steps to the end of a statement that gives no rows.
  Result<void> run();
  /// Calls `visit` for each row that is left.
  template <typename Visit>
  Result<void> forEachRow(Visit visit) {
    for (;;) {
      Result<bool> row = step();
      if (!row)
        return row.error();
      if (!*row)
        return {};
      visit();
    }
  }

  /// Of the current row. What has another type than asked for, as a hostile database may have it,
  /// is no value.
  std::optional<int64_t> integer(int column) const;
  std::optional<std::string_view> text(int column) const;
  std::optional<std::span<const uint8_t>> blob(int column) const;
  std::optional<Digest> digest(int column) const;
  std::optional<double> real(int column) const;

  int columns() const;
  std::string_view columnName(int column) const;

private:
  Database &database;
  sqlite3_stmt *statement = nullptr;
  int nextParameter = 1;
  int failure = 0;
};

/// How to open a database.
enum class Access : uint8_t { ReadOnly, ReadWrite };

/// One connection. Of one thread at a time.
class Database {
public:
  Database() = default;
  Database(Database &&other) noexcept;
  Database &operator=(Database &&other) noexcept;
  ~Database();

  /// Opens the file at `path`; makes it if it is not there and `access` allows it. For
  /// reading, also where nothing can be written, as long as there is no log beside it.
  /// Waits up to `patience` milliseconds wherever another connection has locked it.
  static Result<Database> open(const std::string &path, Access access, int patience);

  /// Writers and readers do not wait for each other any more: switches to WAL mode.
  Result<void> useLog(int patience);

  Result<void> run(const char *sql);
  /// The one integer that `sql` gives.
  Result<int64_t> integer(const char *sql);
  /// Rows that the last statement changed.
  int64_t changes() const;

  /// What SQLite says of the last failure, with the file's name before it. BadInput if the file is
  /// not what it should be, Internal if the machine is the reason.
  Error error(int code) const;

  explicit operator bool() const { return connection; }

private:
  friend class Statement;
  int connect(const std::string &name, int flags, int patience);

  sqlite3 *connection = nullptr;
  std::string path;
  Access access = Access::ReadWrite;
};

/// A write transaction: rolled back unless committed.
class Transaction {
public:
  static Result<Transaction> begin(Database &database);
  Transaction(Transaction &&other) noexcept;
  Transaction &operator=(Transaction &&) = delete;
  ~Transaction();

  Result<void> commit();

private:
  explicit Transaction(Database &database) : database(&database) {}
  Database *database;
};

} // namespace writ::cache

#endif
