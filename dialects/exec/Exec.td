// Where and how: the outer program. It has no mathematics; that is inside the kernels.
// Before planning a value is a tensor, after it a place in memory; `reshape` and `constant` exist on both sides.
#ifndef TGC_EXEC_TD
#define TGC_EXEC_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Exec_Dialect : Dialect {
  let name = "exec";
  let cppNamespace = "::tgc::exec";
  let summary = "the outer program: a list of kernel runs, branches and loops";
  let description = [{
    A kernel is a `func.func` that carries the unit attribute `exec.kernel`. More attributes may stand on it:
    `exec.items = N : i64` (independent pieces of work, any partition of [0, N) may run in any order),
    `exec.nanoseconds = T : i64` (estimate for the whole kernel on one core),
    `exec.inplace = array<i64: input, result, ...>` (result may be written over input when input dies there) and
    `exec.symmetric` (one half of the result is computed, the other its mirror image).

    An outer function may carry `exec.donated = array<i64: argument, result, ...>`: each such result may be given back in the
    memory of that argument, of the same type, so it is written only where nothing reads the argument any more.

    A function that a loop runs may carry `exec.carry = array<i64: argument, result, ...>`: the result is the argument of the next
    step. Planned, it carries `exec.merged = array<i64: result, ...>`: those results are written over their arguments.

    A kernel may be a function of the host's program: a declaration in loop form with `exec.foreign = "name"`, `exec.items` (how
    often it is called) and `exec.strides = array<i64: ...>` (for each place in memory, the bytes from one call's to the next's).

    A routine is a private `func.func` with the unit attribute `exec.routine` and a name that starts with `tgc.`: a function
    of numbers and vectors that kernels and routines call. It has no memory, and equal names mean equal bodies.
  }];
  let hasOperationAttrVerify = 1;
}

class Exec_Op<string name, list<Trait> traits = []> : Op<Exec_Dialect, name, traits>;

def Exec_Value : AnyTypeOf<[AnyStaticShapeTensor, AnyStaticShapeMemRef]>;

def Exec_RunOp : Exec_Op<"run", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "run a kernel on tensors";
  let description = [{
    C1: the symbol names a function with `exec.kernel`.
    C2: operand and result types are the kernel's. A kernel already in loop form takes `(begin, end, inputs..., results...)`
    in memory; then the storage types must agree (a bool is one byte, unsigned integers are signless).
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyStaticShapeTensor>:$inputs);
  let results = (outs Variadic<AnyStaticShapeTensor>:$outputs);
  let assemblyFormat = "$kernel `(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs)";
}

def Exec_ItemsOp : Exec_Op<"items", [Pure, SingleBlock, NoTerminator, IsolatedFromAbove]> {
  let summary = "a kernel's body as code for one item of its work";
  let description = [{
    What no linalg body can say: writes at computed places, loops of unknown length, calls of the runtime. The region is the code of
    one item; items run in any order and share nothing they write. Block arguments: the item, then flat memory of every input and
    every output. `inplace` is as on kernels, with positions of inputs and outputs.
    C1: the block arguments are (index, memref<elements of input k>..., memref<elements of output k>...).
  }];
  let arguments = (ins Variadic<AnyStaticShapeTensor>:$inputs, I64Attr:$count, I64Attr:$nanoseconds, DenseI64ArrayAttr:$inplace);
  let results = (outs Variadic<AnyStaticShapeTensor>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "`(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs) $body";
  let hasRegionVerifier = 1;
}

// What a branch or loop says on both sides; `runtime/Control.h` is the meaning of every number.
class Exec_Control<string name, dag memory, list<Trait> traits> : Exec_Op<name, [DeclareOpInterfaceMethods<SymbolUserOpInterface>] # traits> {
  let arguments = !con((ins StrAttr:$kind, FlatSymbolRefAttr:$first, OptionalAttr<FlatSymbolRefAttr>:$second), memory,
    (ins DefaultValuedAttr<I64Attr, "0">:$carried, DefaultValuedAttr<I64Attr, "0">:$sliced, DefaultValuedAttr<I64Attr, "0">:$shared,
         DefaultValuedAttr<I64Attr, "0">:$adjoints, DefaultValuedAttr<I64Attr, "0">:$streamed, DefaultValuedAttr<I64Attr, "0">:$stacked,
         DefaultValuedAttr<I64Attr, "0">:$length, DefaultValuedAttr<I64Attr, "0">:$slots, UnitAttr:$reversed));
}

