//===- Signature.cpp - How a function's parameters are passed -------------===//

#include "jit/singlepass/Signature.h"

#include "llvm/Support/MathExtras.h"

using namespace writ;
using namespace writ::singlepass;

Signature::Signature(const FuncType &type, bool calleePops) : type(type) {
  unsigned general = 0, floats = 0;
  for (ValueType param : type.params) {
    Passed passed{kindOf(param)};
    if (isFloat(passed.kind) && floats < numFloatParams)
      passed.reg = Reg(xmm0 + floats++);
    else if (!isFloat(passed.kind) && general < std::size(generalParams))
      passed.reg = generalParams[general++];
    else
      passed.word = stackWords++;
    params.push_back(passed);
  }
  for (ValueType result : type.results)
    results.push_back(kindOf(result));
  if (calleePops)
    popBytes = uint32_t(llvm::alignTo(8 * stackWords + 8, 16) - 8);
}
