// Every knob of the compiler, with unit and default. Hashed into kernel keys; nothing else steers a
// compilation: no globals, no environment, no command line.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tgc {

/// The stages in working order, which is alphabetical order, which is the order of the folders.
enum class Stage : std::uint8_t { Algebra, Autodiff, Batch, Contract, Fuse, Lower, Schedule, Target };
inline constexpr std::array<std::string_view, 8> stageNames = {"algebra", "autodiff", "batch",    "contract",
                                                               "fuse",    "lower",    "schedule", "target"};

constexpr std::string_view nameOf(Stage stage) { return stageNames[static_cast<std::size_t>(stage)]; }
std::optional<Stage> stageNamed(std::string_view name);

struct Options {
  /// 0: no fusion, linalg to plain loops (the reference); 1: fusion, plain loops; 2: our own emitters.
  int level = 2;
  /// Vector width in bytes that emitters write for: 64, 32 or 16; 0 takes the machine's.
  int vectorBytes = 0;
  /// Threads the schedule may count on when it splits work; 0 takes the machine's cores. Never changes the
  /// bits of a result.
  int threads = 0;
  /// Threads that generate machine code, at most one for every 16 new kernels; 0 takes the machine's cores, 1
  /// creates none.
  int compileThreads = 0;
  /// Kernels equal to ones this Compiler already built are taken from memory. Routines that kernels call
  /// (vector sin, exp) always are.
  bool reuseKernels = true;
  /// Constant subgraphs larger than this are not folded, bytes.
  std::int64_t foldLimitBytes = 1 << 20;
  /// Most bytes of one contraction network's intermediates alive at once; 0 is unlimited. Beyond it indices
  /// are sliced: the network runs one value of them after another.
  std::int64_t contractionBytes = 0;
  /// Maps over more instances than this run as loops over maps of so many; 0: none does. Takes the memory of
  /// a piece for inner values; unit directions of dense derivatives are then multiplied by instead of renamed
  /// away.
  std::int64_t mapChunk = 0;
  /// Most bytes of the arena; 0 is unlimited. Under a budget steps are put in an order that needs less,
  /// values are computed again instead of kept, contractions are sliced and maps are cut in pieces, until the
  /// plan fits; what cannot fit is refused. A larger budget never gives a slower program, as the schedule
  /// estimates time.
  std::int64_t memoryBudget = 0;
  /// Most ops one kernel may hold; keeps compile time linear in the graph.
  int kernelOps = 64;
  /// Run the MLIR verifier after every pass (tests) and not only after every stage.
  bool verifyEach = false;
  /// First and last stage to run. `from` is for programs already in a later form.
  Stage from = Stage::Algebra;
  Stage upTo = Stage::Target;
  /// With `upTo` batch: calls of functions with rules of their own stay, for transformations still to come.
  bool keepCalls = false;
  /// Keep the texts of LLVM dialect and IR, and of assembly, of the kernels in the report; no kernel is then
  /// taken from memory.
  bool keepLlvm = false;
  bool keepAssembly = false;

  bool operator==(const Options &) const = default;
};

} // namespace tgc