def Exec_ControlOp : Exec_Control<"control", (ins Variadic<AnyStaticShapeTensor>:$inputs), [Pure]> {
  let summary = "a branch or loop that runs other outer functions, on tensors";
  let description = [{
    `kind` is branch, while, scan or unwind. Inputs: head (branch: the predicate, unwind: the count), carried, sliced, shared,
    adjoints, streamed, as many as the attributes say. `first` is the branch taken where the predicate is true, the condition
    of a while, the body of a scan, the forward step of an unwind; `second` the other branch, the body, the step backward.
    C1: the symbols name outer functions. C2: inputs and outputs are as many as the numbers say.
  }];
  let results = (outs Variadic<AnyStaticShapeTensor>:$outputs);
  let assemblyFormat = [{
    $kind $first (`,` $second^)? `(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs)
  }];
}

def Exec_EnterOp : Exec_Control<"enter", (ins Variadic<AnyStaticShapeMemRef>:$inputs, Variadic<AnyStaticShapeMemRef>:$outputs, AnyStaticShapeMemRef:$scratch),
                                [AttrSizedOperandSegments, DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "a branch or loop that runs other outer functions, on places in memory";
  let description = [{
    As `exec.control`. The scratch is bytes: the bodies' arena, second places of what goes round, checkpoints.
    C1: the symbols name planned outer functions. C2: inputs and outputs are as many as the numbers say.
  }];
  let assemblyFormat = [{
    $kind $first (`,` $second^)? `(` ($inputs^ `:` type($inputs))? `)` `to` `(` ($outputs^ `:` type($outputs))? `)` `with` $scratch `:` type($scratch) attr-dict
  }];
}

def Exec_ReshapeOp : Exec_Op<"reshape", [Pure, DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "see the same contiguous elements in another shape; costs nothing";
  let description = "C1: both sides are tensors or both are memrefs, with equal element type and element count.";
  let arguments = (ins Exec_Value:$input);
  let results = (outs Exec_Value:$output);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($output)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Exec_ConstantOp : Exec_Op<"constant", [Pure, DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "elements known at compile time, kept with the program";
  let description = "C1: the elements have the result's shape, and its element type up to storage.";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Exec_Value:$output);
  let assemblyFormat = "$value attr-dict `to` type($output)";
  let hasVerifier = 1;
}

def Exec_SlotOp : Exec_Op<"slot", [Pure, DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "a place in the arena";
  let description = "C1: offset is a multiple of 64 bytes. C2: offset and size lie inside the arena.";
  let arguments = (ins AnyStaticShapeMemRef:$arena, ConfinedAttr<I64Attr, [IntNonNegative]>:$offset);
  let results = (outs AnyStaticShapeMemRef:$output);
  let assemblyFormat = "$arena `[` $offset `]` attr-dict `:` type($arena) `to` type($output)";
  let hasVerifier = 1;
}

def Exec_LaunchOp : Exec_Op<"launch", [AttrSizedOperandSegments,
                                       DeclareOpInterfaceMethods<SymbolUserOpInterface>,
                                       DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "run a kernel in loop form on places in memory";
  let description = [{
    C1: the symbol names a function with `exec.kernel` in loop form. C2: inputs then outputs have the types of its memory arguments.
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyStaticShapeMemRef>:$inputs, Variadic<AnyStaticShapeMemRef>:$outputs);
  let assemblyFormat = [{
    $kernel `(` ($inputs^ `:` type($inputs))? `)` `to` `(` ($outputs^ `:` type($outputs))? `)` attr-dict
  }];
}

def Exec_CopyOp : Exec_Op<"copy", [AllTypesMatch<["input", "output"]>,
                                   DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "copy bytes, where a result is an argument, a constant or another result";
  let description = "C1: both places have the same type.";
  let arguments = (ins AnyStaticShapeMemRef:$input, AnyStaticShapeMemRef:$output);
  let assemblyFormat = "$input `to` $output attr-dict `:` type($input)";
}

#endif
