// tgc: tensors and derivatives of every order, compiled for the machine you are on.
#pragma once
#include "tgc/Check.h"
#include "tgc/Custom.h"
#include "tgc/Einsum.h"
#include "tgc/Executable.h"
#include "tgc/Expr.h"
#include "tgc/Function.h"
#include "tgc/Linearize.h"
#include "tgc/Ops.h"
#include "tgc/Optim.h"
#include "tgc/Sparse.h"
#include "tgc/Structured.h"
#include "tgc/Transforms.h"
