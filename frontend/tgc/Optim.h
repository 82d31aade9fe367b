// Training as graph code: every function here builds expressions, so a whole step (gradient, clipping,
// update) is one Function and compiles to one program. Parameters, gradients and the state of a method are
// the leaves of a tree: lists of tensors of equal shapes in one order, the names being those of the
// Function's parameters ("params.w1"). Rates and counters are numbers or scalar expressions of the leaves'
// dtype. Nothing is kept outside the lists. Errors are those of the operations, and Invalid expressions where
// lists differ in length.
#pragma once
#include "tgc/OptimCurvature.h"
#include "tgc/OptimGradients.h"
#include "tgc/OptimSchedules.h"
#include "tgc/OptimSteps.h"
