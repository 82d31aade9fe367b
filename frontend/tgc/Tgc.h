// tgc: tensors and derivatives of every order, compiled for the machine you are on.
#pragma once
#include "tgc/Control.h"
#include "tgc/Einsum.h"
#include "tgc/Executable.h"
#include "tgc/Expr.h"
#include "tgc/Function.h"
#include "tgc/Ops.h"
#include "tgc/Optim.h"
#include "tgc/Transforms.h"
