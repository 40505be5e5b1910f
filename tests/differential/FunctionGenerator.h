//===- FunctionGenerator.h - Random code that validates -------------------===//
#ifndef WRIT_TESTS_DIFFERENTIAL_FUNCTIONGENERATOR_H
#define WRIT_TESTS_DIFFERENTIAL_FUNCTIONGENERATOR_H

#include "tests/differential/ModuleShape.h"

#include <optional>

namespace writ::test {

/// Makes the code of one function by recursion on what is wanted next: a value of some
/// type, or a statement, which leaves the operand stack as it was. So what comes out is
/// valid by construction. Code after an unconditional branch is generated as any other.
class FunctionGenerator {
public:
  FunctionGenerator(ModuleShape &shape, ByteSource &in, uint32_t index);
  Body generate();

private:
  struct Label {
    std::vector<ValueType> types; ///< What a branch to it takes.
    bool isLoop = false;
  };

  // Expressions.cpp: values.
  void value(ValueType type);
  void values(std::span<const ValueType> types);
  void leaf(ValueType type);
  void constant(ValueType type);
  void produce(ValueType type);
  bool special(ValueType type);
  void fixedOp(wasm::Opcode opcode);
  void operand(wasm::Opcode opcode, unsigned index, ValueType type);
  void immediates(wasm::Opcode opcode);
  void address();
  void smallNumber(unsigned bound);
  void reference(ValueType type);
  bool callFor(ValueType type);
  void select(ValueType type);
  void indirectIndex(uint32_t table);

  // Statements.cpp: control.
  void statement();
  void statements(unsigned atMost);
  void straightStatement();
  void controlStatement();
  void blockValue(ValueType type);
  void typedBlock();
  void ifStatement();
  void countedLoop();
  void loopWithParams();
  void conditionalBranch();
  void branchAway();
  void tableSwitch();
  void call(uint32_t func);
  void callIndirect(const FuncType &type, bool isTail);
  void consume(std::span<const ValueType> types);
  void store(ValueType type);
  void storeSeries();
  void makePointer(Body &body);

  uint32_t anyCallee();
  std::optional<uint32_t> slotOf(ValueType type);
  std::vector<uint32_t> labelsTaking(std::span<const ValueType> types) const;
  bool isTired() const { return fuel <= 0 || depth > 7; }

  ModuleShape &shape;
  ByteSource &in;
  uint32_t index;
  const FuncType &type;
  std::vector<ValueType> slots;    ///< Parameters and locals that code may set.
  uint32_t firstCounter = 0;       ///< Loop counters lie behind those.
  unsigned loops = 0;              ///< Counted loops around here.
  std::optional<uint32_t> pointer; ///< A local that is often taken for an address.
  std::vector<Label> labels;       ///< Innermost last.
  Code code;
  int fuel;           ///< Ops that may still be made, roughly.
  unsigned depth = 0; ///< Of the recursion.
};

inline constexpr unsigned maxLoopNesting = 3;

} // namespace writ::test

#endif
