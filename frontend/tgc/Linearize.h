// Derivatives in two parts, for programs that use one point many times.
#pragma once
#include "tgc/Transforms.h"

namespace tgc {

/// A derivative cut where its directions come in.
struct Linearized {
  /// Takes f's arguments; gives f's results, then what `apply` needs of the values on the way: r0, r1, ...
  Function value;
  /// Takes f's arguments, those values, then the directions; gives the derivative along them. Linear in the
  /// directions; whatever does not depend on them is in `value`. Arguments it does not read cost nothing.
  Function apply;
};

/// The jvp in two parts: `apply` takes a tangent for each of `wrt` and gives the tangents of f's
/// floating-point results. Within one program this is jvp itself: equal values are computed once there. Both
/// parts are functions like any other; calls of functions with own rules are still calls in them. Cost of
/// building: stages algebra to batch. Memory: numbers and views are made again in `apply` rather than kept.
/// Errors: as jvp, and of those stages.
Linearized linearize(const Function &f, const Wrt &wrt, Arg::Here here = Arg::Here::current());
/// The vjp in two parts: `apply` takes a cotangent for each floating-point result of f and gives the
/// cotangents of `wrt`.
Linearized pullback(const Function &f, const Wrt &wrt, Arg::Here here = Arg::Here::current());

} // namespace tgc
