//===- Database.cpp - SQLite, with errors as results ----------------------===//
#include "cache/Database.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <sqlite3.h>
#include <thread>
#include <unistd.h>
#include <utility>

using namespace writ;
using namespace writ::cache;

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

Statement::Statement(Database &database, std::string_view sql) : database(database) {
  failure =
      sqlite3_prepare_v2(database.connection, sql.data(), int(sql.size()), &statement, nullptr);
}

Statement::~Statement() { sqlite3_finalize(statement); }

Statement &Statement::bind(int64_t value) {
  if (failure == SQLITE_OK)
    failure = sqlite3_bind_int64(statement, nextParameter++, value);
  return *this;
}

Statement &Statement::bind(std::string_view text) {
  if (failure == SQLITE_OK)
    failure = sqlite3_bind_text64(statement, nextParameter++, text.data(), text.size(),
                                  SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement &Statement::bind(std::span<const uint8_t> blob) {
  // A null pointer would be bound as NULL.
  const void *data = blob.empty() ? "" : static_cast<const void *>(blob.data());
  if (failure == SQLITE_OK)
    failure = sqlite3_bind_blob64(statement, nextParameter++, data, blob.size(), SQLITE_STATIC);
  return *this;
}

Result<bool> Statement::step() {
  if (failure == SQLITE_OK)
    failure = sqlite3_step(statement);
  if (failure == SQLITE_ROW || failure == SQLITE_DONE) {
    bool hasRow = failure == SQLITE_ROW;
    failure = SQLITE_OK;
    return hasRow;
  }
  return database.error(failure);
}

Result<void> Statement::run() {
  for (;;) {
    Result<bool> stepped = step();
    if (!stepped)
      return stepped.error();
    if (!*stepped)
      return {};
  }
}

std::optional<int64_t> Statement::integer(int column) const {
  if (sqlite3_column_type(statement, column) != SQLITE_INTEGER)
    return std::nullopt;
  return sqlite3_column_int64(statement, column);
}

std::optional<std::string_view> Statement::text(int column) const {
  if (sqlite3_column_type(statement, column) != SQLITE_TEXT)
    return std::nullopt;
  const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(statement, column));
  if (!text)
    return std::nullopt;
  return std::string_view(text, size_t(sqlite3_column_bytes(statement, column)));
}

std::optional<std::span<const uint8_t>> Statement::blob(int column) const {
  if (sqlite3_column_type(statement, column) != SQLITE_BLOB)
    return std::nullopt;
  const auto *bytes = static_cast<const uint8_t *>(sqlite3_column_blob(statement, column));
  return std::span<const uint8_t>(bytes, size_t(sqlite3_column_bytes(statement, column)));
}

std::optional<Digest> Statement::digest(int column) const {
  Digest digest;
  auto bytes = blob(column);
  if (!bytes || bytes->size() != digest.bytes.size())
    return std::nullopt;
  std::memcpy(digest.bytes.data(), bytes->data(), bytes->size());
  return digest;
}

std::optional<double> Statement::real(int column) const {
  if (sqlite3_column_type(statement, column) != SQLITE_FLOAT)
    return std::nullopt;
  return sqlite3_column_double(statement, column);
}

int Statement::columns() const { return sqlite3_column_count(statement); }

std::string_view Statement::columnName(int column) const {
  const char *name = sqlite3_column_name(statement, column);
  return name ? name : "";
}

//===----------------------------------------------------------------------===//
// Connections
//===----------------------------------------------------------------------===//

Database::Database(Database &&other) noexcept
    : connection(std::exchange(other.connection, nullptr)), path(std::move(other.path)),
      access(other.access) {}

Database &Database::operator=(Database &&other) noexcept {
  std::swap(connection, other.connection);
  std::swap(path, other.path);
  std::swap(access, other.access);
  return *this;
}

Database::~Database() { sqlite3_close(connection); }

/// What a database may contain must not run code or reach other files (SQLite: "Defense Against The
/// Dark Arts").
static void distrust(sqlite3 *connection) {
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
}

/// For SQLite as a URI, of a file that nobody changes while it is open.
static std::string immutableUri(const std::string &path) {
  std::string uri = "file:";
  for (unsigned char c : path)
    if (std::isalnum(c) || c == '/' || c == '.' || c == '-' || c == '_')
      uri += char(c);
    else
      uri += fmt::format("%{:02X}", c);
  return uri + "?immutable=1";
}

/// Whether a reader finds a file that it would have to write to: readers of a log leave notes
/// beside it. Without a log there is nothing to note.
static bool needsNoNotes(sqlite3 *connection, const std::string &path) {
  int code =
      sqlite3_exec(connection, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
  std::error_code failed;
  bool hasLog = std::filesystem::exists(path + "-wal", failed) &&
                std::filesystem::file_size(path + "-wal", failed) != 0;
  return !hasLog && ((code & 0xff) == SQLITE_READONLY || (code & 0xff) == SQLITE_CANTOPEN);
}

int Database::connect(const std::string &name, int flags, int patience) {
  sqlite3_close(connection);
  connection = nullptr;
  int code = sqlite3_open_v2(name.c_str(), &connection, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK)
    return code;
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, patience);
  distrust(connection);
  return SQLITE_OK;
}

Result<Database> Database::open(const std::string &path, Access access, int patience) {
  Database database;
  database.path = path;
  database.access = access;
  bool mayWrite = access == Access::ReadWrite;
  int flags = mayWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  int code = database.connect(path, flags, patience);
  // Somebody who may write could do so while we read: what comes out is checked in any case.
  if (code == SQLITE_OK && !mayWrite && needsNoNotes(database.connection, path))
    code = database.connect(immutableUri(path), flags | SQLITE_OPEN_URI, patience);
  if (code != SQLITE_OK)
    return database.error(code);
  if (mayWrite && sqlite3_db_readonly(database.connection, "main") == 1)
    return database.error(SQLITE_READONLY);
  if (Result<void> set = database.run("PRAGMA cell_size_check = ON"); !set)
    return set.error();
  return database;
}

Result<void> Database::useLog(int patience) {
  using namespace std::chrono;
  auto end = steady_clock::now() + milliseconds(patience);
  // Artifacts are large: pages of a new file are, and the log is copied into the file (and that
  // waits for the disk) when there is some 64 MB of it, instead of with every second artifact.
  constexpr const char *settings = "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; "
                                   "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4096";
  // Two that do it at the same time could wait for each other for ever, so SQLite does not wait at
  // all: one of them has to try again.
  for (auto pause = milliseconds(1);; pause = std::min(2 * pause, milliseconds(20))) {
    int code = sqlite3_exec(connection, settings, nullptr, nullptr, nullptr);
    if (code == SQLITE_OK)
      return {};
    if ((code & 0xff) != SQLITE_BUSY || steady_clock::now() >= end)
      return error(code);
    std::this_thread::sleep_for(pause);
  }
}

Result<void> Database::run(const char *sql) {
  int code = sqlite3_exec(connection, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    return error(code);
  return {};
}

Result<int64_t> Database::integer(const char *sql) {
  Statement statement(*this, sql);
  Result<bool> row = statement.step();
  if (!row)
    return row.error();
  std::optional<int64_t> value = *row ? statement.integer(0) : std::nullopt;
  if (!value)
    return Error{ErrorKind::BadInput, fmt::format("{}: '{}' gives no number", path, sql)};
  return *value;
}

int64_t Database::changes() const { return sqlite3_changes64(connection); }

static std::string whyNotOpened(const std::string &path, int cause) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  bool isOpen = access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) == 0;
  return fmt::format("cannot be opened or made: {}", std::strerror(isOpen ? cause : errno));
}

