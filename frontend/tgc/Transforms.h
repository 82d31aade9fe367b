// Functions from Function to Function. They nest without limit; parameter names pass through, added
// parameters are called d_NAME (a tangent, or the vector of hvp) and ct_RESULT (a cotangent), with a number
// where that name is taken (d_x_2); results are called out0, out1, ... in the order told below, whatever f's
// are called. Errors of a transformation are at the line that asks for it.
#pragma once
#include "tgc/Function.h"

namespace tgc {

/// The parameters to differentiate by: a name or several; a struct's name stands for all its fields.
struct Wrt : std::vector<std::string> {
  Wrt(const char *name) : std::vector<std::string>{name} {}
  Wrt(std::string name) : std::vector<std::string>{std::move(name)} {}
  Wrt(std::initializer_list<std::string> names) : std::vector<std::string>(names) {}
  Wrt(std::vector<std::string> names) : std::vector<std::string>(std::move(names)) {}
};

/// The gradient of f's first result, a scalar, by each parameter of `wrt`.
/// Shapes: as the parameters. Cost: a small multiple of f's.
/// Errors: Invalid for an unknown or integer parameter, or a first result that is not a floating-point
/// scalar.
Function grad(const Function &f, const Wrt &wrt, Arg::Here here = Arg::Here::current());
/// f's results, then the gradients.
Function value_and_grad(const Function &f, const Wrt &wrt, Arg::Here here = Arg::Here::current());
/// Takes f's arguments, then a tangent for each of `wrt`; gives f's results, then the tangents of the
/// floating-point ones.
Function jvp(const Function &f, const Wrt &wrt, Arg::Here here = Arg::Here::current());
/// Takes f's arguments, then a cotangent for each floating-point result; gives f's results, then the
/// cotangents of `wrt`.
Function vjp(const Function &f, const Wrt &wrt, Arg::Here here = Arg::Here::current());
/// Takes f's arguments, then a vector for each of `wrt`; gives the Hessian of f's first result times the
/// vectors.
Function hvp(const Function &f, const Wrt &wrt, Arg::Here here = Arg::Here::current());
/// How a Jacobian is made: a product with every unit vector of the parameters (Forward) or of the results
/// (Reverse); Auto takes whichever has fewer.
enum class JacobianMode { Auto, Forward, Reverse };
/// All partial derivatives of f's results, which must be floating-point, by each parameter of `wrt`, result
/// by result. Shapes: the result's extents, then the parameter's. Cost: at most the number of unit vectors
/// times a small multiple of f's; what is linear in f costs a contraction. Errors: as grad; Limit if a block
/// is too large.
Function jacobian(const Function &f, const Wrt &wrt, JacobianMode mode = JacobianMode::Auto,
                  Arg::Here here = Arg::Here::current());
/// All second derivatives of f's first result, a scalar: the blocks of each pair of parameters, row by row
/// (aa, ab, ba, bb). Shapes: the first parameter's extents, then the second's. Auto is forward over reverse
/// and computes blocks below the diagonal by transposing; Forward and Reverse are that mode twice. Errors: as
/// grad.
Function hessian(const Function &f, const Wrt &wrt, JacobianMode mode = JacobianMode::Auto,
                 Arg::Here here = Arg::Here::current());
/// f over a new axis of its arguments: `axes` has the mapped axis of each (negative from the end) or nothing
/// where all instances share the argument; without `axes` every argument is mapped over axis 0. `outAxes`
/// says where each result has the new axis (negative from the end); without it, in front. Extents are those f
/// takes, so the mapped argument has one more. Errors: Invalid if an axis is out of range, there are not as
/// many axes as arguments or results, or `extent` is negative; Limit for a tensor that is too large.
Function vmap(const Function &f, std::int64_t extent,
              const std::vector<std::optional<std::int64_t>> &axes = {}, const Ints &outAxes = {},
              Arg::Here here = Arg::Here::current());
/// The same function; where it is differentiated in reverse, only its arguments are kept and its inner values
/// are computed again when the cotangents arrive. Cost: at most one more evaluation of f for each order of
/// reverse mode.
Function checkpoint(const Function &f, Arg::Here here = Arg::Here::current());

} // namespace tgc
