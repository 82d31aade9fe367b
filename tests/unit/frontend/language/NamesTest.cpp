#include "Wrong.h"
#include <doctest/doctest.h>

using namespace tgc::language;
using namespace tgc::language::test;

TEST_CASE("names: a name is bound once") {
  CHECK(bodyMessage("  z = x\n  z = y\n  return z") ==
        "t.tg:3:3: error: z is already bound\n  z = y\n  ^\nt.tg:2:3: note: bound here\nhelp: a name is "
        "bound once; take a new name\n");
  CHECK(bodyMessage("  x = y\n  return x") ==
        "t.tg:2:3: error: x is already bound\n  x = y\n  ^\nt.tg:1:6: note: bound here\nhelp: a name is "
        "bound once; take a new name\n");
  CHECK(bodyMessage("  pi = 3\n  return x") ==
        "t.tg:2:3: error: pi is a constant and cannot be bound\n  pi = 3\n  ^~\n");
  CHECK(bodyMessage("  n = sum(x)\n  return n") == "");
}

TEST_CASE("names: unknown ones get the nearest known one") {
  CHECK(bodyMessage("  margin = x\n  return sum(margn)") ==
        "t.tg:3:14: error: there is no name margn\n  return sum(margn)\n             ^~~~~\nhelp: did you "
        "mean margin?\n");
  CHECK(bodyMessage("  return sofmtax(x)") ==
        "t.tg:2:10: error: there is no function or operation sofmtax\n  return sofmtax(x)\n         "
        "^~~~~~~\nhelp: did you mean softmax?\n");
  CHECK(bodyMessage("  return frobnicate(x)") == "t.tg:2:10: error: there is no function or operation "
                                                 "frobnicate\n  return frobnicate(x)\n         ^~~~~~~~~~\n"
                                                 "help: tgc ops lists the operations\n");
  CHECK(bodyMessage("  return zzz") ==
        "t.tg:2:10: error: there is no name zzz\n  return zzz\n         ^~~\n");
  CHECK(bodyMessage("  a = b\n  b = x\n  return a") ==
        "t.tg:2:7: error: b is used before it is bound\n  a = b\n      ^\nt.tg:3:3: note: bound here\n");
  CHECK(bodyMessage("  return sum + x") == "t.tg:2:10: error: sum is a function, not a tensor\n  return sum "
                                           "+ x\n         ^~~\nhelp: call it: sum(...)\n");
  CHECK(bodyMessage("  return x(y)") ==
        "t.tg:2:10: error: x is a tensor and cannot be called\n  return x(y)\n         ^\n"
        "t.tg:1:6: note: bound here\nhelp: write [ ] to index a tensor\n");
  CHECK(bodyMessage("  return (x + y)(1)") ==
        "t.tg:2:11: error: only functions can be called\n  return (x + y)(1)\n          ^~~~~\n");
}

TEST_CASE("names: functions see the functions above them and never themselves") {
  CHECK(message("fn f(x: f64) {\n  return f(x)\n}") ==
        "t.tg:2:10: error: f calls itself\n  return f(x)\n         ^\nt.tg:1:4: note: f is declared "
        "here\nhelp: there is no recursion\n");
  CHECK(message("fn f(x: f64) {\n  return g(x)\n}\nfn g(x: f64) {\n  return x\n}") ==
        "t.tg:2:10: error: g is declared below its use\n  return g(x)\n         ^\nt.tg:4:4: note: g is "
        "declared here\n"
        "help: a function sees the functions above it\n");
  CHECK(message("fn f(x: f64) { return x }\nfn f(x: f64) { return x }") ==
        "t.tg:2:4: error: function f is declared twice\nfn f(x: f64) { return x }\n   ^\nt.tg:1:4: note: "
        "first declared here\n");
  CHECK(message("fn grad(x: f64) { return x }") == "t.tg:1:4: error: grad is a transformation and cannot be "
                                                   "declared\nfn grad(x: f64) { return x }\n   ^~~~\n");
  CHECK(message("fn sum(x: f64) { return x }\nfn g(x: f64) { return sum(x) }") == "");
  CHECK(message("fn f(x: f64, x: f64) { return x }") ==
        "t.tg:1:14: error: parameter x is declared twice\nfn f(x: f64, x: f64) { return x }\n             ^\n"
        "t.tg:1:6: note: first declared here\n");
}

TEST_CASE("names: results are distinct") {
  CHECK(bodyMessage("  return x, x") ==
        "t.tg:2:13: error: two results are named x\n  return x, x\n            ^\n"
        "t.tg:2:10: note: the other one is here\nhelp: bind one to a name of its own\n");
  CHECK(bodyMessage("  out1 = x\n  return out1, x + y") ==
        "t.tg:3:16: error: two results are named out1\n  return out1, x + y\n               ^~~~~\n"
        "t.tg:3:10: note: the other one is here\nhelp: bind one to a name of its own\n");
}

