// Leaves of trees, one after another.
#pragma once
#include "tgc/Ops.h"

namespace tgc::optim {

/// One tensor for each place of the first list; where another list ends earlier the missing Expr is an error
/// of whatever reads it.
template <typename Make> std::vector<Expr> each(std::size_t count, Make make) {
  std::vector<Expr> made;
  for (std::size_t at = 0; at < count; ++at)
    made.push_back(make(at));
  return made;
}

inline Expr entry(const std::vector<Expr> &tensors, std::size_t at) {
  return at < tensors.size() ? tensors[at] : Expr();
}

/// A number as a scalar of the dtype of `like`; f64 where that has none. A tensor stays itself.
inline Expr scalarLike(const Expr &like, const Arg &number) {
  if (const Expr *tensor = std::get_if<Expr>(&number.held)) return *tensor;
  Result<DType> dtype = like.dtype();
  return full(Ints{}, number, dtype ? *dtype : f64);
}

} // namespace tgc::optim
