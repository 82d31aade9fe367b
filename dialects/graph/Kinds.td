// The five kinds of op. A kind joins a row's strings into C++ (`extraClassDefinition`); the general rules they call
// are in Kinds.h. A string in a row is one expression; anything longer is a function in the .cpp of the same stem.

// ---- operands and attributes ----
// Takes no part in promotion: labels beside scores.
def FreeTensor : Type<CPred<"::tgc::graph::isTensor($_self)">, "tensor of any tgc dtype">;
class OneOf<list<Attr> kinds, string words> : Attr<Or<!foreach(kind, kinds, kind.predicate)>, words> {
  let storageType = "::mlir::Attribute";
  let returnType = "::mlir::Attribute";
  let convertFromStorage = "$_self";
}
def Number : OneOf<[I64Attr, F64Attr, BoolAttr], "number or bool">;
def Cuts : OneOf<[I64Attr, DenseI64ArrayAttr], "number of parts or list of positions">;
def Padding : OneOf<[StrAttr, DenseI64ArrayAttr], "number, pairs, \"same\" or \"valid\"">;
def Order : OneOf<[StrAttr, I64Attr, F64Attr], "number or text">;
defvar Axis = I64Attr;
defvar Int = I64Attr;
defvar Ints = DenseI64ArrayAttr;
def Real : TypedAttrBase<F64, "FloatAttr", F64Attr.predicate, "64-bit float attribute"> {
  let storageType = F64Attr.storageType;
  let returnType = "double"; // F64Attr gives an APFloat, which rules cannot calculate with
  let convertFromStorage = "$_self.getValueAsDouble()";
  let constBuilderCall = F64Attr.constBuilderCall;
}
defvar Flag = BoolAttr;
defvar Text = StrAttr;
defvar DTypeOf = TypeAttr;

// ---- which element types a row takes; the bits are those of Kinds.h ----
class Types<int mask_, string words_> { int mask = mask_; string words = words_; }
def Floats : Types<1, "floating-point">;
def SignedIntegers : Types<2, "signed integer">;
def Integers : Types<6, "integer">;
def Numbers : Types<7, "numeric">;
def SignedNumbers : Types<3, "signed numeric">;
def Booleans : Types<8, "bool">;
def Bits : Types<14, "integer or bool">;
def Anything : Types<15, "any">;