TEST_CASE("names: index letters are free names") {
  CHECK(bodyMessage("  C[i, k] = x[i] * exp(-y[k] * 2)\n  return C") == "");
  CHECK(bodyMessage("  s[] = x[i] * y[i]\n  return s") == "");
  CHECK(bodyMessage("  C[x] = y[x]\n  return C") ==
        "t.tg:2:5: error: x is a bound name and cannot be an index here\n  C[x] = y[x]\n    ^\nt.tg:1:6: "
        "note: bound here\n"
        "help: rename the index\n");
  CHECK(bodyMessage("  C[n] = y[n]\n  return C") ==
        "t.tg:2:5: error: n is an extent and cannot be an index here\n  C[n] = y[n]\n    ^\nt.tg:1:13: note: "
        "it stands here\n"
        "help: rename the index\n");
  CHECK(bodyMessage("  C[i, k] = x[i] * y[i]\n  return C") ==
        "t.tg:2:8: error: index k does not stand on the right\n  C[i, k] = x[i] * y[i]\n       ^\n"
        "help: the extent of an index comes from a tensor on the right\n");
  CHECK(bodyMessage("  C[i, i] = x[i]\n  return C") ==
        "t.tg:2:8: error: index i stands twice on the left\n  C[i, i] = x[i]\n       ^\nt.tg:2:5: note: "
        "first here\n"
        "help: an index on the left names one axis of the result\n");
  CHECK(bodyMessage("  C[i] = x[i + 1]\n  return C") ==
        "t.tg:2:12: error: an index here is a plain name\n  C[i] = x[i + 1]\n           ^~~~~\n"
        "help: take the part you need first, on a line of its own, for example part = x[1:]\n");
  CHECK(bodyMessage("  C[i] = x[i] * i\n  return C") ==
        "t.tg:2:17: error: i is an index here and has no value\n  C[i] = x[i] * i\n                ^\n"
        "help: write arange for the numbers along an axis\n");
  CHECK(bodyMessage("  C = x[i]\n  return C") ==
        "t.tg:2:9: error: there is no name i\n  C = x[i]\n        ^\n");
}

TEST_CASE("names: transformations take functions and names of parameters") {
  auto with = [](const std::string &value) {
    return message("fn f(x: f64, why: f64) { return x }\nfn g(x: f64) {\n  return " + value + "\n}");
  };
  CHECK(with("grad(f, wrt=x)(x, x)") == "");
  CHECK(with("hvp(vmap(f, axes=(0, none)), wrt=(x, why))(x, x, x, x)") == "");
  CHECK(with("grad(f)(x, x)") ==
        "t.tg:3:10: error: grad needs wrt, what to differentiate by\n  return grad(f)(x, x)\n         ^~~~\n"
        "help: the parameters are x, why\n");
  CHECK(with("grad(f, wrt=wy)(x, x)") ==
        "t.tg:3:22: error: there is no parameter wy to differentiate by\n"
        "  return grad(f, wrt=wy)(x, x)\n                     ^~\nhelp: did you mean why?\n");
  CHECK(with("grad(f, wrt=(x, x))(x, x)") == "t.tg:3:26: error: wrt names x twice\n  return grad(f, wrt=(x, "
                                             "x))(x, x)\n                         ^\n");
  CHECK(with("grad(h, wrt=x)(x, x)") ==
        "t.tg:3:15: error: there is no function h\n  return grad(h, wrt=x)(x, x)\n              ^\n");
  CHECK(with("grad(f, wrt=x)") == "t.tg:3:10: error: a transformation gives a function, and a tensor is "
                                  "needed here\n  return grad(f, wrt=x)\n"
                                  "         ^~~~~~~~~~~~~~\nhelp: call it: grad(...)(x)\n");
  CHECK(with("grad(f, wrt=x) + 1") == "t.tg:3:10: error: a transformation gives a function, and a tensor is "
                                      "needed here\n  return grad(f, wrt=x) + 1\n"
                                      "         ^~~~~~~~~~~~~~\nhelp: call it: grad(...)(x)\n");
  CHECK(with("vmap(f, wrt=x)(x, x)") ==
        "t.tg:3:18: error: vmap takes no argument wrt\n  return vmap(f, wrt=x)(x, x)\n"
        "                 ^~~\nhelp: it takes a function and axes and out_axes\n");
  CHECK(with("grad(x + 1, wrt=x)(x)") ==
        "t.tg:3:15: error: expected a function\n  return grad(x + 1, wrt=x)(x)\n"
        "              ^~~~~\nhelp: a transformation takes the name of a function, or another "
        "transformation\n");
}
