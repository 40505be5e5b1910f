//===- WrapBody.h - A module around the code of one function --------------===//
#ifndef WRIT_TESTS_FUZZ_WRAPBODY_H
#define WRIT_TESTS_FUZZ_WRAPBODY_H

#include "tests/unit/WasmBytes.h"

namespace writ::test {

/// A module around `body` (local declarations and code) of a function (i32, i64) -> (i64),
/// with something of everything that code can refer to.
inline Bytes wrapBody(const Bytes &body) {
  Bytes types = {4, 0x60, 0, 0,    0x60, 2,    0x7f, 0x7e, 1, 0x7e, 0x60,
                 1, 0x7f, 2, 0x7d, 0x7c, 0x60, 1,    0x70, 1, 0x6f};
  return module(
      {section(1, types),
       section(2, join({{2}, text("e"), text("f"), {0, 2}, text("e"), text("g"), {3, 0x7e, 0}})),
       section(3, {2, 1, 3}), section(4, {2, 0x70, 0, 9, 0x6f, 0, 9}), section(5, {1, 0, 1}),
       section(6, {1, 0x7f, 1, 0x41, 0, 0x0b}),
       section(9, {2, 3, 0, 2, 0, 2, 5, 0x6f, 1, 0xd0, 0x6f, 0x0b}), section(12, {1}),
       section(10, join({{2}, sized(body), {4, 0, 0xd0, 0x6f, 0x0b}})),
       section(11, {1, 1, 1, 'x'})});
}

} // namespace writ::test

#endif
