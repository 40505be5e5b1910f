//===- SpeedChoice.h - Which functions are worth more bytes ---------------===//
#ifndef WRIT_LOWERING_WASM_SPEEDCHOICE_H
#define WRIT_LOWERING_WASM_SPEEDCHOICE_H

#include "lowering/wasm/Code.h"
#include "lowering/wasm/FastPath.h"

#include <array>
#include <map>

namespace writ::wasmgen {

/// Has each function in its smallest form, and faster forms of those that run in loops.
class SpeedChoice {
public:
  void addSmall(uint32_t index, Body body) { forms[index].bodies[0] = std::move(body); }

  /// The faster forms that could pay. After all small ones have been added.
  std::vector<std::pair<uint32_t, Speed>> wanted();
  void addFast(uint32_t index, Speed speed, Body body);

  /// Takes the fast forms of what runs most, with about `bytes` more in all. False if none fits.
  bool choose(uint64_t bytes);

  /// Those that were chosen, at first the small ones, by index.
  std::vector<std::pair<uint32_t, const Body *>> bodies() const;
  const Body &smallest(uint32_t index) const { return forms.find(index)->second.bodies[0]; }

private:
  struct Forms {
    std::array<Body, 3> bodies; ///< By `Speed`.
    unsigned heat = 0;          ///< Loops around calls of it.
    Speed chosen = Speed::Small;
  };

  void spreadHeat();
  static bool isCalledOften(const Forms &form);

  std::map<uint32_t, Forms> forms;
};

} // namespace writ::wasmgen

#endif
