//===- AttachedCosts.h - Costs on ops, in place of ops --------------------===//
//
// A third of a metered function's ops are `contract.cost`. Code that makes, uses and drops
// functions one by one may have them as an attribute, `contract.costs`, of the op behind: that
// means the same as a `contract.cost` just before the op. Metering and `contract-verify-core` take
// both forms; of the tiers, singlepass does.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_MLIRDIALECT_IR_ATTACHEDCOSTS_H
#define WRIT_MLIRDIALECT_IR_ATTACHEDCOSTS_H

#include "mlir-dialect/IR/Contract.h"

#include <array>

namespace writ::contract {

/// For one context and one thread at a time.
class AttachedCosts {
public:
  explicit AttachedCosts(mlir::MLIRContext *context)
      : name(mlir::StringAttr::get(context, "contract.costs")),
        none(mlir::DictionaryAttr::get(context)) {}

  /// Null if there are none.
  CostsAttr of(mlir::Operation *op) const {
    mlir::DictionaryAttr attributes = op->getRawDictionaryAttrs();
    return attributes == none ? CostsAttr() : find(attributes);
  }
  /// `op`, which has no other attributes but its properties, gets `costs` in place of what it has.
  void attach(mlir::Operation *op, CostsAttr costs) {
    Known &entry = known[hash_value(costs) % known.size()];
    if (entry.costs != costs) [[unlikely]]
      entry = {costs, mlir::DictionaryAttr::get(costs.getContext(), {{name, costs}})};
    op->setDiscardableAttrs(entry.attributes);
  }
  void remove(mlir::Operation *op) { op->setDiscardableAttrs(none); }
  /// Puts a `contract.cost` before `op` in place of what is attached, if anything is.
  void detach(mlir::Operation *op);

private:
  struct Known {
    CostsAttr costs;
    mlir::DictionaryAttr attributes;
  };

  CostsAttr find(mlir::DictionaryAttr attributes) const {
    llvm::ArrayRef<mlir::NamedAttribute> all = attributes.getValue();
    if (all.size() == 1 && all[0].getName() == name) [[likely]]
      return mlir::cast<CostsAttr>(all[0].getValue());
    return attributes.getAs<CostsAttr>(name);
  }

  mlir::StringAttr name;
  mlir::DictionaryAttr none;
  std::array<Known, 4096> known; ///< Few different ones occur.
};

} // namespace writ::contract

#endif