// ---- text: bind every argument to its own name ----
class Camel<string name> { // as ODS names getters: negative_slope -> negativeSlope, index_ -> index_
  defvar at = !find(name, "_");
  string ret = !if(!or(!lt(at, 0), !eq(at, !sub(!size(name), 1))), name,
    !substr(name, 0, at) # !toupper(!substr(name, !add(at, 1), 1)) # Camel<!substr(name, !add(at, 2))>.ret);
}
class Getter<string name> {
  defvar camel = Camel<name>.ret;
  string ret = "get" # !toupper(!substr(camel, 0, 1)) # !substr(camel, 1) # "()";
}
class BindOne<dag args, int k> {
  defvar name = !getdagname(args, k);
  defvar what = !getdagarg<Constraint>(args, k);
  string ret = "  [[maybe_unused]] auto " # name # " = "
    # !cond(!isa<Variadic>(what) : "ink.syms(adaptor_." # Getter<name>.ret # ")",
            !isa<TypeConstraint>(what) : "ink.sym(adaptor_." # Getter<name>.ret # ")",
            true : "adaptor_." # Getter<name>.ret) # ";\n";
}
class Bind<dag args> { string ret = !foldl("", !range(!size(args)), acc, k, acc # BindOne<args, k>.ret); }
class OperandPositions<dag args> {
  list<int> ret = !filter(k, !range(!size(args)), !isa<TypeConstraint>(!getdagarg<Constraint>(args, k)));
}
class AttributePositions<dag args> {
  list<int> ret = !filter(k, !range(!size(args)), !not(!isa<TypeConstraint>(!getdagarg<Constraint>(args, k))));
}
class Conditions<dag args> { // bit k: operand k is declared bool and does not decide the element type
  defvar positions = OperandPositions<args>.ret;
  int ret = !foldl(0, !range(!size(positions)), acc, k,
    !or(acc, !if(!eq(!cast<string>(!getdagarg<Constraint>(args, positions[k])), "BoolTensor"), !shl(1, k), 0)));
}
class BaseConstraint<Constraint what> {
  string ret = !cond(!isa<Variadic>(what): !cast<string>(!cast<Variadic>(what).baseType),
                     !isa<Optional>(what): !cast<string>(!cast<Optional>(what).baseType), true: !cast<string>(what));
}
class Numbered<dag args> { // the operands that have to be of the row's types: those declared Tensor
  defvar positions = OperandPositions<args>.ret;
  string ret = !interleave(!filter(k, !range(!size(positions)),
    !eq(BaseConstraint<!getdagarg<Constraint>(args, positions[k])>.ret, "Tensor")), ", ");
}
class Cases<list<string> rules> {
  string ret = !foldl("", !range(!size(rules)), acc, k,
    acc # !if(!eq(rules[k], "none"), "", "  case " # k # ": return ::tgc::graph::Sym(" # rules[k] # ");\n"));
}
class Known<list<string> rules> {
  string ret = "{" # !interleave(!foreach(rule, rules, !if(!eq(rule, "none"), "false", "true")), ", ") # "}";
}

class AttributeText<dag args> {
  string ret = !foldl("", AttributePositions<args>.ret, acc, k,
    acc # "  [[maybe_unused]] auto " # !getdagname(args, k) # " = " # Getter<!getdagname(args, k)>.ret # ";\n");
}
class HostText<dag args> { // every operand as host tensors
  defvar positions = OperandPositions<args>.ret;
  string ret = !foldl("", !range(!size(positions)), acc, k,
    acc # "  [[maybe_unused]] auto " # !getdagname(args, positions[k]) # " = ::tgc::graph::hostOperand"
    # !if(!isa<Variadic>(!getdagarg<Constraint>(args, positions[k])), "s", "") # "(*this, operands_, " # k # ");\n");
}
class ScaleText<dag args, string scale> {
  string ret = !if(!empty(scale), "", "double $cppClass::roundingScale(::tgc::graph::HostTensorsRef operands_) {\n"
    # AttributeText<args>.ret # HostText<args>.ret # "  return " # scale # ";\n}\n");
}

class Graph_Op<string mnemonic, dag args, list<Trait> traits = []>
    : Op<Graph_Dialect, mnemonic, [Pure, DeclareOpInterfaceMethods<GraphOp>] # traits> {
  string group = ?;              // the group of the catalogue page
  string call = "";              // the public call, e.g. "softmax(x, axis: axis = -1)"; empty: the arguments in order
  string sample = "";            // how the generated tests make inputs; see tests/catalogue
  string source = "array-api";   // the standard that gives the meaning
  bit broadcasts = 0;            // the call broadcasts its tensor operands against each other
  string advice = "";            // what would help where an operand's dtype is refused
  bit internal = 0;              // rules and the compiler use it; it has no public call
  string noDerivative = "";      // the reason, where the op has none
  string dtypes = "";            // what the table of the documentation says, where `types` does not say it all
  bit view = 0;                  // the op only reads elsewhere: the block defines `viewMap`
  bit renames = 0;               // operand 0 in the same row-major order
  bit map = 0;                   // no loop in an element, though the kind does not say so
  int instructions = 0;          // of a vector unit for a register of results, about; 0: as many as a math function
  bit reduces = 0;               // combines the elements along the attribute `axes`
  bit relates = 0;               // which elements it reads follows from neither view nor axes: the block defines `reads`
  bit indexable = 0;             // index notation may hold it: one result for each element, though kind and value do not say so
  bit breaks = 0;                // numbers may give what is not finite (short of an overflowing product or sum)
  bit hides = 0;                 // leaves out elements of its operands: their cotangents are exact zeros
  // On complex tensors: empty, it takes none; "parts", the op on each part; "formula", the composite's formula; else
  // C++ over Complex (Complex.h), operands and attributes by name. `whole`: complex until contractions are planned.
  string complex = "";
  bit whole = 0;
  string scale = "";             // what rounding errors are relative to, over the operands as host tensors
  string answers = !if(view, "::mlir::AffineMap viewMap();\n", "")
    # !if(renames, "static bool renames() { return true; }\n", "") # !if(map, "static bool isMap() { return true; }\n", "")
    # !if(instructions, "static int64_t instructions() { return " # instructions # "; }\n", "")
    # !if(reduces, "::std::optional<::llvm::SmallVector<int64_t>> reducedAxes() { return ::llvm::SmallVector<int64_t>(getAxes()); }\n", "")
    # !if(breaks, "static bool breaks() { return true; }\n", "") # !if(hides, "static bool hides() { return true; }\n", "")
    # !if(relates, "::std::optional<::tgc::graph::Relation> reads(unsigned which_);\n", "")
    # !if(!empty(scale), "", "double roundingScale(::tgc::graph::HostTensorsRef operands_);\n");
  let arguments = args;
  let results = (outs Tensor:$result_);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

defvar Infer = InferTypeOpAdaptor;
class NoFormula { string ret = "::tgc::graph::Syms $cppClass::formula(::tgc::graph::Ink &ink) { return {}; }\n"; }

// One scalar function for each element. All tensor operands have one shape.
//   types     element types accepted; result: "same", "bool" or "dtype" (the attribute of that name)
//   value     reference: C++ over T (double, int64_t, uint64_t or bool), operands by name
//   emit      the element in arith/math: C++ over Scalar, operands by name
//   partials  d result / d operand for each operand over Sym; `y` is the result; "none": zero
//   adjoints  instead of partials where the op is linear in some operands: the cotangent of each from `ct`
//   multilinear  with adjoints: linear in each operand alone and not jointly
//   singular  a partial may be infinite or NaN where the other factor is zero: products with it are strong
class Pointwise<string mnemonic, dag args> : Graph_Op<mnemonic, args, [Infer]> {
  Types types = Floats;
  string result = "same";
  string value = ?;
  string emit = ?;
  list<string> partials = [];
  list<string> adjoints = [];
  bit multilinear = 0;
  bit singular = 0;
  let breaks = singular;
  let broadcasts = 1;

  defvar operandNames = !foreach(k, OperandPositions<args>.ret, !getdagname(args, k));
  defvar attributeText = AttributeText<args>.ret;
  defvar autos = !interleave(!foreach(name, operandNames, "[[maybe_unused]] auto " # name), ", ");
  defvar scalars = !foldl("", !range(!size(operandNames)), acc, k,
    acc # "  [[maybe_unused]] ::tgc::graph::Scalar " # operandNames[k] # " = in_[" # k # "];\n");

  let extraClassDeclaration = answers # [{
    static ::tgc::graph::Sym partial(unsigned which_, ::tgc::graph::Ink &ink, Adaptor adaptor_, ::tgc::graph::Sym y);
    static ::tgc::graph::Sym adjoint(unsigned which_, ::tgc::graph::Ink &ink, Adaptor adaptor_, ::tgc::graph::Sym ct);
    ::tgc::graph::Scalar element(::tgc::graph::ScalarInk &ink, ::llvm::ArrayRef<::tgc::graph::Scalar> in_);
  }];
  let extraClassDefinition = "::tgc::graph::Kind $cppClass::kind() { return ::tgc::graph::Kind::Pointwise; }\n" # NoFormula<>.ret
    # "::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context, ::std::optional<::mlir::Location> loc, Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &out) {\n"
    # "  return ::tgc::graph::inferPointwise(loc, \"" # mnemonic # "\", adaptor.getOperands(), " # types.mask # ", \"" # types.words # "\", \"" # advice # "\", " # Conditions<args>.ret # ", "
    # !cond(!eq(result, "same"): "::mlir::Type()", !eq(result, "bool"): "::mlir::IntegerType::get(context, 1)", true: "adaptor.getDtype()") # ", out);\n}\n"
    # "::tgc::graph::HostTensors $cppClass::evaluate(::tgc::graph::HostTensorsRef operands_) {\n" # attributeText # "  [[maybe_unused]] int width_ = ::tgc::graph::bitsOf(::tgc::graph::elementOf((*this)->getOperand(0)));\n"
    # "  auto rule_ = [&](" # autos # ") { [[maybe_unused]] auto first_ = " # operandNames[0] # "; using T [[maybe_unused]] = decltype(first_); return " # value # "; };\n"
    # "  return ::tgc::graph::evaluatePointwise<" # types.mask # ", " # !size(operandNames) # ">(*this, operands_, rule_);\n}\n"
    # "::tgc::graph::Scalar $cppClass::element(::tgc::graph::ScalarInk &ink, ::llvm::ArrayRef<::tgc::graph::Scalar> in_) {\n" # scalars # attributeText
    # "  return " # emit # ";\n}\n"
    # "::tgc::graph::Sym $cppClass::partial(unsigned which_, ::tgc::graph::Ink &ink, Adaptor adaptor_, ::tgc::graph::Sym y) {\n" # Bind<args>.ret
    # "  switch (which_) {\n" # Cases<partials>.ret # "  default: return {};\n  }\n}\n"
    # "::tgc::graph::Sym $cppClass::adjoint(unsigned which_, ::tgc::graph::Ink &ink, Adaptor adaptor_, ::tgc::graph::Sym ct) {\n" # Bind<args>.ret
    # "  switch (which_) {\n" # Cases<adjoints>.ret # "  default: return {};\n  }\n}\n"
    # "::llvm::FailureOr<::tgc::graph::Syms> $cppClass::tangent(::tgc::graph::Ink &ink, ::tgc::graph::SymsRef tangents_) {\n"
    # !if(!empty(adjoints),
        "  return ::tgc::graph::tangentByPartials(*this, ink, tangents_, " # Known<partials>.ret # ", " # singular # ");\n",
        "  return ::tgc::graph::tangentByLinearity(*this, ink, tangents_, " # Known<adjoints>.ret # ", " # multilinear # ");\n") # "}\n"
    # "::llvm::FailureOr<::tgc::graph::Syms> $cppClass::cotangent(::tgc::graph::Ink &ink, ::tgc::graph::SymsRef cotangents_, ::llvm::ArrayRef<bool> wanted_) {\n"
    # !if(!empty(adjoints),
        "  return ::tgc::graph::cotangentByPartials(*this, ink, cotangents_, wanted_, " # Known<partials>.ret # ", " # singular # ");\n",
        "  return ::tgc::graph::cotangentByAdjoints(*this, ink, cotangents_, wanted_);\n") # "}\n"
    # "::llvm::FailureOr<::tgc::graph::Syms> $cppClass::batch(::tgc::graph::Ink &ink, ::tgc::graph::SymsRef operands_, ::llvm::ArrayRef<bool> mapped_, int64_t extent_) {\n"
    # "  return ::tgc::graph::batchPointwise(*this, ink, operands_, mapped_, extent_);\n}\n"
    # "::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>> $cppClass::lower(::tgc::graph::Lowering &lowering, ::mlir::ValueRange operands_) {\n"
    # "  return lowering.pointwise(*this, operands_, [&](::tgc::graph::ScalarInk &ink, ::llvm::ArrayRef<::tgc::graph::Scalar> in_) { return element(ink, in_); });\n}\n";
}

// Linear in the operands listed, jointly (concat) or, `multilinear`, in each alone (contract): the tangent is the op
// itself on tangents.
// The block beside the row defines: infer, adjoint, batch, lower, evaluate, in this order.
class Linear<string mnemonic, dag args, list<int> linearIn, bit multilinear = 0, list<Trait> traits = []> : Graph_Op<mnemonic, args, [Infer] # traits> {
  let extraClassDeclaration = answers # [{
    static ::llvm::FailureOr<::mlir::RankedTensorType> infer(::std::optional<::mlir::Location> loc, Adaptor adaptor);
    /// Cotangent of operand `which_`.
    ::tgc::graph::Sym adjoint(unsigned which_, ::tgc::graph::Ink &ink, ::tgc::graph::Sym ct);
  }];
  let extraClassDefinition = "::tgc::graph::Kind $cppClass::kind() { return ::tgc::graph::Kind::Linear; }\n" # NoFormula<>.ret
    # "::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context, ::std::optional<::mlir::Location> loc, Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &out) {\n"
    # "  auto type = infer(loc, adaptor);\n  if (::llvm::failed(type)) return ::mlir::failure();\n  out.push_back(*type);\n  return ::mlir::success();\n}\n"
    # "::llvm::FailureOr<::tgc::graph::Syms> $cppClass::tangent(::tgc::graph::Ink &ink, ::tgc::graph::SymsRef tangents_) {\n"
    # "  return ::tgc::graph::tangentOfLinear(*this, ink, tangents_, {" # !interleave(linearIn, ", ") # "}, " # multilinear # ");\n}\n"
    # "::llvm::FailureOr<::tgc::graph::Syms> $cppClass::cotangent(::tgc::graph::Ink &ink, ::tgc::graph::SymsRef cotangents_, ::llvm::ArrayRef<bool> wanted_) {\n"
    # "  return ::tgc::graph::cotangentByAdjoint(*this, ink, cotangents_, wanted_, {" # !interleave(linearIn, ", ") # "});\n}\n";
}

// A formula of other ops, given over Sym. `value` is an independent reference: over elements (`pointwise = 1`) or
// over HostTensor. `lowerAs`: the op keeps a lowering of its own (a block `lower`), the formula serves derivatives.
class Composite<string mnemonic, dag args, list<Trait> traits = []> : Graph_Op<mnemonic, args, [Infer] # traits> {
  string formula = ?;
  string value = ?;
  bit elementwise = 0;
  Types types = Floats;
  defvar operandNames = !foreach(k, OperandPositions<args>.ret, !getdagname(args, k));
  defvar attributeText = AttributeText<args>.ret;
  defvar hosts = HostText<args>.ret;
  defvar autos = !interleave(!foreach(name, operandNames, "[[maybe_unused]] auto " # name), ", ");
  let extraClassDeclaration = answers # [{
    static ::tgc::graph::Syms formulaOf(::tgc::graph::Ink &ink, Adaptor adaptor_);
  }];
  let extraClassDefinition = "::tgc::graph::Kind $cppClass::kind() { return ::tgc::graph::Kind::Composite; }\n" # ScaleText<args, scale>.ret
    # "::tgc::graph::Syms $cppClass::formulaOf(::tgc::graph::Ink &ink, Adaptor adaptor_) {\n" # Bind<args>.ret # "  return ::tgc::graph::Syms(" # formula # ");\n}\n"
    # "::tgc::graph::Syms $cppClass::formula(::tgc::graph::Ink &ink) { return formulaOf(ink, Adaptor(*this)); }\n"
    # "::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context, ::std::optional<::mlir::Location> loc, Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &out) {\n"
    # !if(elementwise,
        "  return ::tgc::graph::inferPointwise(loc, \"" # mnemonic # "\", adaptor.getOperands(), " # types.mask # ", \"" # types.words # "\", \"" # advice # "\", " # Conditions<args>.ret # ", ::mlir::Type(), out);\n}\n",
        "  return ::tgc::graph::inferByFormula(context, loc, \"" # mnemonic # "\", ::tgc::graph::declaredOperands(adaptor, {" # Numbered<args>.ret # "}), " # types.mask # ", \"" # types.words # "\", [&](::tgc::graph::Ink &ink) { return formulaOf(ink, adaptor); }, out);\n}\n")
    # "::tgc::graph::HostTensors $cppClass::evaluate(::tgc::graph::HostTensorsRef operands_) {\n"
    # !if(elementwise,
        attributeText # "  auto rule_ = [&](" # autos # ") { [[maybe_unused]] auto first_ = " # operandNames[0] # "; using T [[maybe_unused]] = decltype(first_); return " # value # "; };\n"
        # "  return ::tgc::graph::evaluatePointwise<" # types.mask # ", " # !size(operandNames) # ">(*this, operands_, rule_);\n}\n",
        attributeText # hosts # "  return ::tgc::graph::asTensors(*this, " # value # ");\n}\n")
    # "::llvm::FailureOr<::tgc::graph::Syms> $cppClass::tangent(::tgc::graph::Ink &ink, ::tgc::graph::SymsRef tangents_) { return ::tgc::graph::expandFirst(*this); }\n"
    # "::llvm::FailureOr<::tgc::graph::Syms> $cppClass::cotangent(::tgc::graph::Ink &ink, ::tgc::graph::SymsRef cotangents_, ::llvm::ArrayRef<bool> wanted_) { return ::tgc::graph::expandFirst(*this); }\n"
    # "::llvm::FailureOr<::tgc::graph::Syms> $cppClass::batch(::tgc::graph::Ink &ink, ::tgc::graph::SymsRef operands_, ::llvm::ArrayRef<bool> mapped_, int64_t extent_) { return ::tgc::graph::expandFirst(*this); }\n"
    # "::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>> $cppClass::lower(::tgc::graph::Lowering &lowering, ::mlir::ValueRange operands_) {\n"
    # "  (void)::tgc::graph::expandFirst(*this);\n  return ::mlir::failure();\n}\n";
}

// Rules written by hand. The block beside the row defines infer, tangent, cotangent, batch, lower, evaluate.
class Custom<string mnemonic, dag args, list<Trait> traits = []> : Graph_Op<mnemonic, args, [Infer] # traits> {
  Types types = Anything; // for the catalogue; `infer` checks them
  let extraClassDeclaration = answers # [{
    static ::llvm::FailureOr<::mlir::RankedTensorType> infer(::std::optional<::mlir::Location> loc, Adaptor adaptor);
  }];
  let extraClassDefinition = "::tgc::graph::Kind $cppClass::kind() { return ::tgc::graph::Kind::Custom; }\n" # NoFormula<>.ret # ScaleText<args, scale>.ret
    # "::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context, ::std::optional<::mlir::Location> loc, Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &out) {\n"
    # "  auto type = infer(loc, adaptor);\n  if (::llvm::failed(type)) return ::mlir::failure();\n  out.push_back(*type);\n  return ::mlir::success();\n}\n";
}

