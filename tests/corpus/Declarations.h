//===- Declarations.h - Compare what two modules declare ------------------===//
#ifndef WRIT_TESTS_CORPUS_DECLARATIONS_H
#define WRIT_TESTS_CORPUS_DECLARATIONS_H

#include "hostabi/ModuleInfo.h"

#include <string>

namespace writ::test {

/// How what was read and what the IR says differ; empty if they do not. The IR may lack
/// function names: those that several functions have.
std::string describeDifference(const ModuleInfo &read, const ModuleInfo &fromIR);

} // namespace writ::test

#endif
