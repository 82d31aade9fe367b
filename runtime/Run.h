// One call of a flat program on the caller's memory.
#pragma once
#include "runtime/Program.h"
#include "tgc/Executor.h"
#include "tgc/Workspace.h"

namespace tgc {

/// Runs the program. Const and re-entrant: concurrent calls need one workspace each. Nothing is allocated
/// when all views are dense. Views: one for each port, of its dtype and extents; strided ones are packed into
/// the workspace's tail and scattered back. Errors: Invalid, naming the port and both facts, for a wrong
/// count, dtype or extents, a null pointer, a result that shares an element with another port or with itself,
/// a workspace in use or too small; Limit when the tail finds no memory. Nothing is written before all of
/// this is known. Cost: about 60 ns beside the kernels for a program of one step.
Result<void> run(const Program &program, std::span<const View> arguments,
                 std::span<const MutableView> results, Workspace &workspace, const RunOptions &options = {});

/// The bytes of pointers and intervals a call keeps in its workspace, behind the arena.
std::int64_t callTableBytes(const Program &program);

} // namespace tgc
