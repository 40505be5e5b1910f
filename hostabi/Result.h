//===- Result.h - A value, or why there is none ---------------------------===//
//
// The run side links no LLVM (law 7), so it cannot use llvm::Expected. This is
// the same idea in forty lines.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_HOSTABI_RESULT_H
#define WRIT_HOSTABI_RESULT_H

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace writ {

/// Whose fault an error is (law 5). A trap is neither: it is data.
enum class ErrorKind : unsigned char {
  BadInput,   ///< The module, arguments or options given are wrong. Exit code 2.
  Unlinkable, ///< An import is missing or of another type. Exit code 2.
  Limit,      ///< A stated limit or compile budget is exceeded. Exit code 2.
  Internal,   ///< writ or the machine failed; not a result. Exit code 3.
};

/// What went wrong, ready to be printed: "token.wasm:0x1f3: function 12
/// 'transfer': branch depth 4 exceeds 2 enclosing blocks". Lower case, no full
/// stop, position first.
struct Error {
  ErrorKind kind = ErrorKind::Internal;
  std::string message;
};

inline Error badInput(std::string message) { return {ErrorKind::BadInput, std::move(message)}; }
inline Error internalError(std::string message) {
  return {ErrorKind::Internal, std::move(message)};
}

/// A `T` or an `Error`. Test it, then take the value with `*` or the error with
/// `error()`.
template <typename T>
class [[nodiscard]] Result {
public:
  Result(T value) : state(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state.index() == 0; }
  T &operator*() { return *std::get_if<0>(&state); }
  const T &operator*() const { return *std::get_if<0>(&state); }
  T *operator->() { return std::get_if<0>(&state); }
  const T *operator->() const { return std::get_if<0>(&state); }

  Error &error() {
    assert(!*this && "no error to take");
    return *std::get_if<1>(&state);
  }
  const Error &error() const {
    assert(!*this && "no error to take");
    return *std::get_if<1>(&state);
  }

private:
  std::variant<T, Error> state;
};

/// Success, or an `Error`.
template <>
class [[nodiscard]] Result<void> {
public:
  Result() = default;
  Result(Error error) : failure(std::move(error)), failed(true) {}

  explicit operator bool() const { return !failed; }
  const Error &error() const {
    assert(failed && "no error to take");
    return failure;
  }

private:
  Error failure;
  bool failed = false;
};

} // namespace writ

#endif
