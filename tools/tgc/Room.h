// What a run needs beside its arguments: buffers of the results, and scratch.
#pragma once
#include "runtime/Program.h"
#include "tgc/Buffer.h"
#include "tgc/Workspace.h"

namespace tgc::tools {

struct Room {
  std::vector<Buffer> results;
  Workspace space;
};

/// Errors: Limit where memory runs out.
Result<Room> roomFor(const Program &program);

} // namespace tgc::tools
