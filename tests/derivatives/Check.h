// What derivatives owe: all nestings of an order are one number, forward and reverse are transposed, and each
// order is the slope of the one before.
#pragma once
#include "tests/derivatives/Tower.h"

namespace tgc::derivatives {

/// What was compared, in numbers; together over many functions.
struct Tally {
  unsigned functions = 0, nestings = 0;
  unsigned slopes = 0;     ///< derivatives that are the slope of the order before
  unsigned identities = 0; ///< <ct, J v> = <J' ct, v>
  unsigned agreements = 0; ///< pairs of nestings
  unsigned kinks = 0;      ///< slopes not judged: differences from the left and the right do not meet
  unsigned rough = 0;      ///< pairs that rounding moves by more than the tolerance
  unsigned singular = 0;   ///< orders whose derivatives are not finite, and no slope exists
  std::vector<std::string> wrong;

  unsigned judged() const { return slopes + identities + agreements; }
  unsigned excused() const { return kinks + rough + singular; }
  std::string text() const;
};

/// Tolerances: of nestings among each other and of the transposition, relative to the terms summed; of
/// slopes, relative to the derivative and to the function.
inline constexpr double agreement = 1e-9, transposition = 1e-11, slopeTolerance = 1e-6;

/// Checks a tower that has grown, at its inputs.
///
/// A slope is excused only by values of the order before: where its one-sided differences, of third order,
/// disagree at every step width, there is no derivative to compare with; where a whole number inside changes
/// within the narrowest one; and where rounding alone decides what an op gives. A pair of nestings is excused
/// only where moving each op's result by two units in the last place moves them apart as far. An order that
/// is not finite in some nesting is excused where it is in none, where there is no slope, and where an op of
/// the function itself computes no number or leaves its domain under small moves of its own operands (as log
/// does beneath a `where` that does not take it, or power at exponent 0 beside a negative base).
void check(const Tower &tower, Tally &tally);

/// Compares another way's number for a nesting with the tower's.
void checkNumber(const Tower &tower, llvm::StringRef modes, double got, Tally &tally);

} // namespace tgc::derivatives