static std::string whyNotWritten(int code, Access access) {
  if (access == Access::ReadWrite)
    return "cannot be written to; make the file and its folder writable, or use another one";
  if (code == SQLITE_READONLY_CANTINIT || code == SQLITE_READONLY_RECOVERY ||
      code == SQLITE_READONLY_DIRECTORY)
    return "has a log beside it that only those can read who may write to its folder";
  return "cannot be written to: it is only read here";
}

Error Database::error(int code) const {
  int primary = code & 0xff;
  bool isBadFile = primary == SQLITE_NOTADB || primary == SQLITE_CORRUPT;
  std::string reason = connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  int cause = connection ? sqlite3_system_errno(connection) : 0;
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED)
    reason = "is locked by another process; try again when that has ended";
  else if (primary == SQLITE_READONLY)
    reason = whyNotWritten(code, access);
  else if (primary == SQLITE_FULL || cause == ENOSPC || cause == EDQUOT)
    reason = "the disk is full; what was there is intact, so free some space and try again";
  else if (primary == SQLITE_CANTOPEN)
    reason = whyNotOpened(path, cause);
  else if (primary == SQLITE_IOERR)
    reason += fmt::format("{}{}; what was there is intact", cause ? ": " : "",
                          cause ? std::strerror(cause) : "");
  return {isBadFile ? ErrorKind::BadInput : ErrorKind::Internal,
          fmt::format("{}: {}", path, reason)};
}

//===----------------------------------------------------------------------===//
// Transactions
//===----------------------------------------------------------------------===//

Result<Transaction> Transaction::begin(Database &database) {
  // At once with the right to write: a later upgrade could fail.
  if (Result<void> begun = database.run("BEGIN IMMEDIATE"); !begun)
    return begun.error();
  return Transaction(database);
}

Transaction::Transaction(Transaction &&other) noexcept
    : database(std::exchange(other.database, nullptr)) {}

Transaction::~Transaction() {
  if (database)
    (void)database->run("ROLLBACK");
}

Result<void> Transaction::commit() {
  Result<void> committed = database->run("COMMIT");
  if (committed)
    database = nullptr;
  return committed;
}
