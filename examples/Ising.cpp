// The ground state of a ring of spins, H = -sum z z' - sum x, by a quantum circuit of ten layers simulated
// here: complex amplitudes, real angles. Energy, gradient and Hessian by the angles are one compiled
// function; damped Newton steps reach the energy that is known in closed form.
#include "Data.h"
#include <cmath>
#include <tgc/Tgc.h>

using namespace tgc;

namespace {

constexpr std::int64_t spins = 8, layers = 4, states = 1 << spins, angles = 2 * layers;

/// -sum z z' of every basis state.
Expr alignment() {
  Expr state = iota({states}, 0, i64), total;
  for (std::int64_t k = 0; k < spins; ++k) {
    Expr here = bitwise_right_shift(state, k) & 1, next = bitwise_right_shift(state, (k + 1) % spins) & 1;
    Expr product = 1 - 2 * (here ^ next);
    total = k == 0 ? product : total + product;
  }
  return -astype(total, f64);
}

/// A matrix on one spin.
Expr onSpin(Expr matrix, Expr psi, std::int64_t spin) {
  const std::int64_t before = std::int64_t(1) << spin, after = states / 2 / before;
  return reshape(einsum("ab,xby->xay", matrix, reshape(psi, {before, 2, after})), {states});
}

/// Every layer: exp(-i gamma sum zz), then exp(-i beta x) on every spin.
Expr circuit(Expr theta, Expr diagonal) {
  Expr psi = full({states}, 1 / std::sqrt(double(states)), c128);
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    Expr gamma = index(theta, {2 * layer}), beta = index(theta, {2 * layer + 1});
    psi = exp(std::complex<double>(0, -1) * gamma * diagonal) * psi;
    Expr same = cos(beta), other = std::complex<double>(0, -1) * sin(beta);
    Expr turn = stack({stack({same, other}), stack({other, same})});
    for (std::int64_t spin = 0; spin < spins; ++spin)
      psi = onSpin(turn, psi, spin);
  }
  return psi;
}

} // namespace

int main() {
  Function energy("energy", {{"theta", f64, {angles}}}, [](Expr theta) {
    Expr diagonal = alignment(), psi = circuit(theta, diagonal), flipped;
    Expr x = stack({iota({2}, 0, f64), 1 - iota({2}, 0, f64)});
    for (std::int64_t spin = 0; spin < spins; ++spin) {
      Expr one = onSpin(x, psi, spin);
      flipped = spin == 0 ? one : flipped + one;
    }
    return sum(square(abs(psi)) * diagonal) - real(vecdot(psi, flipped));
  });
  Function slope = value_and_grad(energy, "theta"), curvature = hessian(energy, "theta");
  Function newton("newton", {{"theta", f64, {angles}}, {"damping", f64}}, [&](Expr theta, Expr damping) {
    std::vector<Expr> first = slope({theta});
    Expr step = solve(curvature(theta) + damping * eye(angles), first[1]);
    return std::vector<Expr>{first[0], theta - step};
  });
  Executable compiled = example::need(compile(newton));
  Workspace space(compiled);
  std::vector<double> theta, next(angles);
  for (std::int64_t layer = 0; layer < layers; ++layer) { // slowly from x to zz
    theta.push_back(0.25 * double(layer + 1) / double(layers));
    theta.push_back(0.5 * (1 - double(layer) / double(layers)));
  }
  double damping = 10, best = 0;
  std::vector<double> kept = theta;
  int steps = 0;
  for (; steps < 200; ++steps) {
    double value = 0;
    example::need(compiled.run({theta, damping}, {value, next}, space));
    const bool better = steps == 0 || value < best;
    const bool done = better && steps > 0 && best - value < 1e-13;
    damping = better ? damping * 0.5 : damping * 4;
    if (better) best = value, kept = theta;
    if (done) break;
    if (!better) example::need(compiled.run({kept, damping}, {value, next}, space));
    theta = next;
  }
  const double exact = -2 / std::sin(std::acos(-1.0) / (2 * spins));
  std::printf("ring of %d spins, %d angles: energy %.12f after %d Newton steps, exactly %.12f\n", int(spins),
              int(angles), best, steps, exact);
  return std::abs(best - exact) < 1e-9 ? 0 : 1;
}