// No operands, so no derivatives; batching adds a broadcast. The block defines infer, lower, evaluate.
class Leaf<string mnemonic, dag args, list<Trait> traits = []> : Graph_Op<mnemonic, args, [Infer] # traits> {
  let extraClassDeclaration = [{
    static ::llvm::FailureOr<::mlir::RankedTensorType> infer(::std::optional<::mlir::Location> loc, Adaptor adaptor);
  }];
  let extraClassDefinition = "::tgc::graph::Kind $cppClass::kind() { return ::tgc::graph::Kind::Leaf; }\n" # NoFormula<>.ret
    # "::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context, ::std::optional<::mlir::Location> loc, Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &out) {\n"
    # "  auto type = infer(loc, adaptor);\n  if (::llvm::failed(type)) return ::mlir::failure();\n  out.push_back(*type);\n  return ::mlir::success();\n}\n"
    # "::llvm::FailureOr<::tgc::graph::Syms> $cppClass::tangent(::tgc::graph::Ink &ink, ::tgc::graph::SymsRef tangents_) { return ::tgc::graph::Syms{ink.zero((*this)->getResult(0).getType())}; }\n"
    # "::llvm::FailureOr<::tgc::graph::Syms> $cppClass::cotangent(::tgc::graph::Ink &ink, ::tgc::graph::SymsRef cotangents_, ::llvm::ArrayRef<bool> wanted_) { return ::tgc::graph::Syms{}; }\n"
    # "::llvm::FailureOr<::tgc::graph::Syms> $cppClass::batch(::tgc::graph::Ink &ink, ::tgc::graph::SymsRef operands_, ::llvm::ArrayRef<bool> mapped_, int64_t extent_) { return ::tgc::graph::batchLeaf(*this, ink, extent_); }\n";
}
