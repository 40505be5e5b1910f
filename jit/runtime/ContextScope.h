//===- ContextScope.h - Whose code runs, kept at every entry --------------===//
#ifndef WRIT_JIT_RUNTIME_CONTEXTSCOPE_H
#define WRIT_JIT_RUNTIME_CONTEXTSCOPE_H

#include "hostabi/Context.h"

namespace writ {

/// Every `ArrayCall` that runs code of an instance holds one while it does: it ties the
/// instance to the activation, and unties it again for the instance that called, also
/// when both are the same. Lives outside the entry frame that its code leaves to. (Only an
/// internal failure may leave past one, and after that the store is not used any more.)
class ContextScope {
public:
  ContextScope(InstanceContext *context, Activation *activation)
      : inner(context), activation(activation), outerContext(activation->context),
        innerActivation(context->activation), stackLeft(activation->stackLeft),
        interpStack(activation->interpStack) {
    context->activation = activation;
    activation->context = context;
  }
  ~ContextScope() {
    inner->activation = innerActivation;
    activation->context = outerContext;
    activation->stackLeft = stackLeft;
    activation->interpStack = interpStack;
  }
  ContextScope(const ContextScope &) = delete;
  ContextScope &operator=(const ContextScope &) = delete;

private:
  InstanceContext *inner;
  Activation *activation;
  InstanceContext *outerContext;
  Activation *innerActivation;
  uint64_t stackLeft;
  uint64_t *interpStack;
};

} // namespace writ

#endif
